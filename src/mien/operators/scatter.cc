// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "mien/operators/broadcasting.h"
#include "mien/operators/indexing.h"
#include "mien/operators/node_checks.h"
#include "mien/operators/number_types.h"

namespace mien::operators {

namespace {

enum class Reduction { none, add, multiply, smaller, larger };

template <typename Context>
Reduction reduction_of(const Context& ctx) {
  const auto name = ctx.node.text("reduction", "none");
  if (name == "none") return Reduction::none;
  if (name == "add") return Reduction::add;
  if (name == "mul") return Reduction::multiply;
  if (name == "min") return Reduction::smaller;
  if (name == "max") return Reduction::larger;
  ctx.fail("attribute 'reduction' is '" + name + "', expected none, add, mul, min or max");
}

void infer_scatter(ShapeContext& ctx) {
  expect_arity(ctx, 3, 3);
  require_same_type(ctx, 0, 2);
  if (reduction_of(ctx) != Reduction::none) require_number(ctx, 0);
  infer_same(ctx);
}

void infer_scatter_elements(ShapeContext& ctx) {
  infer_scatter(ctx);
  require_index(ctx, 1);
  const auto &x = ctx.input(0), &indices = ctx.input(1), &updates = ctx.input(2);
  const auto axis = axis_of(ctx, ctx.node.integer("axis", 0), x.dims.size());
  bool fits = indices.dims.size() == x.dims.size() && indices.dims == updates.dims;
  for (std::size_t i = 0; fits && i < x.dims.size(); ++i) fits = i == axis || indices.dims[i] <= x.dims[i];
  if (!fits)
    ctx.fail(fmt::format("indices of shape {} and updates of shape {} do not fit values of shape {} along axis {}",
                         graph::text_of(indices.dims), graph::text_of(updates.dims), graph::text_of(x.dims), axis));
}

void infer_scatter_nd(ShapeContext& ctx) {
  infer_scatter(ctx);
  expect_type(ctx, 1, {DataType::i64});
  const auto &x = ctx.input(0), &indices = ctx.input(1), &updates = ctx.input(2);
  const auto depth = indices.dims.empty() ? 0 : indices.dims.back();
  if (depth < 1 || depth > static_cast<std::int64_t>(x.dims.size()))
    ctx.fail(
        fmt::format("indices of shape {} do not fit values of shape {}", graph::text_of(indices.dims), graph::text_of(x.dims)));
  Dims expected(indices.dims.begin(), indices.dims.end() - 1);
  expected.insert(expected.end(), x.dims.begin() + depth, x.dims.end());
  if (updates.dims != expected)
    ctx.fail(fmt::format("the updates have the shape {}, expected {}", graph::text_of(updates.dims), graph::text_of(expected)));
}

template <typename T>
void combine(Reduction reduction, T& place, T update) {
  switch (reduction) {
    case Reduction::none: place = update; return;
    case Reduction::add: place = add(place, update); return;
    case Reduction::multiply: place = multiply(place, update); return;
    case Reduction::smaller: place = smaller(place, update); return;
    case Reduction::larger: place = larger(place, update); return;
  }
}

template <typename T>
void scatter_elements(EvaluateContext& ctx, const std::vector<std::int64_t>& indices) {
  const auto& dims = ctx.outputs[0].dims();
  const auto axis = axis_of(ctx, ctx.node.integer("axis", 0), dims.size());
  const auto reduction = reduction_of(ctx);
  const Dims strides = strides_of(dims);
  const auto y = ctx.outputs[0].values<T>();
  const auto updates = ctx.inputs[2]->values<T>();
  Dims place(dims.size(), 0);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::int64_t offset = checked_index(ctx, indices[i], dims[axis]) * strides[axis];
    for (std::size_t k = 0; k < place.size(); ++k)
      if (k != axis) offset += place[k] * strides[k];
    combine(reduction, y[static_cast<std::size_t>(offset)], updates[i]);
    for (std::size_t k = place.size(); k-- > 0 && ++place[k] == ctx.inputs[1]->dims()[k];) place[k] = 0;
  }
}

template <typename T>
void scatter_blocks(EvaluateContext& ctx, const std::vector<std::int64_t>& indices) {
  if (ctx.inputs[2]->size() == 0) return;
  const auto& dims = ctx.outputs[0].dims();
  const auto reduction = reduction_of(ctx);
  const auto depth = static_cast<std::size_t>(ctx.inputs[1]->dims().back());
  const auto block = static_cast<std::size_t>(count_between(dims, depth, dims.size()));
  const Dims strides = strides_of(dims);
  const T* update = ctx.inputs[2]->values<T>().data();
  for (std::size_t i = 0; i < indices.size(); i += depth) {
    std::int64_t offset = 0;
    for (std::size_t k = 0; k < depth; ++k) offset += checked_index(ctx, indices[i + k], dims[k]) * strides[k];
    T* y = ctx.outputs[0].values<T>().data() + offset;
    for (std::size_t k = 0; k < block; ++k) combine(reduction, y[k], *update++);
  }
}

template <bool Blocks>
void evaluate_scatter(EvaluateContext& ctx) {
  const auto indices = ctx.inputs[1]->integers();
  std::memcpy(ctx.outputs[0].raw(), ctx.inputs[0]->raw(), ctx.inputs[0]->bytes());
  with_type(ctx.outputs[0].type(), [&]<typename T>() {
    if constexpr (Blocks) scatter_blocks<T>(ctx, indices);
    else scatter_elements<T>(ctx, indices);
  });
}

}  // namespace

std::vector<Operator> scatter_operators() {
  return {{"Scatter", 9, infer_scatter_elements, evaluate_scatter<false>},
          {"ScatterElements", 11, infer_scatter_elements, evaluate_scatter<false>},
          {"ScatterND", 11, infer_scatter_nd, evaluate_scatter<true>}};
}

}  // namespace mien::operators
