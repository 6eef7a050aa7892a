// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Operators of domain "mien", which rewriting makes, and Gelu of "com.microsoft", which is the same as ours.
#include <algorithm>
#include <cmath>

#include "mien/operators/checks.h"
#include "mien/operators/normalization.h"
#include "mien/operators/number_types.h"
#include "mien/operators/operator_groups.h"
#include "mien/operators/post_ops.h"

namespace mien::operators {

namespace {

constexpr const char* domain = "mien";

// ChannelGather(inputs..., attributes `input` and `channel`): output channel c is channel[c] of input number input[c].
void infer_channel_gather(ShapeContext& ctx) {
  if (ctx.inputs.empty()) ctx.fail("has no inputs");
  expect_arity(ctx, ctx.inputs.size(), ctx.inputs.size());
  expect_rank(ctx, 0, 2, 8);
  Dims dims = ctx.input(0).dims;
  for (std::size_t i = 1; i < ctx.inputs.size(); ++i) {
    expect_type(ctx, i, {ctx.input(0).type});
    Dims other = ctx.input(i).dims;
    if (other.size() == dims.size()) other[1] = dims[1];
    if (other != dims)
      ctx.fail("input " + std::to_string(i) + " is " + graph::text_of(ctx.input(i).dims) + ", expected all but the channels of " +
               graph::text_of(dims));
  }
  const auto input = ctx.node.integers("input"), channel = ctx.node.integers("channel");
  if (input.size() != channel.size())
    ctx.fail("attributes 'input' and 'channel' have " + std::to_string(input.size()) + " and " + std::to_string(channel.size()) +
             " values");
  for (std::size_t c = 0; c < input.size(); ++c) {
    if (input[c] < 0 || input[c] >= static_cast<std::int64_t>(ctx.inputs.size()))
      ctx.fail("attribute 'input' names input " + std::to_string(input[c]) + " of " + std::to_string(ctx.inputs.size()));
    const std::int64_t channels = ctx.input(static_cast<std::size_t>(input[c])).dims[1];
    if (channel[c] < 0 || channel[c] >= channels)
      ctx.fail("attribute 'channel' names channel " + std::to_string(channel[c]) + " of " + std::to_string(channels));
  }
  dims[1] = static_cast<std::int64_t>(input.size());
  ctx.outputs[0] = {ctx.input(0).type, std::move(dims)};
}

void evaluate_channel_gather(EvaluateContext& ctx) {
  const Dims& dims = ctx.outputs[0].dims();
  const auto input = ctx.node.integers("input"), channel = ctx.node.integers("channel");
  const std::int64_t plane = count_between(dims, 2, dims.size());
  with_type(ctx.outputs[0].type(), [&]<typename T>() {
    T* to = ctx.outputs[0].values<T>().data();
    for (std::int64_t n = 0; n < dims[0]; ++n)
      for (std::size_t c = 0; c < input.size(); ++c, to += plane) {
        const Tensor& from = *ctx.inputs[static_cast<std::size_t>(input[c])];
        std::copy_n(from.values<T>().data() + (n * from.dims()[1] + channel[c]) * plane, plane, to);
      }
  });
}

void infer_layer_norm(ShapeContext& ctx) { infer_layer_normalization(ctx, -1); }
void evaluate_layer_norm(EvaluateContext& ctx) { evaluate_layer_normalization(ctx, -1); }

void infer_gelu(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  expect_type(ctx, 0, {DataType::f32});
  ctx.outputs[0] = ctx.input(0);
}

void evaluate_gelu(EvaluateContext& ctx) {
  const auto x = ctx.inputs[0]->values<float>();
  std::transform(x.begin(), x.end(), ctx.outputs[0].values<float>().begin(),
                 [](float value) { return apply_elementwise({.kind = graph::PostOp::Kind::gelu_erf}, value); });
}

// GlobalAverage(x [N,C,H,W], attribute keep): the mean over height and width, [N,C,1,1] with keep = 1, [N,C] with keep = 0.
void infer_global_average(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  expect_type(ctx, 0, {DataType::f32});
  expect_rank(ctx, 0, 3, 5);
  const Dims& x = ctx.input(0).dims;
  if (std::find(x.begin() + 2, x.end(), 0) != x.end()) ctx.fail("the input " + graph::text_of(x) + " has an empty spatial dim");
  Dims dims(ctx.node.integer("keep", 1) != 0 ? x.size() : 2, 1);
  std::copy_n(x.begin(), 2, dims.begin());
  ctx.outputs[0] = {DataType::f32, std::move(dims)};
}

void evaluate_global_average(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  const auto plane = static_cast<std::size_t>(count_between(x.dims(), 2, x.dims().size()));
  const auto y = ctx.outputs[0].values<float>();
  for (std::size_t i = 0; i < y.size(); ++i) {
    double sum = 0;
    for (const float value : x.values<float>().subspan(i * plane, plane)) sum += value;
    y[i] = static_cast<float>(sum / static_cast<double>(plane));
  }
}

// ScaleShift(x, scale [C], shift [C]): y = x * scale + shift along axis 1.
void infer_scale_shift(ShapeContext& ctx) {
  expect_arity(ctx, 3, 3);
  for (std::size_t i = 0; i < 3; ++i) expect_type(ctx, i, {DataType::f32});
  expect_rank(ctx, 0, 2, 8);
  expect_dims(ctx, 1, {ctx.input(0).dims[1]}, "the scale");
  expect_dims(ctx, 2, {ctx.input(0).dims[1]}, "the shift");
  ctx.outputs[0] = ctx.input(0);
}

void evaluate_scale_shift(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  const auto plane = static_cast<std::size_t>(count_between(x.dims(), 2, x.dims().size()));
  const auto channels = static_cast<std::size_t>(x.dims()[1]);
  const auto y = ctx.outputs[0].values<float>();
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::size_t c = i / plane % channels;
    y[i] = x.values<float>()[i] * ctx.inputs[1]->values<float>()[c] + ctx.inputs[2]->values<float>()[c];
  }
}

// Table(x u8 or i8, entries [256] u8 or i8): every byte becomes its entry; entry b is that of the byte with the bits of b.
void infer_table(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  for (const std::size_t i : {0, 1}) expect_type(ctx, i, {DataType::u8, DataType::i8});
  expect_dims(ctx, 1, {256}, "the table");
  ctx.outputs[0] = {ctx.input(1).type, ctx.input(0).dims};
}

void evaluate_table(EvaluateContext& ctx) {
  const std::byte *x = ctx.inputs[0]->raw(), *entries = ctx.inputs[1]->raw();
  std::transform(x, x + ctx.inputs[0]->bytes(), ctx.outputs[0].raw(),
                 [entries](std::byte byte) { return entries[std::to_integer<std::size_t>(byte)]; });
}

// Linear(x [...,K], weights [K,N], bias [N] optional): y [...,N] = x * weights + bias. Weights are [N,K] with transposed = 1.
bool is_transposed(const Node& node) { return node.integer("transposed", 0) != 0; }

void infer_linear(ShapeContext& ctx) {
  expect_arity(ctx, 2, 3);
  for (std::size_t i = 0; i < 3; ++i)
    if (ctx.has(i)) expect_type(ctx, i, {DataType::f32});
  expect_rank(ctx, 0, 2, 8);
  expect_rank(ctx, 1, 2, 2);
  const Dims& weights = ctx.input(1).dims;
  const bool turned = is_transposed(ctx.node);
  const std::int64_t depth = weights[turned ? 1 : 0], columns = weights[turned ? 0 : 1];
  Dims dims = ctx.input(0).dims;
  if (dims.back() != depth)
    ctx.fail("a product of " + graph::text_of(dims) + " and " + graph::text_of(weights) + (turned ? " (transposed)" : "") +
             " is not possible");
  expect_dims(ctx, 2, {columns}, "the bias");
  dims.back() = columns;
  ctx.outputs[0] = {DataType::f32, std::move(dims)};
}

void evaluate_linear(EvaluateContext& ctx) {
  const auto x = ctx.inputs[0]->values<float>(), weights = ctx.inputs[1]->values<float>();
  const auto y = ctx.outputs[0].values<float>();
  const bool turned = is_transposed(ctx.node);
  const auto depth = static_cast<std::size_t>(ctx.inputs[1]->dims()[turned ? 1 : 0]),
             columns = static_cast<std::size_t>(ctx.inputs[1]->dims()[turned ? 0 : 1]);
  const std::size_t down = turned ? 1 : columns, right = turned ? depth : 1;  // steps from weight to weight
  std::fill(y.begin(), y.end(), 0.0f);
  const std::size_t rows = columns == 0 ? 0 : y.size() / columns;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t k = 0; k < depth; ++k)
      for (std::size_t c = 0; c < columns; ++c) y[r * columns + c] += x[r * depth + k] * weights[k * down + c * right];
    if (!ctx.has(2)) continue;
    for (std::size_t c = 0; c < columns; ++c) y[r * columns + c] += ctx.inputs[2]->values<float>()[c];
  }
}

}  // namespace

std::vector<Operator> mien_operators() {
  return {{"ChannelGather", 1, infer_channel_gather, evaluate_channel_gather, domain},
          {"LayerNorm", 1, infer_layer_norm, evaluate_layer_norm, domain},
          {"Gelu", 1, infer_gelu, evaluate_gelu, domain},
          {"Gelu", 1, infer_gelu, evaluate_gelu, "com.microsoft"},
          {"GlobalAverage", 1, infer_global_average, evaluate_global_average, domain},
          {"Table", 1, infer_table, evaluate_table, domain},
          {"ScaleShift", 1, infer_scale_shift, evaluate_scale_shift, domain},
          {"Linear", 1, infer_linear, evaluate_linear, domain}};
}

}  // namespace mien::operators
