// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Operators of ONNX Runtime's domain "com.microsoft" that quantised files hold: QLinearAdd, QLinearMul, QLinearConcat,
// QLinearGlobalAveragePool, QLinearSigmoid, QLinearLeakyRelu.
#include <algorithm>
#include <cmath>

#include "mien/operators/broadcasting.h"
#include "mien/operators/checks.h"
#include "mien/operators/operator_groups.h"
#include "mien/operators/quantized_values.h"

namespace mien::operators {

namespace {

constexpr const char* domain = "com.microsoft";

// QLinearAdd, QLinearMul: a, a scale, a zero point, b, b scale, b zero point, c scale, c zero point
void infer_binary(ShapeContext& ctx) {
  expect_arity(ctx, 2, 8);
  expect_quantized(ctx, 0);
  const TensorType &a = ctx.input(0), &b = ctx.input(3);
  expect_type(ctx, 3, {a.type});
  for (const std::size_t i : {1, 4, 6}) expect_scale(ctx, i);
  for (const std::size_t i : {2, 5, 7}) expect_zero_point(ctx, i, a.type);
  const auto dims = broadcast_dims(a.dims, b.dims);
  if (!dims) ctx.fail("inputs " + graph::text_of(a.dims) + " and " + graph::text_of(b.dims) + " do not broadcast to each other");
  ctx.outputs[0] = {a.type, *dims};
}

template <typename T, typename F>
void quantized_binary(EvaluateContext& ctx, F real_result) {
  const std::int32_t a_zero = zero_points(ctx, 2)[0], b_zero = zero_points(ctx, 5)[0], c_zero = zero_points(ctx, 7)[0];
  broadcast_map<T, T>(*ctx.inputs[0], *ctx.inputs[3], ctx.outputs[0], [=](T a, T b) {
    return quantized<T>(real_result(static_cast<float>(a - a_zero), static_cast<float>(b - b_zero)), c_zero);
  });
}

template <typename F>
void evaluate_binary(EvaluateContext& ctx, F real_result) {
  if (ctx.outputs[0].type() == DataType::u8)
    quantized_binary<std::uint8_t>(ctx, real_result);
  else
    quantized_binary<std::int8_t>(ctx, real_result);
}

void evaluate_add(EvaluateContext& ctx) {
  const float a_by_c = single_scale(ctx, 1) / single_scale(ctx, 6), b_by_c = single_scale(ctx, 4) / single_scale(ctx, 6);
  evaluate_binary(ctx, [=](float a, float b) { return a * a_by_c + b * b_by_c; });
}

void evaluate_multiply(EvaluateContext& ctx) {
  const float ratio = single_scale(ctx, 1) * single_scale(ctx, 4) / single_scale(ctx, 6);
  evaluate_binary(ctx, [=](float a, float b) { return a * b * ratio; });
}

// One input: x, x scale, x zero point, y scale, y zero point
void check_unary(ShapeContext& ctx) {
  expect_arity(ctx, 4, 5);
  expect_quantized(ctx, 0);
  for (const std::size_t i : {1, 3}) expect_scale(ctx, i);
  for (const std::size_t i : {2, 4}) expect_zero_point(ctx, i, ctx.input(0).type);
}

void infer_unary(ShapeContext& ctx) {
  check_unary(ctx);
  ctx.outputs[0] = ctx.input(0);
}

template <typename T, typename F>
void quantized_map(const Tensor& x, float x_scale, std::int32_t x_zero, float y_scale, std::int32_t y_zero, T* y, F f) {
  for (const T value : x.values<T>()) *y++ = quantized<T>(f(static_cast<float>(value - x_zero) * x_scale) / y_scale, y_zero);
}

template <typename F>
void evaluate_unary(EvaluateContext& ctx, F f) {
  const auto apply = [&]<typename T>(T* y) {
    quantized_map(*ctx.inputs[0], single_scale(ctx, 1), zero_points(ctx, 2)[0], single_scale(ctx, 3), zero_points(ctx, 4)[0], y,
                  f);
  };
  if (ctx.outputs[0].type() == DataType::u8)
    apply(ctx.outputs[0].values<std::uint8_t>().data());
  else
    apply(ctx.outputs[0].values<std::int8_t>().data());
}

void evaluate_sigmoid(EvaluateContext& ctx) {
  evaluate_unary(ctx, [](float x) { return 1 / (1 + std::exp(-x)); });
}

void evaluate_leaky_relu(EvaluateContext& ctx) {
  const float alpha = ctx.node.real("alpha", 0.01f);
  evaluate_unary(ctx, [alpha](float x) { return x < 0 ? alpha * x : x; });
}

void infer_global_average(ShapeContext& ctx) {
  check_unary(ctx);
  expect_rank(ctx, 0, 3, 5);
  Dims dims = ctx.input(0).dims;
  const bool channels_last = ctx.node.integer("channels_last", 0) != 0;
  for (std::size_t i = channels_last ? 1 : 2; i < dims.size() - (channels_last ? 1 : 0); ++i) {
    if (dims[i] < 1) ctx.fail("the input " + graph::text_of(ctx.input(0).dims) + " has an empty spatial dim");
    dims[i] = 1;
  }
  ctx.outputs[0] = {ctx.input(0).type, std::move(dims)};
}

void evaluate_global_average(EvaluateContext& ctx) {
  const Dims& dims = ctx.inputs[0]->dims();
  const bool channels_last = ctx.node.integer("channels_last", 0) != 0;
  const std::int64_t channels = channels_last ? dims.back() : dims[1];
  if (ctx.outputs[0].size() == 0) return;
  const std::int64_t plane = count_between(dims, 1, dims.size()) / channels;
  const auto x = centred(*ctx.inputs[0], zero_points(ctx, 2), 1);
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(dims[0] * channels), 0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    sums[static_cast<std::size_t>(channels_last ? at / (plane * channels) * channels + at % channels : at / plane)] += x[i];
  }
  const float multiplier = single_scale(ctx, 1) / (single_scale(ctx, 3) * static_cast<float>(plane));
  requantize(sums, {&multiplier, 1}, 1, zero_points(ctx, 4)[0], ctx.outputs[0]);
}

// QLinearConcat: y scale, y zero point, then x, x scale, x zero point for every input
void infer_concat(ShapeContext& ctx) {
  if (ctx.inputs.size() < 5 || ctx.inputs.size() % 3 != 2)
    ctx.fail("has " + std::to_string(ctx.inputs.size()) + " inputs, expected 2 and then 3 for every part");
  expect_arity(ctx, ctx.inputs.size(), ctx.inputs.size());
  expect_quantized(ctx, 1);
  const DataType type = ctx.input(1).type;
  expect_scale(ctx, 0);
  expect_zero_point(ctx, 1, type);
  Dims dims = ctx.input(2).dims;
  const std::size_t axis = checked_axis(ctx, ctx.node.integer("axis", 1), dims.size());
  for (std::size_t i = 2; i < ctx.inputs.size(); i += 3) {
    expect_type(ctx, i, {type});
    expect_scale(ctx, i + 1);
    expect_zero_point(ctx, i + 2, type);
    if (i == 2) continue;
    Dims part = ctx.input(i).dims;
    if (part.size() != dims.size())
      ctx.fail("parts " + graph::text_of(dims) + " and " + graph::text_of(part) + " have not the same rank");
    const std::int64_t size = checked_sum(ctx, dims[axis], part[axis]);
    part[axis] = dims[axis];
    if (part != dims)
      ctx.fail("part " + std::to_string((i - 2) / 3) + " is " + graph::text_of(ctx.input(i).dims) + ", which does not join " +
               graph::text_of(dims) + " along axis " + std::to_string(axis));
    dims[axis] = size;
  }
  ctx.outputs[0] = {type, std::move(dims)};
}

template <typename T>
void concat(EvaluateContext& ctx) {
  const Dims& dims = ctx.outputs[0].dims();
  const std::int64_t given = ctx.node.integer("axis", 1);
  const auto axis = static_cast<std::size_t>(given < 0 ? given + static_cast<std::int64_t>(dims.size()) : given);
  const std::int64_t outer = count_between(dims, 0, axis), row = count_between(dims, axis, dims.size());
  T* to = ctx.outputs[0].values<T>().data();
  for (std::size_t i = 2; i < ctx.inputs.size(); i += 3) {
    const Tensor& part = *ctx.inputs[i];
    std::vector<T> values(part.values<T>().size());
    quantized_map(part, single_scale(ctx, i + 1), zero_points(ctx, i + 2)[0], single_scale(ctx, 0), zero_points(ctx, 1)[0],
                  values.data(), [](float x) { return x; });
    const std::int64_t own = count_between(part.dims(), axis, part.dims().size());
    for (std::int64_t o = 0; o < outer; ++o) std::copy_n(values.data() + o * own, own, to + o * row);
    to += own;
  }
}

void evaluate_concat(EvaluateContext& ctx) {
  if (ctx.outputs[0].type() == DataType::u8)
    concat<std::uint8_t>(ctx);
  else
    concat<std::int8_t>(ctx);
}

}  // namespace

std::vector<Operator> microsoft_operators() {
  return {{"QLinearAdd", 1, infer_binary, evaluate_add, domain},
          {"QLinearMul", 1, infer_binary, evaluate_multiply, domain},
          {"QLinearConcat", 1, infer_concat, evaluate_concat, domain},
          {"QLinearGlobalAveragePool", 1, infer_global_average, evaluate_global_average, domain},
          {"QLinearSigmoid", 1, infer_unary, evaluate_sigmoid, domain},
          {"QLinearLeakyRelu", 1, infer_unary, evaluate_leaky_relu, domain}};
}

}  // namespace mien::operators
