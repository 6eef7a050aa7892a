// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "mien/pipeline/face_classifier.h"

namespace mien {

/// Trained weights computed by libtorch. One instance a thread.
class Predictor final : public FaceClassifier {
 public:
  /// Reads a file written by training or `mien models import`. Throws Error{not_found}, Error{bad_file}, Error{mismatch},
  /// Error{usage} (int8).
  static Predictor load(const std::filesystem::path& weights, const FaceClassifierOptions& options = {});
  Predictor(Predictor&&) noexcept;
  ~Predictor() override;

  const WeightsInfo& info() const override;
  std::string compute_text() const override;
  FaceAnswers answer(const HostBatch& batch) override;

 private:
  struct State;
  explicit Predictor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What `options.runtime` means for these weights: an ExpressionModel for an ONNX file, a Predictor for others; "onnx" takes
/// the file beside the weights. Throws what their `load` throws, and Error{usage} for "torch" with an ONNX file.
std::unique_ptr<FaceClassifier> open_classifier(const std::filesystem::path& weights, const FaceClassifierOptions& options);

}  // namespace mien
