// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

#include "mien/operators/windows.h"

namespace mien::operators {

/// Sizes of a convolution: x [batch, groups*in_channels, in...], weights [groups*out_channels, in_channels, kernel...],
/// y [batch, groups*out_channels, out...].
struct ConvolutionSizes {
  std::int64_t batch = 0, groups = 1;
  std::int64_t in_channels = 0, out_channels = 0;  ///< of one group
  Window window;                                   ///< three dims

  std::int64_t in_plane() const { return window[0].in * window[1].in * window[2].in; }
  std::int64_t out_plane() const { return window[0].out * window[1].out * window[2].out; }
  std::int64_t taps() const { return window[0].kernel * window[1].kernel * window[2].kernel; }
};

/// Outputs [first, second) for which a tap lies inside the input.
inline std::pair<std::int64_t, std::int64_t> inside(const WindowDim& dim, std::int64_t tap) {
  const std::int64_t shift = dim.pad_begin - tap * dim.dilation;  // position = o * stride - shift
  const std::int64_t first = shift <= 0 ? 0 : (shift - 1) / dim.stride + 1;
  const std::int64_t last = dim.in - 1 + shift;
  const std::int64_t end = last < 0 ? 0 : last / dim.stride + 1;
  return {std::min(first, dim.out), std::clamp(end, std::min(first, dim.out), dim.out)};
}

/// y += weight(tap) * x for one input plane and one output plane, tap by tap, the inner loop along the width.
/// @param weight  weight(t) is the weight of tap t
/// @param value   value(x) is what an input element stands for (x minus its zero point)
template <typename In, typename Sum, typename Weight, typename Value>
void convolve_plane(const Window& window, const In* x, Sum* y, Weight weight, Value value) {
  const auto& [depth, height, width] = std::tie(window[0], window[1], window[2]);
  std::int64_t tap = 0;
  for (std::int64_t kd = 0; kd < depth.kernel; ++kd)
    for (std::int64_t kh = 0; kh < height.kernel; ++kh)
      for (std::int64_t kw = 0; kw < width.kernel; ++kw, ++tap) {
        const Sum w = weight(tap);
        const auto [d0, d1] = inside(depth, kd);
        const auto [h0, h1] = inside(height, kh);
        const auto [w0, w1] = inside(width, kw);
        for (std::int64_t d = d0; d < d1; ++d)
          for (std::int64_t h = h0; h < h1; ++h) {
            const In* in = x + (depth.position(d, kd) * height.in + height.position(h, kh)) * width.in;
            Sum* out = y + (d * height.out + h) * width.out;
            const std::int64_t offset = width.position(0, kw);
            if (width.stride == 1)  // a loop of its own, because it becomes vector instructions
              for (std::int64_t o = w0; o < w1; ++o) out[o] += w * static_cast<Sum>(value(in[o + offset]));
            else
              for (std::int64_t o = w0; o < w1; ++o) out[o] += w * static_cast<Sum>(value(in[o * width.stride + offset]));
          }
      }
}

/// The whole convolution on sums that hold the bias (or 0) already.
/// @param weight  weight(m, i): what element i of output channel m's weights stands for
template <typename In, typename Sum, typename Weight, typename Value>
void convolve(const ConvolutionSizes& sizes, const In* x, Sum* y, Weight weight, Value value) {
  const std::int64_t taps = sizes.taps();
  for (std::int64_t n = 0; n < sizes.batch; ++n)
    for (std::int64_t m = 0; m < sizes.groups * sizes.out_channels; ++m) {
      Sum* plane = y + (n * sizes.groups * sizes.out_channels + m) * sizes.out_plane();
      const std::int64_t group = m / sizes.out_channels;
      for (std::int64_t c = 0; c < sizes.in_channels; ++c) {
        const In* in = x + ((n * sizes.groups + group) * sizes.in_channels + c) * sizes.in_plane();
        convolve_plane(sizes.window, in, plane, [&](std::int64_t tap) { return weight(m, c * taps + tap); }, value);
      }
    }
}

/// Checks x [N,C,...], weights [M,C/group,...] and the attribute group; gives the sizes with the window in its own rank.
ConvolutionSizes convolution_sizes(const ShapeContext& ctx, const Dims& x, const Dims& weights);
/// The same with the window in three dims, for evaluation.
ConvolutionSizes evaluated_sizes(const EvaluateContext& ctx, const Tensor& x, const Tensor& weights);

}  // namespace mien::operators
