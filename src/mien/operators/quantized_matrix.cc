// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// QLinearMatMul and MatMulInteger: products of u8 or i8 values summed in int32.
#include <algorithm>

#include "mien/operators/checks.h"
#include "mien/operators/matrix_shapes.h"
#include "mien/operators/operator_groups.h"
#include "mien/operators/quantized_values.h"

namespace mien::operators {

namespace {

std::vector<std::uint32_t> integer_product(const MatrixProduct& product, const std::vector<std::uint32_t>& a,
                                           const std::vector<std::uint32_t>& b) {
  std::vector<std::uint32_t> sums(product.a_at.size() * static_cast<std::size_t>(product.rows * product.columns), 0);
  for_each_product_row(product, [&](std::int64_t a_at, std::int64_t b_at, std::int64_t y_at) {
    for (std::int64_t k = 0; k < product.depth; ++k) {
      const std::uint32_t factor = a[static_cast<std::size_t>(a_at + k)];
      const std::uint32_t* from = b.data() + b_at + k * product.columns;
      std::uint32_t* to = sums.data() + y_at;
      for (std::int64_t c = 0; c < product.columns; ++c) to[c] += factor * from[c];
    }
  });
  return sums;
}

// QLinearMatMul: a, a scale, a zero point, b, b scale, b zero point, y scale, y zero point
void infer_qlinear_matmul(ShapeContext& ctx) {
  expect_arity(ctx, 8, 8);
  for (const std::size_t i : {0, 3, 7}) expect_quantized(ctx, i);
  const auto product = matrix_product(ctx, ctx.input(0).dims, ctx.input(3).dims);
  expect_scale(ctx, 1);
  expect_zero_point(ctx, 2, ctx.input(0).type);
  expect_scale(ctx, 4, product.columns);
  expect_zero_point(ctx, 5, ctx.input(3).type, product.columns);
  expect_scale(ctx, 6);
  expect_zero_point(ctx, 7, ctx.input(7).type);
  ctx.outputs[0] = {ctx.input(7).type, product.result};
}

void evaluate_qlinear_matmul(EvaluateContext& ctx) {
  const auto product = matrix_product(shape_context(ctx), ctx.inputs[0]->dims(), ctx.inputs[3]->dims(), true);
  const auto sums =
      integer_product(product, centred(*ctx.inputs[0], zero_points(ctx, 2), 1), centred(*ctx.inputs[3], zero_points(ctx, 5), 1));
  std::vector<float> multipliers;
  for (const float scale : ctx.inputs[4]->values<float>())
    multipliers.push_back(single_scale(ctx, 1) * scale / single_scale(ctx, 6));
  requantize(sums, multipliers, 1, zero_points(ctx, 7)[0], ctx.outputs[0]);
}

// MatMulInteger: a, b, a zero point, b zero point
void infer_matmul_integer(ShapeContext& ctx) {
  expect_arity(ctx, 2, 4);
  expect_quantized(ctx, 0);
  expect_quantized(ctx, 1);
  const auto product = matrix_product(ctx, ctx.input(0).dims, ctx.input(1).dims);
  expect_zero_point(ctx, 2, ctx.input(0).type);
  expect_zero_point(ctx, 3, ctx.input(1).type, product.columns);
  ctx.outputs[0] = {DataType::i32, product.result};
}

void evaluate_matmul_integer(EvaluateContext& ctx) {
  const auto product = matrix_product(shape_context(ctx), ctx.inputs[0]->dims(), ctx.inputs[1]->dims(), true);
  const auto sums =
      integer_product(product, centred(*ctx.inputs[0], zero_points(ctx, 2), 1), centred(*ctx.inputs[1], zero_points(ctx, 3), 1));
  std::transform(sums.begin(), sums.end(), ctx.outputs[0].values<std::int32_t>().begin(),
                 [](std::uint32_t sum) { return static_cast<std::int32_t>(sum); });
}

}  // namespace

std::vector<Operator> quantized_matrix_operators() {
  return {{"QLinearMatMul", 10, infer_qlinear_matmul, evaluate_qlinear_matmul},
          {"MatMulInteger", 10, infer_matmul_integer, evaluate_matmul_integer}};
}

}  // namespace mien::operators
