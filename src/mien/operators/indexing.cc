// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/indexing.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "mien/operators/node_checks.h"
#include "mien/operators/number_types.h"
#include "mien/operators/operator_groups.h"

namespace mien::operators {

std::int64_t checked_index(const EvaluateContext& ctx, std::int64_t index, std::int64_t dim) {
  if (index < -dim || index >= dim) ctx.fail(fmt::format("index {} is outside of a dim of {}", index, dim));
  return index < 0 ? index + dim : index;
}

AroundAxis around(const Dims& dims, std::size_t axis) {
  return {count_between(dims, 0, axis), dims[axis], count_between(dims, axis + 1, dims.size())};
}

namespace {

/// A number of any type; ONNX allows 3.0 for 3.
std::int64_t whole_number(const Tensor& tensor) {
  if (tensor.type() != DataType::f32) return tensor.integers()[0];
  return number_cast<std::int64_t>(tensor.floats()[0]);
}

void infer_one_hot(ShapeContext& ctx) {
  expect_arity(ctx, 3, 3);
  require_number(ctx, 0);
  require_one_element(ctx, 1);
  const auto& values = ctx.input(2);
  if (values.dims != Dims{2})
    ctx.fail(fmt::format("input 2 holds off and on value and has the shape {}", graph::text_of(values.dims)));
  const auto depth = whole_number(ctx.constant(1));
  if (depth < 1) ctx.fail(fmt::format("a depth of {}", depth));
  Dims dims = ctx.input(0).dims;
  const auto axis = axis_of(ctx, ctx.node.integer("axis", -1), dims.size() + 1);
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis), depth);
  set_output(ctx, 0, values.type, dims, max_created_elements);
}

/// Indices of [-depth, depth) set one value each, others none.
void evaluate_one_hot(EvaluateContext& ctx) {
  Tensor& y = ctx.outputs[0];
  if (y.size() == 0) return;
  const auto axis = axis_of(ctx, ctx.node.integer("axis", -1), y.dims().size());
  const auto shape = around(y.dims(), axis);
  const auto size = graph::element_size(y.type());
  const std::byte *off = ctx.inputs[2]->raw(), *on = off + size;
  for (std::size_t i = 0; i < static_cast<std::size_t>(y.size()); ++i) std::memcpy(y.raw() + i * size, off, size);
  with_type(ctx.inputs[0]->type(), [&]<typename T>() {
    const auto indices = ctx.inputs[0]->values<T>();
    for (std::size_t i = 0; i < indices.size(); ++i) {
      auto index = number_cast<std::int64_t>(indices[i]);
      if (index < -shape.dim || index >= shape.dim) continue;
      if (index < 0) index += shape.dim;
      const auto outer = static_cast<std::int64_t>(i) / shape.inner, inner = static_cast<std::int64_t>(i) % shape.inner;
      std::memcpy(y.raw() + static_cast<std::size_t>((outer * shape.dim + index) * shape.inner + inner) * size, on, size);
    }
  });
}

void infer_cum_sum(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  require_number(ctx, 0);
  require_index(ctx, 1);
  require_one_element(ctx, 1);
  infer_same(ctx);
}

void evaluate_cum_sum(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  const auto axis = axis_of(ctx, known_integer(ctx, 1), x.dims().size());
  if (x.size() == 0) return;
  const auto shape = around(x.dims(), axis);
  const bool exclusive = ctx.node.integer("exclusive", 0) != 0;
  const bool reverse = ctx.node.integer("reverse", 0) != 0;
  with_type(x.type(), [&]<typename T>() {
    for (std::int64_t line = 0; line < shape.outer * shape.inner; ++line) {
      const auto first = line / shape.inner * shape.dim * shape.inner + line % shape.inner;
      T sum{0};
      for (std::int64_t k = 0; k < shape.dim; ++k) {
        const auto at = static_cast<std::size_t>(first + (reverse ? shape.dim - 1 - k : k) * shape.inner);
        const T before = sum;
        sum = add(sum, x.values<T>()[at]);
        ctx.outputs[0].values<T>()[at] = exclusive ? before : sum;
      }
    }
  });
}

void infer_trilu(ShapeContext& ctx) {
  expect_arity(ctx, 1, 2);
  if (ctx.input(0).dims.size() < 2)
    ctx.fail(fmt::format("expected a matrix, found the shape {}", graph::text_of(ctx.input(0).dims)));
  if (ctx.has(1)) {
    expect_type(ctx, 1, {DataType::i64});
    require_one_element(ctx, 1);
  }
  infer_same(ctx);
}

void evaluate_trilu(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  if (x.size() == 0) return;
  const auto rows = *(x.dims().end() - 2), columns = x.dims().back();
  const auto offset = std::clamp(ctx.has(1) ? known_integer(ctx, 1) : 0, -rows, columns);
  const bool upper = ctx.node.integer("upper", 1) != 0;
  const auto size = graph::element_size(x.type());
  std::memcpy(ctx.outputs[0].raw(), x.raw(), x.bytes());
  for (std::int64_t i = 0; i < x.size(); ++i) {
    const auto row = i / columns % rows, column = i % columns;
    const bool kept = upper ? column >= row + offset : column <= row + offset;
    if (!kept) std::memset(ctx.outputs[0].raw() + static_cast<std::size_t>(i) * size, 0, size);
  }
}

}  // namespace

std::vector<Operator> indexing_operators() {
  std::vector<Operator> all = {{"OneHot", 9, infer_one_hot, evaluate_one_hot},
                               {"CumSum", 11, infer_cum_sum, evaluate_cum_sum},
                               {"Trilu", 14, infer_trilu, evaluate_trilu}};
  for (const auto part : {gather_operators, scatter_operators, selection_operators, detection_operators}) {
    const auto operators = part();
    all.insert(all.end(), operators.begin(), operators.end());
  }
  return all;
}

}  // namespace mien::operators
