// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// QLinearConv and ConvInteger: convolutions of u8 or i8 values summed in int32.
#include <algorithm>

#include "mien/operators/checks.h"
#include "mien/operators/convolution_loops.h"
#include "mien/operators/operator_groups.h"
#include "mien/operators/quantized_values.h"

namespace mien::operators {

namespace {

/// Sums of a convolution, with zero points taken off; `bias` (i32, one a channel) may be null.
std::vector<std::uint32_t> integer_convolution(const ConvolutionSizes& sizes, const std::vector<std::uint32_t>& x,
                                               const std::vector<std::uint32_t>& weights, const Tensor* bias) {
  const std::int64_t channels = sizes.groups * sizes.out_channels, row = sizes.in_channels * sizes.taps();
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(sizes.batch * channels * sizes.out_plane()), 0);
  if (bias)
    for (std::int64_t i = 0; i < sizes.batch * channels; ++i)
      std::fill_n(sums.begin() + i * sizes.out_plane(), sizes.out_plane(),
                  static_cast<std::uint32_t>(bias->values<std::int32_t>()[static_cast<std::size_t>(i % channels)]));
  convolve(
      sizes, x.data(), sums.data(),
      [&](std::int64_t m, std::int64_t i) { return weights[static_cast<std::size_t>(m * row + i)]; },
      [](std::uint32_t value) { return value; });
  return sums;
}

std::int64_t elements_per_channel(const Tensor& weights) { return count_between(weights.dims(), 1, weights.dims().size()); }

// QLinearConv: x, x scale, x zero point, w, w scale, w zero point, y scale, y zero point, bias
void infer_qlinear_conv(ShapeContext& ctx) {
  expect_arity(ctx, 8, 9);
  const auto sizes = convolution_sizes(ctx, ctx.input(0).dims, ctx.input(3).dims);
  const std::int64_t channels = sizes.groups * sizes.out_channels;
  for (const std::size_t i : {0, 3, 7}) expect_quantized(ctx, i);
  expect_scale(ctx, 1);
  expect_zero_point(ctx, 2, ctx.input(0).type);
  expect_scale(ctx, 4, channels);
  expect_zero_point(ctx, 5, ctx.input(3).type, channels);
  expect_scale(ctx, 6);
  expect_zero_point(ctx, 7, ctx.input(7).type);
  if (ctx.has(8)) expect_type(ctx, 8, {DataType::i32});
  expect_dims(ctx, 8, {channels}, "the bias");
  ctx.outputs[0] = {ctx.input(7).type, output_dims(sizes.batch, channels, sizes.window)};
}

void evaluate_qlinear_conv(EvaluateContext& ctx) {
  const Tensor &x = *ctx.inputs[0], &weights = *ctx.inputs[3];
  const auto sizes = evaluated_sizes(ctx, x, weights);
  const auto sums =
      integer_convolution(sizes, centred(x, zero_points(ctx, 2), 1),
                          centred(weights, zero_points(ctx, 5), std::max<std::int64_t>(1, elements_per_channel(weights))),
                          ctx.has(8) ? ctx.inputs[8] : nullptr);
  std::vector<float> multipliers;
  for (const float scale : ctx.inputs[4]->values<float>())
    multipliers.push_back(single_scale(ctx, 1) * scale / single_scale(ctx, 6));
  requantize(sums, multipliers, sizes.out_plane(), zero_points(ctx, 7)[0], ctx.outputs[0]);
}

// ConvInteger: x, w, x zero point, w zero point
void infer_conv_integer(ShapeContext& ctx) {
  expect_arity(ctx, 2, 4);
  expect_quantized(ctx, 0);
  expect_quantized(ctx, 1);
  const auto sizes = convolution_sizes(ctx, ctx.input(0).dims, ctx.input(1).dims);
  const std::int64_t channels = sizes.groups * sizes.out_channels;
  expect_zero_point(ctx, 2, ctx.input(0).type);
  expect_zero_point(ctx, 3, ctx.input(1).type, channels);
  ctx.outputs[0] = {DataType::i32, output_dims(sizes.batch, channels, sizes.window)};
}

void evaluate_conv_integer(EvaluateContext& ctx) {
  const Tensor &x = *ctx.inputs[0], &weights = *ctx.inputs[1];
  const auto sums = integer_convolution(
      evaluated_sizes(ctx, x, weights), centred(x, zero_points(ctx, 2), 1),
      centred(weights, zero_points(ctx, 3), std::max<std::int64_t>(1, elements_per_channel(weights))), nullptr);
  std::transform(sums.begin(), sums.end(), ctx.outputs[0].values<std::int32_t>().begin(),
                 [](std::uint32_t sum) { return static_cast<std::int32_t>(sum); });
}

}  // namespace

std::vector<Operator> quantized_convolution_operators() {
  return {{"QLinearConv", 10, infer_qlinear_conv, evaluate_qlinear_conv},
          {"ConvInteger", 10, infer_conv_integer, evaluate_conv_integer}};
}

}  // namespace mien::operators
