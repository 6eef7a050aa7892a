// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "mien/pipeline/face_classifier.h"

namespace mien {

/// An ONNX file that `mien export` wrote, computed by mien's runtime: no libtorch. The file's metadata say which classes and
/// preprocessing it is for (model_info/weights_info.h). It has one input [N,C,H,W] and an output "logits" [N,K]; an output
/// "valence_arousal" [N,2] is used when it is there. N may be fixed: batches are then cut and filled up with zeros.
class ExpressionModel final : public FaceClassifier {
 public:
  /// Throws Error{not_found}, Error{bad_file} (no ONNX file, or one without mien's metadata), Error{mismatch} (inputs or outputs
  /// that contradict the metadata), Error{usage} (a device other than the CPU, int8 asked of a file that is not calibrated).
  static std::unique_ptr<ExpressionModel> load(const std::filesystem::path& file, const FaceClassifierOptions& options = {});
  ~ExpressionModel() override;
  /// For another thread: shares the prepared weights.
  std::unique_ptr<ExpressionModel> clone() const;
  bool has_valence_arousal() const;

  const WeightsInfo& info() const override;
  std::string compute_text() const override;
  FaceAnswers answer(const HostBatch& batch) override;

 private:
  struct State;
  explicit ExpressionModel(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mien
