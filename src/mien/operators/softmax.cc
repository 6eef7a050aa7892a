// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Softmax and LogSoftmax. Before opset 13 the dims from `axis` on are taken together; since then it is one axis.
#include <algorithm>
#include <cmath>

#include "mien/operators/checks.h"
#include "mien/operators/operator_groups.h"

namespace mien::operators {

namespace {

std::int64_t softmax_axis(const Node& node, int opset) { return node.integer("axis", opset < 13 ? 1 : -1); }

void infer_softmax(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  expect_type(ctx, 0, {DataType::f32});
  const std::int64_t axis = softmax_axis(ctx.node, ctx.opset);
  const std::size_t rank = ctx.input(0).dims.size();
  const bool flattens_nothing = ctx.opset < 13 && axis == static_cast<std::int64_t>(rank);
  if (!flattens_nothing) checked_axis(ctx, axis, rank);
  ctx.outputs[0] = ctx.input(0);
}

/// One distribution: `count` values, `step` apart.
void normalize(const float* x, float* y, std::int64_t count, std::int64_t step, bool logarithm) {
  float largest = x[0];
  for (std::int64_t i = 1; i < count; ++i) largest = std::max(largest, x[i * step]);
  double sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += std::exp(static_cast<double>(x[i * step]) - largest);
  const double log_sum = std::log(sum);
  for (std::int64_t i = 0; i < count; ++i) {
    const double shifted = static_cast<double>(x[i * step]) - largest;
    y[i * step] = static_cast<float>(logarithm ? shifted - log_sum : std::exp(shifted) / sum);
  }
}

void evaluate_any(EvaluateContext& ctx, bool logarithm) {
  const Tensor& x = *ctx.inputs[0];
  if (x.size() == 0) return;
  const Dims& dims = x.dims();
  const std::int64_t axis = softmax_axis(ctx.node, ctx.opset);
  const auto at = static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(dims.size()) : axis);
  const std::int64_t outer = count_between(dims, 0, at);
  const std::int64_t count = ctx.opset < 13 ? count_between(dims, at, dims.size()) : dims[at];
  const std::int64_t inner = x.size() / outer / count;
  const float* in = x.values<float>().data();
  float* out = ctx.outputs[0].values<float>().data();
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::int64_t i = 0; i < inner; ++i)
      normalize(in + o * count * inner + i, out + o * count * inner + i, count, inner, logarithm);
}

void evaluate_softmax(EvaluateContext& ctx) { evaluate_any(ctx, false); }
void evaluate_log_softmax(EvaluateContext& ctx) { evaluate_any(ctx, true); }

}  // namespace

std::vector<Operator> softmax_operators() {
  return {{"Softmax", 1, infer_softmax, evaluate_softmax}, {"LogSoftmax", 1, infer_softmax, evaluate_log_softmax}};
}

}  // namespace mien::operators
