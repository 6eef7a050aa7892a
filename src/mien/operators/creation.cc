// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "mien/operators/node_checks.h"
#include "mien/operators/number_types.h"
#include "mien/operators/operator_groups.h"

namespace mien::operators {

namespace {

/// The dims that Shape tells: all, or from opset 15 on those of [start, end).
std::pair<std::size_t, std::size_t> told_dims(const Node& node, std::size_t rank) {
  const auto n = static_cast<std::int64_t>(rank);
  const auto bounded = [&](std::int64_t place) { return std::clamp<std::int64_t>(place < 0 ? place + n : place, 0, n); };
  const auto start = bounded(node.integer("start", 0)), end = bounded(node.integer("end", n));
  return {static_cast<std::size_t>(start), static_cast<std::size_t>(std::max(start, end))};
}

void infer_shape(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  const auto [start, end] = told_dims(ctx.node, ctx.input(0).dims.size());
  set_output(ctx, 0, DataType::i64, {static_cast<std::int64_t>(end - start)});
}

void evaluate_shape(EvaluateContext& ctx) {
  const auto& dims = ctx.inputs[0]->dims();
  const auto [start, end] = told_dims(ctx.node, dims.size());
  std::copy(dims.begin() + static_cast<std::ptrdiff_t>(start), dims.begin() + static_cast<std::ptrdiff_t>(end),
            ctx.outputs[0].values<std::int64_t>().begin());
}

void infer_size(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  set_output(ctx, 0, DataType::i64, {});
}

void evaluate_size(EvaluateContext& ctx) { ctx.outputs[0].values<std::int64_t>()[0] = ctx.inputs[0]->size(); }

void infer_constant_of_shape(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  const Tensor* value = ctx.node.tensor("value");
  if (value && value->size() != 1) ctx.fail(fmt::format("attribute 'value' holds {} values, expected one", value->size()));
  set_output(ctx, 0, value ? value->type() : DataType::f32, known_integers(ctx, 0), max_created_elements);
}

void evaluate_constant_of_shape(EvaluateContext& ctx) {
  std::array<std::byte, 8> bytes{};
  if (const Tensor* value = ctx.node.tensor("value")) std::memcpy(bytes.data(), value->raw(), value->bytes());
  Tensor& y = ctx.outputs[0];
  const auto size = graph::element_size(y.type());
  for (std::size_t i = 0; i < static_cast<std::size_t>(y.size()); ++i) std::memcpy(y.raw() + i * size, bytes.data(), size);
}

/// How many numbers start, start + delta, ... stand before limit.
std::int64_t steps_of(const ShapeContext& ctx, float start, float limit, float delta) {
  const double count = std::ceil((static_cast<double>(limit) - start) / delta);
  if (!(count <= static_cast<double>(max_created_elements)))
    ctx.fail(fmt::format("the numbers from {} to {} in steps of {} are too many", start, limit, delta));
  return count > 0 ? static_cast<std::int64_t>(count) : 0;
}

std::int64_t steps_of(const ShapeContext& ctx, std::int64_t start, std::int64_t limit, std::int64_t delta) {
  if (delta > 0 ? start >= limit : start <= limit) return 0;
  const auto distance = [](std::int64_t from, std::int64_t to) {
    return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  };
  const std::uint64_t span = delta > 0 ? distance(start, limit) : distance(limit, start);
  const std::uint64_t step = delta > 0 ? static_cast<std::uint64_t>(delta) : distance(delta, 0);
  const std::uint64_t count = (span - 1) / step + 1;
  if (count > static_cast<std::uint64_t>(max_created_elements))
    ctx.fail(fmt::format("the numbers from {} to {} in steps of {} are too many", start, limit, delta));
  return static_cast<std::int64_t>(count);
}

void infer_range(ShapeContext& ctx) {
  expect_arity(ctx, 3, 3);
  const auto type = ctx.input(0).type;
  expect_type(ctx, 0, {DataType::f32, DataType::i16, DataType::i32, DataType::i64});
  for (std::size_t i = 0; i < 3; ++i) {
    require_same_type(ctx, 0, i);
    require_one_element(ctx, i);
  }
  const auto count = [&]<typename T>(std::vector<T> values) {
    if (values[2] == 0) ctx.fail("a step of 0");
    return steps_of(ctx, values[0], values[1], values[2]);
  };
  const auto all = [&](auto read) { return std::vector{read(0), read(1), read(2)}; };
  set_output(ctx, 0, type,
             {type == DataType::f32 ? count(all([&](std::size_t i) { return ctx.constant(i).floats()[0]; }))
                                    : count(all([&](std::size_t i) { return ctx.constant(i).integers()[0]; }))});
}

void evaluate_range(EvaluateContext& ctx) {
  with_type(ctx.outputs[0].type(), [&]<typename T>() {
    const T start = ctx.inputs[0]->values<T>()[0], delta = ctx.inputs[2]->values<T>()[0];
    const auto y = ctx.outputs[0].values<T>();
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = add(start, multiply(static_cast<T>(i), delta));
  });
}

void infer_eye_like(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  expect_rank(ctx, 0, 2, 2);
  set_output(ctx, 0, ctx.node.has("dtype") ? type_attribute(ctx, "dtype") : ctx.input(0).type, ctx.input(0).dims);
}

void evaluate_eye_like(EvaluateContext& ctx) {
  Tensor& y = ctx.outputs[0];
  const auto rows = y.dims()[0], columns = y.dims()[1];
  const auto diagonal = std::clamp(ctx.node.integer("k", 0), -rows, columns);
  std::memset(y.raw(), 0, y.bytes());
  if (y.size() == 0) return;
  with_type(y.type(), [&]<typename T>() {
    for (std::int64_t row = 0; row < rows; ++row)
      if (const auto column = row + diagonal; column >= 0 && column < columns)
        y.values<T>()[static_cast<std::size_t>(row * columns + column)] = T{1};
  });
}

}  // namespace

std::vector<Operator> creation_operators() {
  return {{"Shape", 1, infer_shape, evaluate_shape},
          {"Size", 1, infer_size, evaluate_size},
          {"ConstantOfShape", 9, infer_constant_of_shape, evaluate_constant_of_shape},
          {"Range", 11, infer_range, evaluate_range},
          {"EyeLike", 9, infer_eye_like, evaluate_eye_like}};
}

}  // namespace mien::operators
