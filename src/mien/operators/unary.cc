// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "mien/operators/elementwise.h"
#include "mien/operators/node_checks.h"
#include "mien/operators/number_types.h"

namespace mien::operators {

namespace {

template <float (*F)(float)>
void evaluate_float(EvaluateContext& ctx) {
  map_values<float>(ctx, [](float x) { return F(x); });
}

float reciprocal(float x) { return 1 / x; }

void evaluate_abs(EvaluateContext& ctx) {
  with_type(ctx.inputs[0]->type(), [&]<typename T>() {
    map_values<T>(ctx, [](T x) {
      if constexpr (std::is_floating_point_v<T>) return std::abs(x);
      else return x < T{0} ? subtract(T{0}, x) : x;
    });
  });
}

void evaluate_neg(EvaluateContext& ctx) {
  with_type(ctx.inputs[0]->type(), [&]<typename T>() {
    map_values<T>(ctx, [](T x) {
      if constexpr (std::is_floating_point_v<T>) return -x;
      else return subtract(T{0}, x);
    });
  });
}

void evaluate_sign(EvaluateContext& ctx) {
  with_type(ctx.inputs[0]->type(), [&]<typename T>() {
    map_values<T>(ctx, [](T x) { return static_cast<T>((T{0} < x) - (x < T{0})); });
  });
}

void infer_not(ShapeContext& ctx) {
  expect_type(ctx, 0, {DataType::boolean});
  infer_same(ctx);
}

void evaluate_not(EvaluateContext& ctx) {
  map_values<std::uint8_t>(ctx, [](std::uint8_t x) { return static_cast<std::uint8_t>(x == 0); });
}

void infer_test(ShapeContext& ctx) {
  expect_type(ctx, 0, {DataType::f32});
  set_output(ctx, 0, DataType::boolean, ctx.input(0).dims);
}

void evaluate_is_nan(EvaluateContext& ctx) {
  map_values<float, std::uint8_t>(ctx, [](float x) { return static_cast<std::uint8_t>(std::isnan(x)); });
}

void evaluate_is_inf(EvaluateContext& ctx) {
  const bool positive = ctx.node.integer("detect_positive", 1) != 0;
  const bool negative = ctx.node.integer("detect_negative", 1) != 0;
  map_values<float, std::uint8_t>(
      ctx, [=](float x) { return static_cast<std::uint8_t>(std::isinf(x) && (x > 0 ? positive : negative)); });
}

}  // namespace

std::vector<Operator> unary_operators() {
  return {{"Exp", 6, infer_same_float, evaluate_float<std::exp>},
          {"Log", 6, infer_same_float, evaluate_float<std::log>},
          {"Sqrt", 6, infer_same_float, evaluate_float<std::sqrt>},
          {"Reciprocal", 6, infer_same_float, evaluate_float<reciprocal>},
          {"Floor", 6, infer_same_float, evaluate_float<std::floor>},
          {"Ceil", 6, infer_same_float, evaluate_float<std::ceil>},
          {"Round", 11, infer_same_float, evaluate_float<std::nearbyint>},  // halves to even, the default rounding mode
          {"Erf", 9, infer_same_float, evaluate_float<std::erf>},
          {"Sin", 7, infer_same_float, evaluate_float<std::sin>},
          {"Cos", 7, infer_same_float, evaluate_float<std::cos>},
          {"Tan", 7, infer_same_float, evaluate_float<std::tan>},
          {"Asin", 7, infer_same_float, evaluate_float<std::asin>},
          {"Acos", 7, infer_same_float, evaluate_float<std::acos>},
          {"Atan", 7, infer_same_float, evaluate_float<std::atan>},
          {"Sinh", 9, infer_same_float, evaluate_float<std::sinh>},
          {"Cosh", 9, infer_same_float, evaluate_float<std::cosh>},
          {"Tanh", 6, infer_same_float, evaluate_float<std::tanh>},
          {"Abs", 6, infer_same_number, evaluate_abs},
          {"Neg", 6, infer_same_number, evaluate_neg},
          {"Sign", 9, infer_same_number, evaluate_sign},
          {"Not", 1, infer_not, evaluate_not},
          {"IsNaN", 9, infer_test, evaluate_is_nan},
          {"IsInf", 10, infer_test, evaluate_is_inf}};
}

}  // namespace mien::operators
