// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/broadcasting.h"
#include "mien/operators/movement.h"
#include "mien/operators/node_checks.h"

namespace mien::operators {

namespace {

void infer_expand(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  const auto& x = ctx.input(0);
  const Dims asked = known_integers(ctx, 1);
  const auto dims = broadcast_dims(x.dims, asked);
  if (!dims)
    ctx.fail(fmt::format("a tensor of shape {} does not expand to {}", graph::text_of(x.dims), graph::text_of(asked)));
  set_output(ctx, 0, x.type, *dims, max_created_elements);
}

void evaluate_expand(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  Tensor& y = ctx.outputs[0];
  strided_copy(x.raw(), broadcast_strides(x.dims(), y.dims()), y.raw(), strides_of(y.dims()), y.dims(),
               graph::element_size(x.type()));
}

void infer_tile(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  const auto& x = ctx.input(0);
  const auto repeats = known_integers(ctx, 1);
  if (repeats.size() != x.dims.size())
    ctx.fail(fmt::format("{} repeats for a tensor with {} dims", repeats.size(), x.dims.size()));
  Dims dims;
  for (std::size_t i = 0; i < repeats.size(); ++i) {
    if (repeats[i] < 0) ctx.fail(fmt::format("dim {} is to be repeated {} times", i, repeats[i]));
    dims.push_back(checked_product(ctx, x.dims[i], repeats[i]));
  }
  set_output(ctx, 0, x.type, dims, max_created_elements);
}

/// Every dim d repeated r times is a pair of dims (r, d), the first of which stands still in the input.
void evaluate_tile(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  Tensor& y = ctx.outputs[0];
  if (y.size() == 0) return;
  const Dims strides = strides_of(x.dims());
  Dims dims, read;
  for (std::size_t i = 0; i < x.dims().size(); ++i) {
    dims.insert(dims.end(), {y.dims()[i] / x.dims()[i], x.dims()[i]});
    read.insert(read.end(), {0, strides[i]});
  }
  strided_copy(x.raw(), read, y.raw(), strides_of(dims), dims, graph::element_size(x.type()));
}

}  // namespace

std::vector<Operator> repeat_operators() {
  return {{"Expand", 8, infer_expand, evaluate_expand}, {"Tile", 6, infer_tile, evaluate_tile}};
}

}  // namespace mien::operators
