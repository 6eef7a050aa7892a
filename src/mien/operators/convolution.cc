// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Conv, and the sizes that its integer relatives share.
#include <algorithm>

#include "mien/operators/checks.h"
#include "mien/operators/convolution_loops.h"
#include "mien/operators/operator_groups.h"

namespace mien::operators {

namespace {

void infer_conv(ShapeContext& ctx) {
  expect_arity(ctx, 2, 3);
  for (std::size_t i = 0; i < ctx.inputs.size(); ++i)
    if (ctx.has(i)) expect_type(ctx, i, {DataType::f32});
  const auto sizes = convolution_sizes(ctx, ctx.input(0).dims, ctx.input(1).dims);
  const std::int64_t channels = sizes.groups * sizes.out_channels;
  expect_dims(ctx, 2, {channels}, "the bias");
  ctx.outputs[0] = {DataType::f32, output_dims(sizes.batch, channels, sizes.window)};
}

void evaluate_conv(EvaluateContext& ctx) {
  const auto sizes = evaluated_sizes(ctx, *ctx.inputs[0], *ctx.inputs[1]);
  const float* weights = ctx.inputs[1]->values<float>().data();
  const std::int64_t channels = sizes.groups * sizes.out_channels, row = sizes.in_channels * sizes.taps();
  float* y = ctx.outputs[0].values<float>().data();
  for (std::int64_t i = 0; i < sizes.batch * channels; ++i)
    std::fill_n(y + i * sizes.out_plane(), sizes.out_plane(),
                ctx.has(2) ? ctx.inputs[2]->values<float>()[static_cast<std::size_t>(i % channels)] : 0.0f);
  convolve(sizes, ctx.inputs[0]->values<float>().data(), y,
           [=](std::int64_t m, std::int64_t i) { return weights[m * row + i]; }, [](float x) { return x; });
}

}  // namespace

ConvolutionSizes convolution_sizes(const ShapeContext& ctx, const Dims& x, const Dims& weights) {
  if (x.size() < 3 || x.size() > 5)
    ctx.fail("the input is " + graph::text_of(x) + ", expected batch, channels and 1 to 3 spatial dims");
  if (weights.size() != x.size())
    ctx.fail("the weights are " + graph::text_of(weights) + ", expected " + std::to_string(x.size()) + " dims as in the input " +
             graph::text_of(x));
  ConvolutionSizes sizes;
  sizes.batch = x[0];
  sizes.groups = ctx.node.integer("group", 1);
  if (sizes.groups < 1 || weights[0] < 1 || weights[0] % sizes.groups != 0)
    ctx.fail("group is " + std::to_string(sizes.groups) + ", which does not divide the " + std::to_string(weights[0]) +
             " output channels");
  sizes.in_channels = weights[1];
  sizes.out_channels = weights[0] / sizes.groups;
  if (checked_product(ctx, sizes.in_channels, sizes.groups) != x[1])
    ctx.fail("the input has " + std::to_string(x[1]) + " channels, the weights " + graph::text_of(weights) + " in " +
             std::to_string(sizes.groups) + " groups need " + std::to_string(sizes.in_channels * sizes.groups));
  sizes.window = window_of(ctx, x, Dims(weights.begin() + 2, weights.end()));
  return sizes;
}

ConvolutionSizes evaluated_sizes(const EvaluateContext& ctx, const Tensor& x, const Tensor& weights) {
  auto sizes = convolution_sizes(shape_context(ctx), x.dims(), weights.dims());
  sizes.window = in_three_dims(std::move(sizes.window));
  return sizes;
}

std::vector<Operator> convolution_operators() { return {{"Conv", 1, infer_conv, evaluate_conv}}; }

}  // namespace mien::operators
