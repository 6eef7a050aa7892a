// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// ConvTranspose: the gradient of a convolution with respect to its input. Seen from there, `in` of the window is the (larger)
// output of this operator and `out` its input.
#include <algorithm>

#include "mien/operators/checks.h"
#include "mien/operators/convolution_loops.h"
#include "mien/operators/operator_groups.h"

namespace mien::operators {

namespace {

/// Sets the pads of auto_pad or output_shape, where `total` positions have to go.
void distribute(WindowDim& dim, std::int64_t total, bool upper) {
  total = std::max<std::int64_t>(0, total);
  dim.pad_begin = upper ? total / 2 : total - total / 2;
  dim.pad_end = total - dim.pad_begin;
}

/// The window whose `out` is x and whose `in` is the result.
Window transposed_window(const ShapeContext& ctx, const Dims& x, const Dims& weights) {
  Window window = window_steps(ctx, x, Dims(weights.begin() + 2, weights.end()));
  const std::size_t count = window.size();
  const std::string mode = auto_pad_of(ctx);
  const bool upper = mode == "SAME_UPPER", same = upper || mode == "SAME_LOWER";
  const auto extra = checked_list(ctx, "output_padding", count, 0, 0);
  const auto pads = checked_list(ctx, "pads", 2 * count, 0, 0);
  const bool shaped = ctx.node.has("output_shape");
  const auto shape = checked_list(ctx, "output_shape", count, 0, 1);
  for (std::size_t i = 0; i < count; ++i) {
    WindowDim& dim = window[i];
    dim.out = dim.in;
    if (dim.out < 1) ctx.fail("the input " + graph::text_of(x) + " has an empty spatial dim");
    const std::int64_t steps = checked_product(ctx, dim.out - 1, dim.stride);
    const std::int64_t full = checked_sum(ctx, checked_sum(ctx, steps, dim.reach()), extra[i]);
    if (shaped || same) {
      dim.in = shaped ? shape[i] : checked_product(ctx, dim.out, dim.stride);
      distribute(dim, full - dim.in, upper);
      if (!shaped) dim.in = full - dim.pad_begin - dim.pad_end;
    } else {
      if (mode == "NOTSET") dim.pad_begin = pads[i], dim.pad_end = pads[i + count];
      dim.in = full - checked_sum(ctx, dim.pad_begin, dim.pad_end);
    }
    if (dim.in < 1) ctx.fail("the pads leave nothing of an output of size " + std::to_string(full));
  }
  return window;
}

/// As of the convolution this is the gradient of: its input channels are this operator's outputs.
ConvolutionSizes transposed_sizes(const ShapeContext& ctx, const Dims& x, const Dims& weights) {
  if (x.size() < 3 || x.size() > 5)
    ctx.fail("the input is " + graph::text_of(x) + ", expected batch, channels and 1 to 3 spatial dims");
  if (weights.size() != x.size())
    ctx.fail("the weights are " + graph::text_of(weights) + ", expected " + std::to_string(x.size()) + " dims as in the input");
  if (weights[0] != x[1])
    ctx.fail("the input has " + std::to_string(x[1]) + " channels, the weights " + graph::text_of(weights) + " need " +
             std::to_string(weights[0]));
  ConvolutionSizes sizes;
  sizes.batch = x[0];
  sizes.groups = ctx.node.integer("group", 1);
  if (sizes.groups < 1 || x[1] < 1 || x[1] % sizes.groups != 0)
    ctx.fail("group is " + std::to_string(sizes.groups) + ", which does not divide the " + std::to_string(x[1]) +
             " input channels");
  sizes.out_channels = x[1] / sizes.groups;
  sizes.in_channels = weights[1];
  sizes.window = transposed_window(ctx, x, weights);
  return sizes;
}

void infer_transposed(ShapeContext& ctx) {
  expect_arity(ctx, 2, 3);
  for (std::size_t i = 0; i < ctx.inputs.size(); ++i)
    if (ctx.has(i)) expect_type(ctx, i, {DataType::f32});
  const auto sizes = transposed_sizes(ctx, ctx.input(0).dims, ctx.input(1).dims);
  const std::int64_t channels = checked_product(ctx, sizes.groups, sizes.in_channels);
  expect_dims(ctx, 2, {channels}, "the bias");
  Dims dims{sizes.batch, channels};
  for (const WindowDim& dim : sizes.window) dims.push_back(dim.in);
  ctx.outputs[0] = {DataType::f32, std::move(dims)};
}

/// y(position of a tap) += weight(tap) * x, for one plane of each.
void scatter_plane(const Window& window, const float* x, const float* weights, float* y) {
  const WindowDim &depth = window[0], &height = window[1], &width = window[2];
  for (std::int64_t kd = 0; kd < depth.kernel; ++kd)
    for (std::int64_t kh = 0; kh < height.kernel; ++kh)
      for (std::int64_t kw = 0; kw < width.kernel; ++kw) {
        const float w = *weights++;
        const auto [d0, d1] = inside(depth, kd);
        const auto [h0, h1] = inside(height, kh);
        const auto [w0, w1] = inside(width, kw);
        for (std::int64_t d = d0; d < d1; ++d)
          for (std::int64_t h = h0; h < h1; ++h) {
            const float* in = x + (d * height.out + h) * width.out;
            float* out = y + (depth.position(d, kd) * height.in + height.position(h, kh)) * width.in;
            for (std::int64_t o = w0; o < w1; ++o) out[width.position(o, kw)] += w * in[o];
          }
      }
}

void evaluate_transposed(EvaluateContext& ctx) {
  auto sizes = transposed_sizes(shape_context(ctx), ctx.inputs[0]->dims(), ctx.inputs[1]->dims());
  sizes.window = in_three_dims(std::move(sizes.window));
  const float* x = ctx.inputs[0]->values<float>().data();
  const float* weights = ctx.inputs[1]->values<float>().data();
  float* y = ctx.outputs[0].values<float>().data();
  const std::int64_t taps = sizes.taps(), from = sizes.groups * sizes.out_channels, to = sizes.groups * sizes.in_channels;
  for (std::int64_t n = 0; n < sizes.batch; ++n)
    for (std::int64_t c = 0; c < to; ++c) {
      float* plane = y + (n * to + c) * sizes.in_plane();
      std::fill_n(plane, sizes.in_plane(), ctx.has(2) ? ctx.inputs[2]->values<float>()[static_cast<std::size_t>(c)] : 0.0f);
      const std::int64_t group = c / sizes.in_channels;
      for (std::int64_t m = group * sizes.out_channels; m < (group + 1) * sizes.out_channels; ++m)
        scatter_plane(sizes.window, x + (n * from + m) * sizes.out_plane(),
                      weights + (m * sizes.in_channels + c % sizes.in_channels) * taps, plane);
    }
}

}  // namespace

std::vector<Operator> transposed_convolution_operators() {
  return {{"ConvTranspose", 1, infer_transposed, evaluate_transposed}};
}

}  // namespace mien::operators
