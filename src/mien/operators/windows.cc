// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/windows.h"

#include <algorithm>

#include "mien/operators/checks.h"

namespace mien::operators {

namespace {

/// SAME_*: as many outputs as strides begin inside the input; the pads are what the last window lacks.
void pad_same(const ShapeContext& ctx, WindowDim& dim, bool upper) {
  dim.out = dim.in / dim.stride + (dim.in % dim.stride != 0);
  const std::int64_t needed = dim.out == 0 ? 0 : checked_sum(ctx, (dim.out - 1) * dim.stride, dim.reach());
  const std::int64_t total = std::max<std::int64_t>(0, needed - dim.in);
  dim.pad_begin = upper ? total / 2 : total - total / 2;
  dim.pad_end = total - dim.pad_begin;
}

void slide(const ShapeContext& ctx, WindowDim& dim, bool ceil_mode) {
  const std::int64_t padded = checked_sum(ctx, checked_sum(ctx, dim.in, dim.pad_begin), dim.pad_end);
  const std::int64_t room = padded - dim.reach();
  if (room < 0)
    ctx.fail("the kernel reaches over " + std::to_string(dim.reach()) + " positions (" + std::to_string(dim.kernel) +
             " taps, dilation " + std::to_string(dim.dilation) + "), the padded input has " + std::to_string(padded));
  dim.out = room / dim.stride + 1;
  // The last window of ceil_mode must begin inside the input or its padding in front.
  if (ceil_mode && room % dim.stride != 0 && dim.stride <= (dim.in + dim.pad_begin - 1) / dim.out) ++dim.out;
}

}  // namespace

std::string auto_pad_of(const ShapeContext& ctx) {
  const std::string mode = ctx.node.text("auto_pad", "NOTSET");
  if (mode != "NOTSET" && mode != "SAME_UPPER" && mode != "SAME_LOWER" && mode != "VALID")
    ctx.fail("attribute 'auto_pad' is '" + mode + "', expected NOTSET, SAME_UPPER, SAME_LOWER or VALID");
  return mode;
}

Window window_steps(const ShapeContext& ctx, const Dims& input, const Dims& kernel) {
  const std::size_t count = input.size() - 2;
  if (kernel.empty() && !ctx.node.has("kernel_shape")) ctx.fail("attribute 'kernel_shape' is missing");
  const auto sizes = ctx.node.has("kernel_shape") ? checked_list(ctx, "kernel_shape", count, 1, 1) : kernel;
  if (!kernel.empty() && sizes != kernel)
    ctx.fail("attribute 'kernel_shape' is " + graph::text_of(sizes) + ", the weights have " + graph::text_of(kernel));
  const auto strides = checked_list(ctx, "strides", count, 1, 1), dilations = checked_list(ctx, "dilations", count, 1, 1);
  Window window(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (sizes[i] < 1) ctx.fail("the kernel has size " + std::to_string(sizes[i]) + ", expected at least 1");
    window[i].in = input[i + 2];
    window[i].kernel = sizes[i];
    window[i].stride = strides[i];
    window[i].dilation = dilations[i];
    checked_sum(ctx, checked_product(ctx, sizes[i] - 1, dilations[i]), 1);
  }
  return window;
}

Window window_of(const ShapeContext& ctx, const Dims& input, const Dims& kernel) {
  Window window = window_steps(ctx, input, kernel);
  const std::string mode = auto_pad_of(ctx);
  if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    for (WindowDim& dim : window) pad_same(ctx, dim, mode == "SAME_UPPER");
    return window;
  }
  const std::size_t count = window.size();
  const auto pads = mode == "VALID" ? std::vector<std::int64_t>(2 * count, 0) : checked_list(ctx, "pads", 2 * count, 0, 0);
  const bool ceil_mode = ctx.node.integer("ceil_mode", 0) != 0;
  for (std::size_t i = 0; i < count; ++i) {
    window[i].pad_begin = pads[i];
    window[i].pad_end = pads[i + count];
    slide(ctx, window[i], ceil_mode);
  }
  return window;
}

Window in_three_dims(Window window) {
  const WindowDim single{.in = 1, .out = 1};
  window.insert(window.begin(), 3 - window.size(), single);
  return window;
}

Dims output_dims(std::int64_t batch, std::int64_t channels, const Window& window) {
  Dims dims{batch, channels};
  for (const WindowDim& dim : window) dims.push_back(dim.out);
  return dims;
}

}  // namespace mien::operators
