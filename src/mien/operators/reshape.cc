// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "mien/operators/movement.h"
#include "mien/operators/node_checks.h"

namespace mien::operators {

namespace {

void evaluate_same_bytes(EvaluateContext& ctx) {
  std::memcpy(ctx.outputs[0].raw(), ctx.inputs[0]->raw(), ctx.inputs[0]->bytes());
}

/// Replaces 0 by the dim of the input (unless `allowzero`); returns the place of -1, or the rank when there is none.
std::size_t copy_dims(const ShapeContext& ctx, const Dims& from, Dims& dims) {
  const bool zero_is_zero = ctx.node.integer("allowzero", 0) != 0;
  std::size_t free = dims.size();
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] < -1) ctx.fail(fmt::format("the new shape {} has a dim below -1", graph::text_of(dims)));
    if (dims[i] == -1) {
      if (free != dims.size()) ctx.fail(fmt::format("the new shape {} has more than one -1", graph::text_of(dims)));
      free = i;
    }
    if (dims[i] != 0 || zero_is_zero) continue;
    if (i >= from.size())
      ctx.fail(fmt::format("the new shape {} takes over dim {} of a tensor of shape {}", graph::text_of(dims), i,
                           graph::text_of(from)));
    dims[i] = from[i];
  }
  return free;
}

void infer_reshape(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  const auto& x = ctx.input(0);
  const auto asked = known_integers(ctx, 1);
  Dims dims = asked;
  const std::size_t free = copy_dims(ctx, x.dims, dims);
  const auto count = graph::element_count(x.dims);
  if (free < dims.size()) {
    std::int64_t others = 1;
    for (std::size_t i = 0; i < dims.size(); ++i)
      if (i != free) others = checked_product(ctx, others, dims[i]);
    if (others == 0 || count % others != 0)
      ctx.fail(fmt::format("{} elements of shape {} do not fit into the shape {}", count, graph::text_of(x.dims),
                           graph::text_of(asked)));
    dims[free] = count / others;
  }
  set_output(ctx, 0, x.type, dims);
  if (graph::element_count(dims) != count)
    ctx.fail(fmt::format("{} elements of shape {} do not fit into the shape {}", count, graph::text_of(x.dims),
                         graph::text_of(asked)));
}

void infer_flatten(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  const auto& x = ctx.input(0);
  const auto rank = static_cast<std::int64_t>(x.dims.size());
  const auto axis = ctx.node.integer("axis", 1);
  if (axis < -rank || axis > rank) ctx.fail(fmt::format("axis {} is outside of a tensor with {} dims", axis, rank));
  const auto split = static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
  const auto product = [&](std::size_t first, std::size_t last) {
    std::int64_t result = 1;
    for (std::size_t i = first; i < last; ++i) result = checked_product(ctx, result, x.dims[i]);
    return result;
  };
  set_output(ctx, 0, x.type, {product(0, split), product(split, x.dims.size())});
}

void infer_squeeze(ShapeContext& ctx) {
  expect_arity(ctx, 1, 2);
  const auto& x = ctx.input(0);
  const auto axes = axes_of(ctx, 1, x.dims.size());
  const bool all = axes.empty() && !ctx.has(1) && !ctx.node.has("axes");
  Dims dims;
  for (std::size_t i = 0; i < x.dims.size(); ++i) {
    const bool chosen = std::ranges::find(axes, i) != axes.end();
    if (chosen && x.dims[i] != 1)
      ctx.fail(fmt::format("dim {} of a tensor of shape {} is to be removed and is not 1", i, graph::text_of(x.dims)));
    if (!chosen && !(all && x.dims[i] == 1)) dims.push_back(x.dims[i]);
  }
  set_output(ctx, 0, x.type, dims);
}

void infer_unsqueeze(ShapeContext& ctx) {
  expect_arity(ctx, 1, 2);
  const auto& x = ctx.input(0);
  if (!ctx.has(1) && !ctx.node.has("axes")) ctx.fail("the axes to insert are missing: expected input 1 or the attribute 'axes'");
  const std::size_t rank = x.dims.size() + integers_of(ctx, 1, "axes").size();
  const auto axes = axes_of(ctx, 1, rank);
  Dims dims;
  auto next = x.dims.begin();
  std::vector<bool> inserted(rank);
  for (const auto axis : axes) inserted[axis] = true;
  for (std::size_t i = 0; i < rank; ++i) dims.push_back(inserted[i] ? 1 : *next++);
  set_output(ctx, 0, x.type, dims);
}

}  // namespace

std::vector<Operator> reshape_operators() {
  return {{"Reshape", 5, infer_reshape, evaluate_same_bytes},
          {"Flatten", 1, infer_flatten, evaluate_same_bytes},
          {"Squeeze", 1, infer_squeeze, evaluate_same_bytes},
          {"Unsqueeze", 1, infer_unsqueeze, evaluate_same_bytes}};
}

}  // namespace mien::operators
