// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mien/operators/indexing.h"
#include "mien/operators/node_checks.h"
#include "mien/operators/number_types.h"

namespace mien::operators {

namespace {

template <typename Context>
std::int64_t count_of(const Context& ctx) {
  return ctx.has(1) ? known_integer(ctx, 1) : ctx.node.integer("k", 0);
}

void infer_top_k(ShapeContext& ctx) {
  expect_arity(ctx, 1, 2, 2);
  require_number(ctx, 0);
  if (!ctx.has(1) && !ctx.node.has("k")) ctx.fail("the count is missing: expected input 1 or the attribute 'k'");
  Dims dims = ctx.input(0).dims;
  const auto axis = axis_of(ctx, ctx.node.integer("axis", -1), dims.size());
  const auto count = count_of(ctx);
  if (count < 0 || count > dims[axis]) ctx.fail(fmt::format("the {} first of {} values are asked for", count, dims[axis]));
  dims[axis] = count;
  set_output(ctx, 0, ctx.input(0).type, dims);
  set_output(ctx, 1, DataType::i64, dims);
}

/// NaN stands above every number, so that the order is total.
template <typename T>
bool below(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    if (a != a || b != b) return a == a && b != b;
  return a < b;
}

/// The `count` first places of a line of values, best first; of equal values the one that stands first.
template <typename T>
void order_line(const T* values, std::int64_t stride, bool largest, std::size_t count, std::vector<std::int64_t>& places) {
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<std::int64_t>(i);
  std::partial_sort(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count), places.end(),
                    [=](std::int64_t i, std::int64_t j) {
                      const T a = values[i * stride], b = values[j * stride];
                      if (below(a, b)) return !largest;
                      if (below(b, a)) return largest;
                      return i < j;
                    });
}

template <typename T>
void top_k(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  const auto axis = axis_of(ctx, ctx.node.integer("axis", -1), x.dims().size());
  const auto shape = around(x.dims(), axis);
  const auto count = ctx.outputs[0].dims()[axis];
  const bool largest = ctx.node.integer("largest", 1) != 0;
  std::vector<std::int64_t> places(static_cast<std::size_t>(shape.dim));
  for (std::int64_t o = 0; o < shape.outer; ++o)
    for (std::int64_t i = 0; i < shape.inner; ++i) {
      const T* line = x.values<T>().data() + o * shape.dim * shape.inner + i;
      order_line(line, shape.inner, largest, static_cast<std::size_t>(count), places);
      for (std::int64_t k = 0; k < count; ++k) {
        const auto to = static_cast<std::size_t>((o * count + k) * shape.inner + i);
        const auto place = places[static_cast<std::size_t>(k)];
        ctx.outputs[0].values<T>()[to] = line[place * shape.inner];
        if (ctx.outputs.size() > 1) ctx.outputs[1].values<std::int64_t>()[to] = place;
      }
    }
}

void evaluate_top_k(EvaluateContext& ctx) {
  if (ctx.outputs[0].size() == 0) return;
  with_type(ctx.inputs[0]->type(), [&]<typename T>() { top_k<T>(ctx); });
}

void infer_arg(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  require_number(ctx, 0);
  Dims dims = ctx.input(0).dims;
  const auto axis = axis_of(ctx, ctx.node.integer("axis", 0), dims.size());
  if (dims[axis] == 0) ctx.fail(fmt::format("axis {} has no values to choose from", axis));
  if (ctx.node.integer("keepdims", 1) != 0) dims[axis] = 1;
  else dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(axis));
  set_output(ctx, 0, DataType::i64, dims);
}

template <typename T>
void arg_extreme(EvaluateContext& ctx, bool largest) {
  const Tensor& x = *ctx.inputs[0];
  const auto shape = around(x.dims(), axis_of(ctx, ctx.node.integer("axis", 0), x.dims().size()));
  const bool last = ctx.node.integer("select_last_index", 0) != 0;
  const auto y = ctx.outputs[0].values<std::int64_t>();
  for (std::int64_t o = 0; o < shape.outer; ++o)
    for (std::int64_t i = 0; i < shape.inner; ++i) {
      const T* line = x.values<T>().data() + o * shape.dim * shape.inner + i;
      std::int64_t best = 0;
      for (std::int64_t k = 1; k < shape.dim; ++k) {
        const T value = line[k * shape.inner], champion = line[best * shape.inner];
        if ((largest ? value > champion : value < champion) || (last && value == champion)) best = k;
      }
      y[static_cast<std::size_t>(o * shape.inner + i)] = best;
    }
}

template <bool Largest>
void evaluate_arg(EvaluateContext& ctx) {
  if (ctx.outputs[0].size() == 0) return;
  with_type(ctx.inputs[0]->type(), [&]<typename T>() { arg_extreme<T>(ctx, Largest); });
}

}  // namespace

std::vector<Operator> selection_operators() {
  return {{"TopK", 1, infer_top_k, evaluate_top_k},
          {"ArgMax", 1, infer_arg, evaluate_arg<true>},
          {"ArgMin", 1, infer_arg, evaluate_arg<false>}};
}

}  // namespace mien::operators
