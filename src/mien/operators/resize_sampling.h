// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mien::operators {

enum class Interpolation { nearest, linear, cubic };

/// How Resize and Upsample find the input position of an output position and what they make of it; the strings are ONNX's.
struct ResizeOptions {
  Interpolation interpolation = Interpolation::nearest;
  std::string coordinates = "half_pixel";  ///< half_pixel, pytorch_half_pixel, tf_half_pixel_for_nn, asymmetric, align_corners
  std::string rounding = "round_prefer_floor";  ///< round_prefer_floor, round_prefer_ceil, floor, ceil; "simple": before opset 11
  float cubic_a = -0.75f;                  ///< of Keys' kernel
  bool exclude_outside = false;            ///< cubic: taps outside the input count nothing, instead of repeating the border
};

/// For every output position along one axis `taps` input positions and their weights (none for nearest).
struct AxisSampling {
  std::int64_t taps = 1;
  std::vector<std::int64_t> positions;  ///< out * taps, in [0, in)
  std::vector<float> weights;           ///< as many, or empty
};

/// @param in, out  sizes, at least 1
/// @param scale    output size by input size as the model gives it, before rounding
AxisSampling sample_axis(const ResizeOptions& options, std::int64_t in, std::int64_t out, float scale);

}  // namespace mien::operators
