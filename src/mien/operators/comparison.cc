// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "mien/operators/broadcasting.h"
#include "mien/operators/elementwise.h"
#include "mien/operators/node_checks.h"
#include "mien/operators/number_types.h"

namespace mien::operators {

namespace {

Dims common_dims(const ShapeContext& ctx, const Dims& a, const Dims& b) {
  const auto dims = broadcast_dims(a, b);
  if (!dims) ctx.fail(fmt::format("the shapes {} and {} do not broadcast", graph::text_of(a), graph::text_of(b)));
  return *dims;
}

void infer_equal(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  require_same_type(ctx, 0, 1);
  set_output(ctx, 0, DataType::boolean, common_dims(ctx, ctx.input(0).dims, ctx.input(1).dims));
}

void infer_order(ShapeContext& ctx) {
  require_number(ctx, 0);
  infer_equal(ctx);
}

void infer_logic(ShapeContext& ctx) {
  expect_type(ctx, 0, {DataType::boolean});
  infer_equal(ctx);
}

void infer_shift(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  expect_type(ctx, 0, {DataType::u8, DataType::u16, DataType::u32, DataType::u64});
  require_same_type(ctx, 0, 1);
  const auto direction = ctx.node.text("direction", "");
  if (direction != "LEFT" && direction != "RIGHT") ctx.fail("attribute 'direction' must be LEFT or RIGHT");
  set_output(ctx, 0, ctx.input(0).type, common_dims(ctx, ctx.input(0).dims, ctx.input(1).dims));
}

void infer_where(ShapeContext& ctx) {
  expect_arity(ctx, 3, 3);
  expect_type(ctx, 0, {DataType::boolean});
  require_same_type(ctx, 1, 2);
  const auto chosen = common_dims(ctx, ctx.input(1).dims, ctx.input(2).dims);
  set_output(ctx, 0, ctx.input(1).type, common_dims(ctx, ctx.input(0).dims, chosen));
}

struct IsEqual { template <typename T> bool operator()(T a, T b) const { return a == b; } };
struct IsGreater { template <typename T> bool operator()(T a, T b) const { return a > b; } };
struct IsGreaterOrEqual { template <typename T> bool operator()(T a, T b) const { return a >= b; } };
struct IsLess { template <typename T> bool operator()(T a, T b) const { return a < b; } };
struct IsLessOrEqual { template <typename T> bool operator()(T a, T b) const { return a <= b; } };
struct Both { bool operator()(std::uint8_t a, std::uint8_t b) const { return a && b; } };
struct Either { bool operator()(std::uint8_t a, std::uint8_t b) const { return a || b; } };
struct OneOfTwo { bool operator()(std::uint8_t a, std::uint8_t b) const { return !a != !b; } };

template <typename T, typename F>
void compare(EvaluateContext& ctx, F f) {
  broadcast_map<T, std::uint8_t>(*ctx.inputs[0], *ctx.inputs[1], ctx.outputs[0],
                                 [f](T a, T b) { return static_cast<std::uint8_t>(f(a, b)); });
}

template <typename F>
void evaluate_comparison(EvaluateContext& ctx) {
  with_type(ctx.inputs[0]->type(), [&]<typename T>() { compare<T>(ctx, F{}); });
}

template <typename F>
void evaluate_logic(EvaluateContext& ctx) {
  compare<std::uint8_t>(ctx, F{});
}

void evaluate_equal(EvaluateContext& ctx) {
  if (ctx.inputs[0]->type() == DataType::boolean)
    compare<std::uint8_t>(ctx, [](std::uint8_t a, std::uint8_t b) { return !a == !b; });
  else evaluate_comparison<IsEqual>(ctx);
}

/// A shift by the width of the type or more leaves zero.
template <typename T>
T shifted(T value, T by, bool left) {
  if constexpr (std::is_unsigned_v<T>) {
    if (by >= std::numeric_limits<T>::digits) return 0;
    return left ? static_cast<T>(static_cast<std::uint64_t>(value) << by) : static_cast<T>(value >> by);
  }
  return value;
}

void evaluate_shift(EvaluateContext& ctx) {
  const bool left = ctx.node.text("direction", "") == "LEFT";
  with_type(ctx.inputs[0]->type(), [&]<typename T>() {
    broadcast_map<T, T>(*ctx.inputs[0], *ctx.inputs[1], ctx.outputs[0], [=](T a, T b) { return shifted(a, b, left); });
  });
}

template <typename T>
void choose(const EvaluateContext& ctx, Tensor& y) {
  const Tensor &condition = *ctx.inputs[0], &yes = *ctx.inputs[1], &no = *ctx.inputs[2];
  const auto loop = merged<4>(y.dims(), {strides_of(y.dims()), broadcast_strides(condition.dims(), y.dims()),
                                         broadcast_strides(yes.dims(), y.dims()), broadcast_strides(no.dims(), y.dims())});
  const auto steps = std::array{loop.strides[1].back(), loop.strides[2].back(), loop.strides[3].back()};
  for_each_row(loop, [&](const std::array<std::int64_t, 4>& at) {
    T* to = reinterpret_cast<T*>(y.raw()) + at[0];
    const auto* chosen = reinterpret_cast<const std::uint8_t*>(condition.raw()) + at[1];
    const T* a = reinterpret_cast<const T*>(yes.raw()) + at[2];
    const T* b = reinterpret_cast<const T*>(no.raw()) + at[3];
    for (std::int64_t i = 0; i < loop.dims.back(); ++i) to[i] = chosen[i * steps[0]] ? a[i * steps[1]] : b[i * steps[2]];
  });
}

void evaluate_where(EvaluateContext& ctx) {
  Tensor& y = ctx.outputs[0];
  if (y.size() == 0) return;
  switch (graph::element_size(y.type())) {
    case 1: return choose<std::uint8_t>(ctx, y);
    case 2: return choose<std::uint16_t>(ctx, y);
    case 4: return choose<std::uint32_t>(ctx, y);
    default: return choose<std::uint64_t>(ctx, y);
  }
}

}  // namespace

std::vector<Operator> comparison_operators() {
  return {{"Equal", 7, infer_equal, evaluate_equal},
          {"Greater", 7, infer_order, evaluate_comparison<IsGreater>},
          {"GreaterOrEqual", 12, infer_order, evaluate_comparison<IsGreaterOrEqual>},
          {"Less", 7, infer_order, evaluate_comparison<IsLess>},
          {"LessOrEqual", 12, infer_order, evaluate_comparison<IsLessOrEqual>},
          {"And", 7, infer_logic, evaluate_logic<Both>},
          {"Or", 7, infer_logic, evaluate_logic<Either>},
          {"Xor", 7, infer_logic, evaluate_logic<OneOfTwo>},
          {"BitShift", 11, infer_shift, evaluate_shift},
          {"Where", 9, infer_where, evaluate_where}};
}

}  // namespace mien::operators
