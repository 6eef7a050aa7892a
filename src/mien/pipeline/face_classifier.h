// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "mien/loading/host_batch.h"
#include "mien/model_info/weights_info.h"

namespace mien {

struct FaceClassifierOptions {
  std::string runtime = "auto";    ///< auto | onnx (mien's own, on ONNX files) | torch
  std::string precision = "fp32";  ///< auto | fp32 | bf16 | int8 (onnx only)
  std::string device = "auto";     ///< auto | cpu | cuda (torch only)
  std::int64_t threads = 0;        ///< 0 = all cores
  bool flip = false;               ///< average with the mirrored image
  double model_budget = 1;         ///< runtime::ModelOptions::budget (onnx only)
};

/// What a network says about a batch of N images.
struct FaceAnswers {
  int classes = 0;
  std::vector<float> logits;           ///< [N,K], before the temperature
  std::vector<float> valence_arousal;  ///< [N,2], or empty
};

/// The answer for one face crop.
struct FacePrediction {
  std::vector<float> probabilities;  ///< [K], calibrated with the stored temperature
  int label = 0;                     ///< arg max; -1 without a finite answer
  double confidence = 0;             ///< its probability; NaN without a finite answer
  bool finite = true;                ///< false: the network answered NaN or infinity, which says nothing about the face
  bool has_valence_arousal = false;
  float valence = 0, arousal = 0;
};

/// A trained network ready to answer for face crops, whatever computes it. One instance a thread.
class FaceClassifier {
 public:
  virtual ~FaceClassifier() = default;

  virtual const WeightsInfo& info() const = 0;
  virtual std::string compute_text() const = 0;  ///< "CPU, 2 threads, fp32, ..."
  /// Answers for preprocessed images [N,C,H,W] of the size that info() asks for. Throws Error{mismatch} for another size.
  virtual FaceAnswers answer(const HostBatch& batch) = 0;

  /// Answers for 8-bit RGB or gray crops of any size, as one batch, in order.
  std::vector<FacePrediction> predict(const std::vector<cv::Mat>& crops_rgb);
};

/// Crops resized, converted and normalised as `preprocessing` says: only size, channels, height, width and images are set.
HostBatch batch_of(const std::vector<cv::Mat>& crops_rgb, const Preprocessing& preprocessing);

/// softmax(logits / temperature) a row, with label and confidence. Rows that come out as NaN or infinity are marked.
std::vector<FacePrediction> to_predictions(const FaceAnswers& answers, double temperature);

}  // namespace mien
