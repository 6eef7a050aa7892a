// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Gemm and MatMul.
#include <algorithm>

#include "mien/operators/checks.h"
#include "mien/operators/matrix_shapes.h"
#include "mien/operators/operator_groups.h"

namespace mien::operators {

namespace {

struct GemmSizes {
  std::int64_t rows = 0, depth = 0, columns = 0;
  bool transposed_a = false, transposed_b = false;
};

GemmSizes gemm_sizes(const Node& node, const Dims& a, const Dims& b) {
  GemmSizes sizes;
  sizes.transposed_a = node.integer("transA", 0) != 0;
  sizes.transposed_b = node.integer("transB", 0) != 0;
  sizes.rows = a[sizes.transposed_a ? 1 : 0];
  sizes.depth = a[sizes.transposed_a ? 0 : 1];
  sizes.columns = b[sizes.transposed_b ? 0 : 1];
  return sizes;
}

/// Size of dim `from_end` (0: columns, 1: rows) of the addend, which may have no, one or two dims.
std::int64_t addend_size(const Dims& dims, std::size_t from_end) {
  return from_end < dims.size() ? dims[dims.size() - 1 - from_end] : 1;
}

void infer_gemm(ShapeContext& ctx) {
  expect_arity(ctx, ctx.opset < 11 ? 3 : 2, 3);
  for (std::size_t i = 0; i < ctx.inputs.size(); ++i)
    if (ctx.has(i)) expect_type(ctx, i, {DataType::f32});
  expect_rank(ctx, 0, 2, 2);
  expect_rank(ctx, 1, 2, 2);
  const Dims &a = ctx.input(0).dims, &b = ctx.input(1).dims;
  const GemmSizes sizes = gemm_sizes(ctx.node, a, b);
  const std::int64_t depth = b[sizes.transposed_b ? 1 : 0];
  if (depth != sizes.depth)
    ctx.fail("a product of " + graph::text_of(a) + (sizes.transposed_a ? " (transposed)" : "") + " and " + graph::text_of(b) +
             (sizes.transposed_b ? " (transposed)" : "") + " is not possible");
  ctx.outputs[0] = {DataType::f32, {sizes.rows, sizes.columns}};
  if (!ctx.has(2)) return;
  const Dims& c = ctx.input(2).dims;
  const std::int64_t rows = addend_size(c, 1), columns = addend_size(c, 0);
  if (c.size() > 2 || (rows != 1 && rows != sizes.rows) || (columns != 1 && columns != sizes.columns))
    ctx.fail("input 2 is " + graph::text_of(c) + ", which does not broadcast to the product " +
             graph::text_of(ctx.outputs[0].dims));
}

/// y[columns] = row * b, where the row's elements are `step` apart.
void multiply_row(const GemmSizes& sizes, const float* row, std::int64_t step, const float* b, float* y) {
  std::fill_n(y, sizes.columns, 0.0f);
  if (sizes.transposed_b) {
    for (std::int64_t c = 0; c < sizes.columns; ++c, b += sizes.depth)
      for (std::int64_t k = 0; k < sizes.depth; ++k) y[c] += row[k * step] * b[k];
    return;
  }
  for (std::int64_t k = 0; k < sizes.depth; ++k, b += sizes.columns)
    for (std::int64_t c = 0; c < sizes.columns; ++c) y[c] += row[k * step] * b[c];
}

void evaluate_gemm(EvaluateContext& ctx) {
  const Tensor &a = *ctx.inputs[0], &b = *ctx.inputs[1];
  const GemmSizes sizes = gemm_sizes(ctx.node, a.dims(), b.dims());
  const float alpha = ctx.node.real("alpha", 1), beta = ctx.node.real("beta", 1);
  const std::int64_t row = sizes.transposed_a ? 1 : sizes.depth, step = sizes.transposed_a ? sizes.rows : 1;
  float* y = ctx.outputs[0].values<float>().data();
  for (std::int64_t r = 0; r < sizes.rows; ++r, y += sizes.columns) {
    multiply_row(sizes, a.values<float>().data() + r * row, step, b.values<float>().data(), y);
    for (std::int64_t c = 0; c < sizes.columns; ++c) y[c] *= alpha;
    if (!ctx.has(2)) continue;
    const Dims& dims = ctx.inputs[2]->dims();
    const std::int64_t columns = addend_size(dims, 0), addend_row = addend_size(dims, 1) == 1 ? 0 : r * columns;
    const float* addend = ctx.inputs[2]->values<float>().data() + addend_row;
    for (std::int64_t c = 0; c < sizes.columns; ++c) y[c] += beta * addend[columns == 1 ? 0 : c];
  }
}

void infer_matmul(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  expect_type(ctx, 0, {DataType::f32});
  expect_type(ctx, 1, {DataType::f32});
  ctx.outputs[0] = {DataType::f32, matrix_product(ctx, ctx.input(0).dims, ctx.input(1).dims).result};
}

void evaluate_matmul(EvaluateContext& ctx) {
  const auto product = matrix_product(shape_context(ctx), ctx.inputs[0]->dims(), ctx.inputs[1]->dims(), true);
  const float* a = ctx.inputs[0]->values<float>().data();
  const float* b = ctx.inputs[1]->values<float>().data();
  float* y = ctx.outputs[0].values<float>().data();
  for_each_product_row(product, [&](std::int64_t a_at, std::int64_t b_at, std::int64_t y_at) {
    std::fill_n(y + y_at, product.columns, 0.0f);
    for (std::int64_t k = 0; k < product.depth; ++k)
      for (std::int64_t c = 0; c < product.columns; ++c) y[y_at + c] += a[a_at + k] * b[b_at + k * product.columns + c];
  });
}

}  // namespace

std::vector<Operator> matrix_operators() {
  return {{"Gemm", 7, infer_gemm, evaluate_gemm}, {"MatMul", 1, infer_matmul, evaluate_matmul}};
}

}  // namespace mien::operators
