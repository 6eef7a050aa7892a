// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear.
#include <algorithm>
#include <cmath>

#include "mien/operators/checks.h"
#include "mien/operators/operator_groups.h"
#include "mien/operators/quantized_values.h"

namespace mien::operators {

namespace {

/// Slices that have scales of their own, and the elements of x between neighbouring slices' values.
struct Slices {
  std::int64_t count = 0;  ///< 0: one scale for the whole tensor
  std::int64_t inner = 1;
};

Slices slices_of(const ShapeContext& ctx) {
  const Dims &x = ctx.input(0).dims, &scale = ctx.input(1).dims;
  if (ctx.opset < 13 || scale.empty() || scale == Dims{1}) return {};
  const std::size_t axis = checked_axis(ctx, ctx.node.integer("axis", 1), x.size());
  return {x[axis], count_between(x, axis + 1, x.size())};
}

/// The zero point (input 2, of `type`) has as many values as the scale.
void expect_own_zero_point(const ShapeContext& ctx, DataType type, const Slices& slices) {
  expect_zero_point(ctx, 2, type, slices.count);
  if (slices.count != 0) expect_dims(ctx, 2, {slices.count}, "the zero point");
}

void infer_quantize(ShapeContext& ctx) {
  expect_arity(ctx, 2, 3);
  expect_type(ctx, 0, {DataType::f32});
  const DataType type = ctx.has(2) ? ctx.input(2).type : DataType::u8;
  if (ctx.has(2)) expect_quantized(ctx, 2);
  const Slices slices = slices_of(ctx);
  expect_scale(ctx, 1, slices.count);
  expect_own_zero_point(ctx, type, slices);
  ctx.outputs[0] = {type, ctx.input(0).dims};
}

template <typename T>
void quantize(const Tensor& x, std::span<const float> scales, const std::vector<std::int32_t>& zeros, std::size_t inner,
              Tensor& y) {
  for (std::size_t i = 0; i < y.values<T>().size(); ++i)
    y.values<T>()[i] = quantized<T>(x.values<float>()[i] / scales[i / inner % scales.size()], zeros[i / inner % zeros.size()]);
}

void evaluate_quantize(EvaluateContext& ctx) {
  const auto inner = static_cast<std::size_t>(std::max<std::int64_t>(1, slices_of(shape_context(ctx)).inner));
  const auto apply = ctx.outputs[0].type() == DataType::u8 ? quantize<std::uint8_t> : quantize<std::int8_t>;
  apply(*ctx.inputs[0], ctx.inputs[1]->values<float>(), zero_points(ctx, 2), inner, ctx.outputs[0]);
}

void infer_dequantize(ShapeContext& ctx) {
  expect_arity(ctx, 2, 3);
  expect_type(ctx, 0, {DataType::u8, DataType::i8, DataType::i32});
  const Slices slices = slices_of(ctx);
  expect_scale(ctx, 1, slices.count);
  expect_own_zero_point(ctx, ctx.input(0).type, slices);
  ctx.outputs[0] = {DataType::f32, ctx.input(0).dims};
}

void evaluate_dequantize(EvaluateContext& ctx) {
  const auto inner = static_cast<std::size_t>(std::max<std::int64_t>(1, slices_of(shape_context(ctx)).inner));
  const auto x = ctx.inputs[0]->integers();
  const auto zeros = zero_points(ctx, 2);
  const auto scales = ctx.inputs[1]->values<float>();
  const auto y = ctx.outputs[0].values<float>();
  for (std::size_t i = 0; i < y.size(); ++i)
    y[i] = static_cast<float>(x[i] - zeros[i / inner % zeros.size()]) * scales[i / inner % scales.size()];
}

void infer_dynamic(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1, 3);
  expect_type(ctx, 0, {DataType::f32});
  const TensorType types[] = {{DataType::u8, ctx.input(0).dims}, {DataType::f32, {}}, {DataType::u8, {}}};
  if (ctx.outputs.size() != 3) ctx.fail("has " + std::to_string(ctx.outputs.size()) + " outputs, expected 3");
  std::copy(std::begin(types), std::end(types), ctx.outputs.begin());
}

void evaluate_dynamic(EvaluateContext& ctx) {
  float least = 0, most = 0;
  for (const float value : ctx.inputs[0]->values<float>()) least = std::min(least, value), most = std::max(most, value);
  const float scale = most == least ? 1.0f : (most - least) / 255;
  const auto zero = quantized<std::uint8_t>(-least / scale, 0);
  ctx.outputs[1].values<float>()[0] = scale;
  ctx.outputs[2].values<std::uint8_t>()[0] = zero;
  quantize<std::uint8_t>(*ctx.inputs[0], ctx.outputs[1].values<float>(), {zero}, 1, ctx.outputs[0]);
}

}  // namespace

std::vector<Operator> quantization_operators() {
  return {{"QuantizeLinear", 10, infer_quantize, evaluate_quantize},
          {"DequantizeLinear", 10, infer_dequantize, evaluate_dequantize},
          {"DynamicQuantizeLinear", 11, infer_dynamic, evaluate_dynamic}};
}

}  // namespace mien::operators
