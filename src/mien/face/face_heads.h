// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mien/face/detector.h"

namespace mien {

/// One output of a detection network: row-major float values.
struct HeadOutput {
  std::string name;
  std::vector<std::int64_t> shape;
  const float* values = nullptr;  ///< may be null where only names and shapes are asked for
};

/// What is particular to a family of detection networks: how pixels go in and what the outputs mean.
class FaceHead {
 public:
  virtual ~FaceHead() = default;
  virtual std::string name() const = 0;
  virtual double default_threshold() const = 0;
  virtual double smallest_face_px() const = 0;  ///< that is found dependably, in pixels of the input
  virtual int stride() const = 0;               ///< sides of the input are multiples of it
  virtual bool any_size() const = 0;            ///< convolutions only: the input may have any size whatever the file says
  virtual bool bgr() const = 0;                 ///< channel order of the input; pixels are (value - mean) * factor
  virtual std::array<float, 3> mean() const = 0;
  virtual float factor() const = 0;
  /// Candidates with at least `threshold` in pixels of the input. Throws Error{bad_file} when the shapes do not fit the input's
  /// size.
  virtual std::vector<Detection> decode(const std::vector<HeadOutput>& outputs, cv::Size input, double threshold) const = 0;
};

/// YuNet (Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023): cls_S, obj_S [1,N,1], bbox_S [1,N,4], kps_S [1,N,10]
/// at strides S = 8, 16, 32, N cells in rows. Score sqrt(cls obj); centre (cell + b01) S, size exp(b23) S, points (cell + k) S.
/// BGR, 0..255.
std::unique_ptr<FaceHead> make_yunet_head();
/// UltraFace (Ultra-Light-Fast-Generic-Face-Detector-1MB): scores [1,N,2], boxes [1,N,4] as left, top, right, bottom in shares of
/// the input. RGB, (value - 127) / 128.
std::unique_ptr<FaceHead> make_ultraface_head();
/// RetinaFace with MobileNet-0.25 or ResNet-50 (Deng et al., CVPR 2020; the PyTorch edition): boxes [1,N,4], class scores
/// [1,N,2], points [1,N,10] relative to prior boxes of 16, 32 | 64, 128 | 256, 512 pixels at strides 8, 16, 32, variances 0.1 and
/// 0.2. Class scores may be logits or probabilities. BGR less (104, 117, 123).
std::unique_ptr<FaceHead> make_retinaface_head();

/// The head that has such outputs, or null. Values are not looked at; a dim of -1 fits anything.
std::unique_ptr<FaceHead> recognise_face_head(const std::vector<HeadOutput>& outputs);

}  // namespace mien
