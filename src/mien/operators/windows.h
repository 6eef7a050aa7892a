// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "mien/operators/operators.h"

namespace mien::operators {

/// One spatial dim of a window that slides over a padded input: convolutions and pooling.
struct WindowDim {
  std::int64_t in = 0;      ///< size of the input
  std::int64_t kernel = 1;  ///< taps
  std::int64_t stride = 1;
  std::int64_t dilation = 1;  ///< distance of neighbouring taps
  std::int64_t pad_begin = 0, pad_end = 0;
  std::int64_t out = 0;  ///< size of the output

  std::int64_t reach() const { return (kernel - 1) * dilation + 1; }  ///< input positions from the first tap to the last
  /// Input position of a tap at an output position; may lie in the padding.
  std::int64_t position(std::int64_t o, std::int64_t tap) const { return o * stride + tap * dilation - pad_begin; }
};
using Window = std::vector<WindowDim>;

/// Spatial dims of `input` (behind N and C; 1 to 3 of them) with kernel, strides, dilations and pads of the node, and the sizes
/// of the output. Fails on values that make no sense, and when the kernel is larger than the padded input.
/// @param kernel  sizes of the weights; empty for pooling, where the attribute kernel_shape is required
Window window_of(const ShapeContext& ctx, const Dims& input, const Dims& kernel);

/// kernel, stride and dilation only: what a transposed convolution shares.
Window window_steps(const ShapeContext& ctx, const Dims& input, const Dims& kernel);

/// The attribute auto_pad: NOTSET, SAME_UPPER, SAME_LOWER or VALID.
std::string auto_pad_of(const ShapeContext& ctx);

/// With dims of size 1 put in front up to three, so that one loop nest serves all ranks.
Window in_three_dims(Window window);

/// The spatial dims of `dims` replaced by the window's outputs; N and `channels` in front.
Dims output_dims(std::int64_t batch, std::int64_t channels, const Window& window);

}  // namespace mien::operators
