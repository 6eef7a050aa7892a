// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// QLinearMatMul, MatMulInteger and QGemm of "com.microsoft": products of u8 or i8 values summed in int32.
#include <algorithm>

#include "mien/operators/broadcasting.h"
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

// QGemm: a, a scale, a zero point, b, b scale, b zero point, c (i32, optional), y scale, y zero point (without them: f32). One
// b scale and zero point, or one for each column of the result.
struct GemmShape {
  std::int64_t rows, depth, columns;
  bool a_turned, b_turned;
};

GemmShape gemm_shape(const ShapeContext& ctx) {
  for (const std::size_t i : {0, 3}) expect_rank(ctx, i, 2, 2);
  const bool a_turned = ctx.node.integer("transA", 0) != 0, b_turned = ctx.node.integer("transB", 0) != 0;
  const Dims &a = ctx.input(0).dims, &b = ctx.input(3).dims;
  if (a[a_turned ? 0 : 1] != b[b_turned ? 1 : 0])
    ctx.fail("a product of " + graph::text_of(a) + (a_turned ? " (transposed)" : "") + " and " + graph::text_of(b) +
             (b_turned ? " (transposed)" : "") + " is not possible");
  return {a[a_turned ? 1 : 0], a[a_turned ? 0 : 1], b[b_turned ? 0 : 1], a_turned, b_turned};
}

void infer_qgemm(ShapeContext& ctx) {
  expect_arity(ctx, 6, 9);
  for (const std::size_t i : {0, 3}) expect_quantized(ctx, i);
  const auto shape = gemm_shape(ctx);
  expect_scale(ctx, 1);
  expect_zero_point(ctx, 2, ctx.input(0).type);
  expect_scale(ctx, 4, shape.columns);
  expect_zero_point(ctx, 5, ctx.input(3).type, shape.columns);
  const Dims result{shape.rows, shape.columns};
  if (ctx.has(6)) {
    expect_type(ctx, 6, {DataType::i32});
    if (broadcast_dims(ctx.input(6).dims, result) != result)
      ctx.fail("c (input 6) is " + graph::text_of(ctx.input(6).dims) + ", which does not broadcast to " + graph::text_of(result));
  }
  if (ctx.has(7) != ctx.has(8)) ctx.fail("has one of y scale and y zero point, expected both or none");
  if (!ctx.has(7)) {
    ctx.outputs[0] = {DataType::f32, result};
    return;
  }
  expect_quantized(ctx, 8);
  expect_scale(ctx, 7);
  expect_zero_point(ctx, 8, ctx.input(8).type);
  ctx.outputs[0] = {ctx.input(8).type, result};
}

std::vector<std::uint32_t> gemm_sums(const EvaluateContext& ctx, const GemmShape& shape) {
  const auto a = centred(*ctx.inputs[0], zero_points(ctx, 2), 1),
             b = centred(*ctx.inputs[3], zero_points(ctx, 5), shape.b_turned ? shape.depth : 1);
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(shape.rows * shape.columns), 0);
  for (std::int64_t r = 0; r < shape.rows; ++r)
    for (std::int64_t c = 0; c < shape.columns; ++c) {
      std::uint32_t sum = 0;
      for (std::int64_t k = 0; k < shape.depth; ++k)
        sum += a[static_cast<std::size_t>(shape.a_turned ? k * shape.rows + r : r * shape.depth + k)] *
               b[static_cast<std::size_t>(shape.b_turned ? c * shape.depth + k : k * shape.columns + c)];
      sums[static_cast<std::size_t>(r * shape.columns + c)] = sum;
    }
  return sums;
}

void add_c(const Tensor& c, const GemmShape& shape, std::vector<std::uint32_t>& sums) {
  const Dims& dims = c.dims();
  const std::int64_t rows = dims.size() == 2 ? dims[0] : 1, columns = dims.empty() ? 1 : dims.back();
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const std::int64_t row = at / shape.columns % rows, column = at % shape.columns % columns;
    sums[i] += static_cast<std::uint32_t>(c.values<std::int32_t>()[static_cast<std::size_t>(row * columns + column)]);
  }
}

void evaluate_qgemm(EvaluateContext& ctx) {
  const auto shape = gemm_shape(shape_context(ctx));
  auto sums = gemm_sums(ctx, shape);
  if (ctx.has(6)) add_c(*ctx.inputs[6], shape, sums);
  std::vector<float> multipliers;
  for (const float scale : ctx.inputs[4]->values<float>())
    multipliers.push_back(ctx.node.real("alpha", 1) * single_scale(ctx, 1) * scale / (ctx.has(7) ? single_scale(ctx, 7) : 1));
  if (ctx.has(7)) return requantize(sums, multipliers, 1, zero_points(ctx, 8)[0], ctx.outputs[0]);
  for (std::size_t i = 0; i < sums.size(); ++i)
    ctx.outputs[0].values<float>()[i] =
        static_cast<float>(static_cast<std::int32_t>(sums[i])) * multipliers[i % multipliers.size()];
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
          {"MatMulInteger", 10, infer_matmul_integer, evaluate_matmul_integer},
          {"QGemm", 1, infer_qgemm, evaluate_qgemm, "com.microsoft"}};
}

}  // namespace mien::operators
