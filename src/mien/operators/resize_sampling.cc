// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Positions are computed in float, as ONNX Runtime does: in double, ties of nearest would fall to the other side.
#include "mien/operators/resize_sampling.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mien::operators {

namespace {

float input_position(const std::string& mode, std::int64_t o, std::int64_t in, std::int64_t out, float scale) {
  const auto x = static_cast<float>(o);
  if (mode == "asymmetric") return x / scale;
  if (mode == "tf_half_pixel_for_nn") return (x + 0.5f) / scale;
  if (mode == "align_corners") return out == 1 ? 0 : x * static_cast<float>(in - 1) / static_cast<float>(out - 1);
  if (mode == "pytorch_half_pixel" && out == 1) return 0;
  return (x + 0.5f) / scale - 0.5f;
}

std::int64_t rounded(const std::string& mode, float x, bool shrinks) {
  if (mode == "simple") return static_cast<std::int64_t>(shrinks ? std::ceil(x) : x);
  if (mode == "floor") return static_cast<std::int64_t>(std::floor(x));
  if (mode == "ceil") return static_cast<std::int64_t>(std::ceil(x));
  if (mode == "round_prefer_ceil") return static_cast<std::int64_t>(std::floor(x + 0.5f));
  return static_cast<std::int64_t>(std::ceil(x - 0.5f));
}

void add_linear(AxisSampling& sampling, float x, std::int64_t in) {
  x = std::clamp(x, 0.0f, static_cast<float>(in - 1));
  const auto first = std::min(static_cast<std::int64_t>(x), in - 1);
  const float second_weight = x - static_cast<float>(first);
  sampling.positions.insert(sampling.positions.end(), {first, std::min(first + 1, in - 1)});
  sampling.weights.insert(sampling.weights.end(), {1 - second_weight, second_weight});
}

/// Keys' kernel at the distances 1 + s, s, 1 - s, 2 - s.
std::array<float, 4> cubic_weights(float s, float a) {
  const auto near = [a](float t) { return ((a + 2) * t - (a + 3)) * t * t + 1; };
  const auto far = [a](float t) { return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a; };
  return {far(1 + s), near(s), near(1 - s), far(2 - s)};
}

void add_cubic(AxisSampling& sampling, const ResizeOptions& options, float x, std::int64_t in) {
  const float floor = std::floor(x);
  auto weights = cubic_weights(x - floor, options.cubic_a);
  const std::int64_t first = static_cast<std::int64_t>(floor) - 1;
  float sum = 0;
  for (std::int64_t t = 0; t < 4; ++t) {
    const bool outside = first + t < 0 || first + t >= in;
    if (outside && options.exclude_outside) weights[static_cast<std::size_t>(t)] = 0;
    sum += weights[static_cast<std::size_t>(t)];
    sampling.positions.push_back(std::clamp<std::int64_t>(first + t, 0, in - 1));
  }
  for (const float weight : weights) sampling.weights.push_back(options.exclude_outside ? weight / sum : weight);
}

}  // namespace

AxisSampling sample_axis(const ResizeOptions& options, std::int64_t in, std::int64_t out, float scale) {
  AxisSampling sampling;
  sampling.taps = options.interpolation == Interpolation::nearest ? 1 : options.interpolation == Interpolation::linear ? 2 : 4;
  sampling.positions.reserve(static_cast<std::size_t>(out * sampling.taps));
  for (std::int64_t o = 0; o < out; ++o) {
    const float x = std::clamp(input_position(options.coordinates, o, in, out, scale), -1e18f, 1e18f);
    switch (options.interpolation) {
      case Interpolation::nearest:
        sampling.positions.push_back(std::clamp<std::int64_t>(rounded(options.rounding, x, scale < 1), 0, in - 1));
        break;
      case Interpolation::linear: add_linear(sampling, x, in); break;
      case Interpolation::cubic: add_cubic(sampling, options, x, in); break;
    }
  }
  return sampling;
}

}  // namespace mien::operators
