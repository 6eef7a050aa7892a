// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/movement.h"

#include <numeric>

#include "mien/operators/broadcasting.h"
#include "mien/operators/node_checks.h"
#include "mien/operators/operator_groups.h"

namespace mien::operators {

namespace {

/// The axis of the input that each axis of the output shows; reversed without the attribute `perm`.
template <typename Context>
std::vector<std::size_t> permutation_of(const Context& ctx, std::size_t rank) {
  std::vector<std::size_t> axes(rank);
  if (!ctx.node.has("perm")) {
    std::iota(axes.rbegin(), axes.rend(), std::size_t{0});
    return axes;
  }
  const auto given = ctx.node.integers("perm");
  std::vector<bool> seen(rank);
  if (given.size() != rank) ctx.fail(fmt::format("attribute 'perm' has {} axes for a tensor with {} dims", given.size(), rank));
  for (std::size_t i = 0; i < rank; ++i) {
    axes[i] = axis_of(ctx, given[i], rank);
    if (seen[axes[i]]) ctx.fail(fmt::format("attribute 'perm' names axis {} twice", given[i]));
    seen[axes[i]] = true;
  }
  return axes;
}

void infer_transpose(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  const auto& x = ctx.input(0);
  Dims dims;
  for (const auto axis : permutation_of(ctx, x.dims.size())) dims.push_back(x.dims[axis]);
  set_output(ctx, 0, x.type, dims);
}

void evaluate_transpose(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  Tensor& y = ctx.outputs[0];
  const Dims strides = strides_of(x.dims());
  Dims read;
  for (const auto axis : permutation_of(ctx, x.dims().size())) read.push_back(strides[axis]);
  strided_copy(x.raw(), read, y.raw(), strides_of(y.dims()), y.dims(), graph::element_size(x.type()));
}

}  // namespace

std::vector<Operator> movement_operators() {
  std::vector<Operator> all = {{"Transpose", 1, infer_transpose, evaluate_transpose}};
  for (const auto part : {reshape_operators, repeat_operators, concat_operators, slice_operators, pad_operators}) {
    const auto operators = part();
    all.insert(all.end(), operators.begin(), operators.end());
  }
  return all;
}

}  // namespace mien::operators
