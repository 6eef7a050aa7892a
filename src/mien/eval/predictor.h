// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mien/nn/weights_info.h"

namespace mien {

struct PredictorOptions {
  std::string precision = "fp32";  ///< auto | fp32 | bf16
  std::string device = "auto";     ///< auto | cpu | cuda
  std::int64_t threads = 0;        ///< 0 = all cores
  bool flip = false;               ///< average with the mirrored image
};

/// The answer for one face crop.
struct FacePrediction {
  std::vector<float> probabilities;  ///< [K], calibrated with the stored temperature
  int label = 0;                     ///< arg max
  double confidence = 0;             ///< its probability
  bool has_valence_arousal = false;
  float valence = 0, arousal = 0;
};

/// Trained weights ready to answer for face crops. One instance a thread.
class Predictor {
 public:
  /// Reads a file written by training or `mien models import`. Throws Error{not_found}, Error{bad_file}, Error{mismatch}.
  static Predictor load(const std::filesystem::path& weights, const PredictorOptions& options = {});
  Predictor(Predictor&&) noexcept;
  ~Predictor();

  const WeightsInfo& info() const;
  std::string compute_text() const;
  /// Answers for 8-bit RGB or gray crops of any size, as one batch, in order.
  std::vector<FacePrediction> predict(const std::vector<cv::Mat>& crops_rgb);

 private:
  friend struct PredictorAccess;
  struct State;
  explicit Predictor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The weights that a path means: a file, or a run folder's weights/best.safetensors. Throws Error{not_found}.
std::filesystem::path find_weights(const std::filesystem::path& file_or_run);

}  // namespace mien
