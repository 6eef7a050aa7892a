// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "mien/operators/movement.h"
#include "mien/operators/node_checks.h"

namespace mien::operators {

namespace {

void infer_concat(ShapeContext& ctx) {
  const auto& first = ctx.input(0);
  if (!ctx.node.has("axis")) ctx.fail("attribute 'axis' is missing");
  const auto axis = axis_of(ctx, ctx.node.integer("axis", 0), first.dims.size());
  Dims dims = first.dims;
  for (std::size_t i = 1; i < ctx.inputs.size(); ++i) {
    require_same_type(ctx, 0, i);
    Dims other = ctx.input(i).dims;
    const auto size = other.size() == dims.size() ? other[axis] : 0;
    if (other.size() == dims.size()) other[axis] = dims[axis];
    if (other != dims)
      ctx.fail(fmt::format("input {} of shape {} does not fit behind one of shape {} along axis {}", i,
                           graph::text_of(ctx.input(i).dims), graph::text_of(first.dims), axis));
    dims[axis] = checked_sum(ctx, dims[axis], size);
  }
  set_output(ctx, 0, first.type, dims);
}

/// Bytes of one block along the axis: all that follows each index of the dims before it.
std::size_t block_bytes(const Tensor& tensor, std::size_t axis) {
  return static_cast<std::size_t>(count_between(tensor.dims(), axis, tensor.dims().size())) * graph::element_size(tensor.type());
}

void evaluate_concat(EvaluateContext& ctx) {
  Tensor& y = ctx.outputs[0];
  if (y.size() == 0) return;
  const auto axis = axis_of(ctx, ctx.node.integer("axis", 0), y.dims().size());
  const auto outer = static_cast<std::size_t>(count_between(y.dims(), 0, axis));
  const std::size_t step = block_bytes(y, axis);
  std::byte* to = y.raw();
  for (const Tensor* x : ctx.inputs) {
    const std::size_t size = block_bytes(*x, axis);
    for (std::size_t i = 0; i < outer; ++i) std::memcpy(to + i * step, x->raw() + i * size, size);
    to += size;
  }
}

/// As many equal parts as there are outputs; from opset 18 on the last may be smaller.
Dims equal_parts(const ShapeContext& ctx, std::int64_t dim) {
  const auto count = static_cast<std::int64_t>(ctx.node.outputs.size());
  const bool may_differ = ctx.node.has("num_outputs");
  if (may_differ && ctx.node.integer("num_outputs", 0) != count)
    ctx.fail(fmt::format("attribute 'num_outputs' is {}, the node has {} outputs", ctx.node.integer("num_outputs", 0), count));
  if (!may_differ && dim % count != 0) ctx.fail(fmt::format("a dim of {} does not split into {} equal parts", dim, count));
  const auto part = dim / count + (dim % count != 0 ? 1 : 0);
  Dims parts(static_cast<std::size_t>(count), part);
  parts.back() = dim - part * (count - 1);
  if (parts.back() < 0) ctx.fail(fmt::format("a dim of {} does not split into {} parts", dim, count));
  return parts;
}

void infer_split(ShapeContext& ctx) {
  expect_arity(ctx, 1, 2, ctx.node.outputs.size());
  const auto& x = ctx.input(0);
  const auto axis = axis_of(ctx, ctx.node.integer("axis", 0), x.dims.size());
  Dims parts = integers_of(ctx, 1, "split");
  if (parts.empty()) parts = equal_parts(ctx, x.dims[axis]);
  if (parts.size() != ctx.outputs.size())
    ctx.fail(fmt::format("the sizes of {} parts are given for {} outputs", parts.size(), ctx.outputs.size()));
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Dims dims = x.dims;
    dims[axis] = parts[i];
    set_output(ctx, i, x.type, dims);
    sum = checked_sum(ctx, sum, parts[i]);
  }
  if (sum != x.dims[axis])
    ctx.fail(fmt::format("the parts {} are {} long in all, the dim is {}", graph::text_of(parts), sum, x.dims[axis]));
}

void evaluate_split(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  if (x.size() == 0) return;
  const auto axis = axis_of(ctx, ctx.node.integer("axis", 0), x.dims().size());
  const auto outer = static_cast<std::size_t>(count_between(x.dims(), 0, axis));
  const std::size_t step = block_bytes(x, axis);
  const std::byte* from = x.raw();
  for (Tensor& y : ctx.outputs) {
    const std::size_t size = block_bytes(y, axis);
    for (std::size_t i = 0; i < outer; ++i) std::memcpy(y.raw() + i * size, from + i * step, size);
    from += size;
  }
}

}  // namespace

std::vector<Operator> concat_operators() {
  return {{"Concat", 4, infer_concat, evaluate_concat}, {"Split", 2, infer_split, evaluate_split}};
}

}  // namespace mien::operators
