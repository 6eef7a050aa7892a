// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// BatchNormalization (inference), InstanceNormalization, LayerNormalization, LRN.
#include "mien/operators/normalization.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "mien/operators/checks.h"
#include "mien/operators/operator_groups.h"

namespace mien::operators {

namespace {

void expect_floats(const ShapeContext& ctx) {
  for (std::size_t i = 0; i < ctx.inputs.size(); ++i)
    if (ctx.has(i)) expect_type(ctx, i, {DataType::f32});
}

void infer_per_channel(ShapeContext& ctx, std::size_t inputs, std::size_t least_rank) {
  expect_arity(ctx, inputs, inputs);
  expect_floats(ctx);
  expect_rank(ctx, 0, least_rank, 8);
  for (std::size_t i = 1; i < inputs; ++i) expect_dims(ctx, i, {ctx.input(0).dims[1]}, "the values for each channel");
  ctx.outputs[0] = ctx.input(0);
}

void infer_batch(ShapeContext& ctx) {
  if (ctx.opset >= 14 && ctx.node.integer("training_mode", 0) != 0)
    ctx.fail("training_mode is 1, only inference is supported; export the model in evaluation mode");
  infer_per_channel(ctx, 5, 2);
}

/// y = x * factor + offset along one row of values.
void scale_shift(std::span<const float> x, std::span<float> y, double factor, double offset) {
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = static_cast<float>(x[i] * factor + offset);
}

void evaluate_batch(EvaluateContext& ctx) {
  const Dims& dims = ctx.inputs[0]->dims();
  const float epsilon = ctx.node.real("epsilon", 1e-5f);
  const auto plane = static_cast<std::size_t>(count_between(dims, 2, dims.size()));
  const auto channels = static_cast<std::size_t>(dims[1]);
  for (std::size_t p = 0; p < static_cast<std::size_t>(dims[0]) * channels; ++p) {
    const auto value = [&](std::size_t input) { return static_cast<double>(ctx.inputs[input]->values<float>()[p % channels]); };
    const double factor = value(1) / std::sqrt(value(4) + epsilon);
    scale_shift(ctx.inputs[0]->values<float>().subspan(p * plane, plane),
                ctx.outputs[0].values<float>().subspan(p * plane, plane), factor, value(2) - value(3) * factor);
  }
}

struct Moments {
  double mean, variance;
};

Moments moments(std::span<const float> values) {
  double sum = 0, squares = 0;
  for (const float v : values) sum += v;
  const double mean = sum / static_cast<double>(values.size());
  for (const float v : values) squares += (v - mean) * (v - mean);
  return {mean, squares / static_cast<double>(values.size())};
}

void infer_instance(ShapeContext& ctx) { infer_per_channel(ctx, 3, 3); }

void evaluate_instance(EvaluateContext& ctx) {
  const Dims& dims = ctx.inputs[0]->dims();
  const float epsilon = ctx.node.real("epsilon", 1e-5f);
  const auto plane = static_cast<std::size_t>(count_between(dims, 2, dims.size()));
  const auto channels = static_cast<std::size_t>(dims[1]);
  if (plane == 0) return;
  for (std::size_t p = 0; p < static_cast<std::size_t>(dims[0]) * channels; ++p) {
    const auto x = ctx.inputs[0]->values<float>().subspan(p * plane, plane);
    const auto [mean, variance] = moments(x);
    const double factor = ctx.inputs[1]->values<float>()[p % channels] / std::sqrt(variance + epsilon);
    scale_shift(x, ctx.outputs[0].values<float>().subspan(p * plane, plane), factor,
                ctx.inputs[2]->values<float>()[p % channels] - mean * factor);
  }
}

void infer_layer(ShapeContext& ctx) { infer_layer_normalization(ctx, ctx.node.integer("axis", -1)); }
void evaluate_layer(EvaluateContext& ctx) { evaluate_layer_normalization(ctx, ctx.node.integer("axis", -1)); }

void infer_lrn(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  expect_floats(ctx);
  expect_rank(ctx, 0, 2, 8);
  if (ctx.node.integer("size", 0) < 1) ctx.fail("attribute 'size' is missing or not positive");
  ctx.outputs[0] = ctx.input(0);
}

void evaluate_lrn(EvaluateContext& ctx) {
  const Dims& dims = ctx.inputs[0]->dims();
  const std::int64_t size = ctx.node.integer("size", 1), channels = dims[1], plane = count_between(dims, 2, dims.size());
  const double alpha = ctx.node.real("alpha", 1e-4f), beta = ctx.node.real("beta", 0.75f), bias = ctx.node.real("bias", 1.0f);
  const float* x = ctx.inputs[0]->values<float>().data();
  float* y = ctx.outputs[0].values<float>().data();
  for (std::int64_t n = 0; n < dims[0]; ++n, x += channels * plane)
    for (std::int64_t c = 0; c < channels; ++c) {
      const std::int64_t first = std::max<std::int64_t>(0, c - (size - 1) / 2);
      const std::int64_t last = std::min(channels - 1, size / 2 >= channels ? channels - 1 : c + size / 2);
      for (std::int64_t i = 0; i < plane; ++i) {
        double squares = 0;
        for (std::int64_t other = first; other <= last; ++other) squares += std::pow(x[other * plane + i], 2);
        *y++ = static_cast<float>(x[c * plane + i] / std::pow(bias + alpha / static_cast<double>(size) * squares, beta));
      }
    }
}

}  // namespace

void infer_layer_normalization(ShapeContext& ctx, std::int64_t axis) {
  expect_arity(ctx, 2, 3);
  expect_floats(ctx);
  const Dims& dims = ctx.input(0).dims;
  const std::size_t first = checked_axis(ctx, axis, dims.size());
  const Dims normalized(dims.begin() + static_cast<std::ptrdiff_t>(first), dims.end());
  expect_dims(ctx, 1, normalized, "the scale");
  expect_dims(ctx, 2, normalized, "the bias");
  ctx.outputs[0] = ctx.input(0);
}

void evaluate_layer_normalization(EvaluateContext& ctx, std::int64_t axis) {
  const Tensor& x = *ctx.inputs[0];
  const auto first = static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(x.dims().size()) : axis);
  const auto count = static_cast<std::size_t>(count_between(x.dims(), first, x.dims().size()));
  const auto scale = ctx.inputs[1]->values<float>();
  const double epsilon = ctx.node.real("epsilon", 1e-5f);
  for (std::size_t at = 0; at < x.values<float>().size(); at += count) {
    const auto row = x.values<float>().subspan(at, count);
    const auto out = ctx.outputs[0].values<float>().subspan(at, count);
    const auto [mean, variance] = moments(row);
    const double factor = 1 / std::sqrt(variance + epsilon);
    for (std::size_t i = 0; i < count; ++i)
      out[i] = static_cast<float>((row[i] - mean) * factor * scale[i] + (ctx.has(2) ? ctx.inputs[2]->values<float>()[i] : 0.0f));
  }
}

std::vector<Operator> normalization_operators() {
  return {{"BatchNormalization", 9, infer_batch, evaluate_batch},
          {"InstanceNormalization", 6, infer_instance, evaluate_instance},
          {"LayerNormalization", 17, infer_layer, evaluate_layer},
          {"LRN", 1, infer_lrn, evaluate_lrn}};
}

}  // namespace mien::operators
