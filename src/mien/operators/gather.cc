// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "mien/operators/broadcasting.h"
#include "mien/operators/indexing.h"
#include "mien/operators/node_checks.h"

namespace mien::operators {

namespace {

void infer_gather(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  require_index(ctx, 1);
  const auto &x = ctx.input(0), &indices = ctx.input(1);
  const auto axis = static_cast<std::ptrdiff_t>(axis_of(ctx, ctx.node.integer("axis", 0), x.dims.size()));
  Dims dims(x.dims.begin(), x.dims.begin() + axis);
  dims.insert(dims.end(), indices.dims.begin(), indices.dims.end());
  dims.insert(dims.end(), x.dims.begin() + axis + 1, x.dims.end());
  set_output(ctx, 0, x.type, dims, max_created_elements);
}

void evaluate_gather(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  auto indices = ctx.inputs[1]->integers();
  const auto axis = axis_of(ctx, ctx.node.integer("axis", 0), x.dims().size());
  for (auto& index : indices) index = checked_index(ctx, index, x.dims()[axis]);
  if (ctx.outputs[0].size() == 0) return;
  const auto shape = around(x.dims(), axis);
  const auto block = shape.inner * static_cast<std::int64_t>(graph::element_size(x.type()));
  std::byte* to = ctx.outputs[0].raw();
  for (std::int64_t i = 0; i < shape.outer; ++i)
    for (const auto index : indices) {
      std::memcpy(to, x.raw() + (i * shape.dim + index) * block, static_cast<std::size_t>(block));
      to += block;
    }
}

void infer_gather_elements(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  require_index(ctx, 1);
  const auto &x = ctx.input(0), &indices = ctx.input(1);
  const auto axis = axis_of(ctx, ctx.node.integer("axis", 0), x.dims.size());
  bool fits = indices.dims.size() == x.dims.size();
  for (std::size_t i = 0; fits && i < x.dims.size(); ++i) fits = i == axis || indices.dims[i] <= x.dims[i];
  if (!fits)
    ctx.fail(fmt::format("indices of shape {} do not fit values of shape {} along axis {}", graph::text_of(indices.dims),
                         graph::text_of(x.dims), axis));
  set_output(ctx, 0, x.type, indices.dims);
}

/// Walks over all indices; the data are read at the same place but for the chosen axis.
void evaluate_gather_elements(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  Tensor& y = ctx.outputs[0];
  const auto axis = axis_of(ctx, ctx.node.integer("axis", 0), x.dims().size());
  const auto indices = ctx.inputs[1]->integers();
  const Dims strides = strides_of(x.dims());
  const auto size = graph::element_size(x.type());
  Dims place(x.dims().size(), 0);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::int64_t offset = checked_index(ctx, indices[i], x.dims()[axis]) * strides[axis];
    for (std::size_t k = 0; k < place.size(); ++k)
      if (k != axis) offset += place[k] * strides[k];
    std::memcpy(y.raw() + i * size, x.raw() + offset * static_cast<std::int64_t>(size), size);
    for (std::size_t k = place.size(); k-- > 0 && ++place[k] == y.dims()[k];) place[k] = 0;
  }
}

void infer_gather_nd(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  expect_type(ctx, 1, {DataType::i64});
  const auto &x = ctx.input(0), &indices = ctx.input(1);
  const auto batch = ctx.node.integer("batch_dims", 0);
  const auto least = static_cast<std::int64_t>(std::min(x.dims.size(), indices.dims.size()));
  if (batch < 0 || batch >= least)
    ctx.fail(fmt::format("attribute 'batch_dims' is {}, expected 0 to {}", batch, least - 1));
  const auto depth = indices.dims.back();
  if (!std::equal(x.dims.begin(), x.dims.begin() + batch, indices.dims.begin()))
    ctx.fail(
        fmt::format("the first {} dims of {} and {} must agree", batch, graph::text_of(x.dims), graph::text_of(indices.dims)));
  if (depth < 1 || depth > static_cast<std::int64_t>(x.dims.size()) - batch)
    ctx.fail(fmt::format("indices with {} parts do not fit values of shape {}", depth, graph::text_of(x.dims)));
  Dims dims(indices.dims.begin(), indices.dims.end() - 1);
  dims.insert(dims.end(), x.dims.begin() + batch + depth, x.dims.end());
  set_output(ctx, 0, x.type, dims, max_created_elements);
}

void evaluate_gather_nd(EvaluateContext& ctx) {
  const Tensor &x = *ctx.inputs[0], &where = *ctx.inputs[1];
  if (ctx.outputs[0].size() == 0) return;
  const auto batch = static_cast<std::size_t>(ctx.node.integer("batch_dims", 0));
  const auto depth = static_cast<std::size_t>(where.dims().back());
  const auto batches = count_between(where.dims(), 0, batch);
  const auto each = count_between(where.dims(), batch, where.dims().size() - 1);
  const auto per_batch = count_between(x.dims(), batch, x.dims().size());
  const auto block = count_between(x.dims(), batch + depth, x.dims().size());
  const Dims strides = strides_of(x.dims());
  const auto size = static_cast<std::int64_t>(graph::element_size(x.type()));
  const std::int64_t* index = where.values<std::int64_t>().data();
  std::byte* to = ctx.outputs[0].raw();
  for (std::int64_t i = 0; i < batches * each; ++i, index += depth, to += block * size) {
    std::int64_t offset = i / each * per_batch;
    for (std::size_t k = 0; k < depth; ++k) offset += checked_index(ctx, index[k], x.dims()[batch + k]) * strides[batch + k];
    std::memcpy(to, x.raw() + offset * size, static_cast<std::size_t>(block * size));
  }
}

}  // namespace

std::vector<Operator> gather_operators() {
  return {{"Gather", 1, infer_gather, evaluate_gather},
          {"GatherElements", 11, infer_gather_elements, evaluate_gather_elements},
          {"GatherND", 11, infer_gather_nd, evaluate_gather_nd}};
}

}  // namespace mien::operators
