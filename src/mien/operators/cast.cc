// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "mien/operators/elementwise.h"
#include "mien/operators/node_checks.h"
#include "mien/operators/number_types.h"

namespace mien::operators {

namespace {

void infer_cast(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  set_output(ctx, 0, type_attribute(ctx, "to"), ctx.input(0).dims);
}

void infer_cast_like(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  set_output(ctx, 0, ctx.input(1).type, ctx.input(0).dims);
}

template <typename From>
void cast_from(EvaluateContext& ctx) {
  if (ctx.outputs[0].type() == DataType::boolean)
    return map_values<From, std::uint8_t>(ctx, [](From x) { return static_cast<std::uint8_t>(x != From{0}); });
  with_type(ctx.outputs[0].type(), [&]<typename To>() { map_values<From, To>(ctx, number_cast<To, From>); });
}

void evaluate_cast(EvaluateContext& ctx) {
  if (ctx.inputs[0]->type() != DataType::boolean)
    return with_type(ctx.inputs[0]->type(), [&]<typename From>() { cast_from<From>(ctx); });
  with_type(ctx.outputs[0].type(),
            [&]<typename To>() { map_values<std::uint8_t, To>(ctx, [](std::uint8_t x) { return static_cast<To>(x != 0); }); });
}

void evaluate_identity(EvaluateContext& ctx) { std::memcpy(ctx.outputs[0].raw(), ctx.inputs[0]->raw(), ctx.inputs[0]->bytes()); }

/// Exporters leave dropout that drops nothing in training mode.
bool drops_nothing(const ShapeContext& ctx) {
  const Tensor* ratio = ctx.has(1) && ctx.constants.size() > 1 ? ctx.constants[1] : nullptr;
  return ratio && ratio->size() == 1 && ratio->floats()[0] == 0;
}

void infer_dropout(ShapeContext& ctx) {
  expect_arity(ctx, 1, 3, 2);
  expect_type(ctx, 0, {DataType::f32});
  if (ctx.has(2)) {
    require_one_element(ctx, 2);
    if (known_integer(ctx, 2) != 0 && !drops_nothing(ctx))
      ctx.fail("the dropout is in training mode; export the model for inference");
  }
  infer_same(ctx);
  set_output(ctx, 1, ctx.opset < 10 ? DataType::f32 : DataType::boolean, ctx.input(0).dims);
}

/// The mask says true from opset 12 on and zero before, as ONNX Runtime has it.
void evaluate_dropout(EvaluateContext& ctx) {
  evaluate_identity(ctx);
  if (ctx.outputs.size() > 1) std::memset(ctx.outputs[1].raw(), ctx.opset < 12 ? 0 : 1, ctx.outputs[1].bytes());
}

}  // namespace

std::vector<Operator> cast_operators() {
  return {{"Cast", 6, infer_cast, evaluate_cast},
          {"CastLike", 15, infer_cast_like, evaluate_cast},
          {"Identity", 1, infer_same, evaluate_identity},
          {"Dropout", 7, infer_dropout, evaluate_dropout}};
}

}  // namespace mien::operators
