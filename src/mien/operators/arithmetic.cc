// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "mien/operators/broadcasting.h"
#include "mien/operators/elementwise.h"
#include "mien/operators/node_checks.h"
#include "mien/operators/number_types.h"

namespace mien::operators {

namespace {

/// All inputs have one number type and broadcast to the output.
void infer_broadcast(ShapeContext& ctx) {
  Dims dims = ctx.input(0).dims;
  require_number(ctx, 0);
  for (std::size_t i = 1; i < ctx.inputs.size(); ++i) {
    require_same_type(ctx, 0, i);
    const auto common = broadcast_dims(dims, ctx.input(i).dims);
    if (!common)
      ctx.fail(fmt::format("the shapes {} and {} do not broadcast", graph::text_of(dims), graph::text_of(ctx.input(i).dims)));
    dims = *common;
  }
  set_output(ctx, 0, ctx.input(0).type, dims);
}

void infer_arithmetic(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  infer_broadcast(ctx);
}

void infer_mean(ShapeContext& ctx) {
  expect_type(ctx, 0, {DataType::f32});
  infer_broadcast(ctx);
}

void infer_mod(ShapeContext& ctx) {
  infer_arithmetic(ctx);
  if (ctx.input(0).type == DataType::f32 && ctx.node.integer("fmod", 0) == 0) ctx.fail("Mod of f32 needs the attribute fmod = 1");
}

void infer_pow(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  require_number(ctx, 0);
  require_number(ctx, 1);
  const auto dims = broadcast_dims(ctx.input(0).dims, ctx.input(1).dims);
  if (!dims)
    ctx.fail(fmt::format("the shapes {} and {} do not broadcast", graph::text_of(ctx.input(0).dims),
                         graph::text_of(ctx.input(1).dims)));
  set_output(ctx, 0, ctx.input(0).type, *dims);
}

/// y = f(a, b) where f is a generic function of two numbers of one type.
template <typename F>
void evaluate_pair(EvaluateContext& ctx, F f) {
  with_type(ctx.inputs[0]->type(), [&]<typename T>() {
    broadcast_map<T, T>(*ctx.inputs[0], *ctx.inputs[1], ctx.outputs[0], [&](T a, T b) -> T { return f(a, b); });
  });
}

struct Addition { template <typename T> T operator()(T a, T b) const { return add(a, b); } };
struct Subtraction { template <typename T> T operator()(T a, T b) const { return subtract(a, b); } };
struct Multiplication { template <typename T> T operator()(T a, T b) const { return multiply(a, b); } };
struct Minimum { template <typename T> T operator()(T a, T b) const { return smaller(a, b); } };
struct Maximum { template <typename T> T operator()(T a, T b) const { return larger(a, b); } };

template <typename F>
void evaluate_binary(EvaluateContext& ctx) {
  evaluate_pair(ctx, F{});
}

/// f folded over all inputs, from the first to the last.
template <typename F>
void evaluate_fold(EvaluateContext& ctx) {
  Tensor& y = ctx.outputs[0];
  const Tensor& first = *ctx.inputs[0];
  strided_copy(first.raw(), broadcast_strides(first.dims(), y.dims()), y.raw(), strides_of(y.dims()), y.dims(),
               graph::element_size(y.type()));
  with_type(y.type(), [&]<typename T>() {
    for (std::size_t i = 1; i < ctx.inputs.size(); ++i) broadcast_map<T, T>(y, *ctx.inputs[i], y, F{});
  });
}

void evaluate_mean(EvaluateContext& ctx) {
  evaluate_fold<Addition>(ctx);
  const auto count = static_cast<float>(ctx.inputs.size());
  for (float& value : ctx.outputs[0].values<float>()) value /= count;
}

template <typename T>
T divide(const EvaluateContext& ctx, T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return a / b;
  } else {
    if (b == 0) ctx.fail("an integer is divided by zero");
    if constexpr (std::is_signed_v<T>)
      if (b == -1) return subtract(T{0}, a);  // the least integer has no negative
    return static_cast<T>(a / b);
  }
}

/// The remainder with the sign of the divisor, or that of C's fmod, with the sign of the dividend.
template <typename T>
T remainder(const EvaluateContext& ctx, T a, T b, bool as_fmod) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::fmod(a, b);
  } else {
    if (b == 0) ctx.fail("the remainder of a division by zero");
    if constexpr (std::is_signed_v<T>) {
      if (b == -1) return 0;
      const T result = static_cast<T>(a % b);
      return !as_fmod && result != 0 && (result < 0) != (b < 0) ? static_cast<T>(result + b) : result;
    } else {
      return static_cast<T>(a % b);
    }
  }
}

void evaluate_div(EvaluateContext& ctx) {
  evaluate_pair(ctx, [&]<typename T>(T a, T b) { return divide(ctx, a, b); });
}

void evaluate_mod(EvaluateContext& ctx) {
  const bool as_fmod = ctx.node.integer("fmod", 0) != 0;
  evaluate_pair(ctx, [&]<typename T>(T a, T b) { return remainder(ctx, a, b, as_fmod); });
}

/// Base and exponent as double: exact for i32, and what ONNX Runtime computes for i64.
template <typename T>
void power(const Tensor& base, const Tensor& exponent, Tensor& y) {
  std::vector<double> wide(static_cast<std::size_t>(exponent.size()));
  with_type(exponent.type(), [&]<typename E>() {
    const auto values = exponent.values<E>();
    for (std::size_t i = 0; i < wide.size(); ++i) wide[i] = static_cast<double>(values[i]);
  });
  if (y.size() == 0) return;
  const auto loop = merged<3>(y.dims(), {strides_of(y.dims()), broadcast_strides(base.dims(), y.dims()),
                                         broadcast_strides(exponent.dims(), y.dims())});
  for_each_row(loop, [&](const std::array<std::int64_t, 3>& at) {
    for (std::int64_t i = 0; i < loop.dims.back(); ++i) {
      const double x = static_cast<double>(base.values<T>()[static_cast<std::size_t>(at[1] + i * loop.strides[1].back())]);
      const double e = wide[static_cast<std::size_t>(at[2] + i * loop.strides[2].back())];
      y.values<T>()[static_cast<std::size_t>(at[0] + i)] = number_cast<T>(std::pow(x, e));
    }
  });
}

void evaluate_pow(EvaluateContext& ctx) {
  with_type(ctx.inputs[0]->type(), [&]<typename T>() { power<T>(*ctx.inputs[0], *ctx.inputs[1], ctx.outputs[0]); });
}

}  // namespace

std::vector<Operator> arithmetic_operators() {
  return {{"Add", 7, infer_arithmetic, evaluate_binary<Addition>},
          {"Sub", 7, infer_arithmetic, evaluate_binary<Subtraction>},
          {"Mul", 7, infer_arithmetic, evaluate_binary<Multiplication>},
          {"Div", 7, infer_arithmetic, evaluate_div},
          {"Mod", 10, infer_mod, evaluate_mod},
          {"Pow", 7, infer_pow, evaluate_pow},
          {"Min", 8, infer_broadcast, evaluate_fold<Minimum>},
          {"Max", 8, infer_broadcast, evaluate_fold<Maximum>},
          {"Sum", 8, infer_mean, evaluate_fold<Addition>},
          {"Mean", 8, infer_mean, evaluate_mean}};
}

}  // namespace mien::operators
