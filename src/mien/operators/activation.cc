// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "mien/operators/broadcasting.h"
#include "mien/operators/elementwise.h"
#include "mien/operators/node_checks.h"
#include "mien/operators/number_types.h"

namespace mien::operators {

namespace {

float sigmoid(float x) {
  const float e = std::exp(-std::abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

float softplus(float x) { return std::max(x, 0.0f) + std::log1p(std::exp(-std::abs(x))); }

void evaluate_relu(EvaluateContext& ctx) {
  with_type(ctx.inputs[0]->type(), [&]<typename T>() {
    map_values<T>(ctx, [](T x) { return x < T{0} ? T{0} : x; });
  });
}

void evaluate_leaky_relu(EvaluateContext& ctx) {
  const float alpha = ctx.node.real("alpha", 0.01f);
  map_values<float>(ctx, [=](float x) { return x < 0 ? alpha * x : x; });
}

void evaluate_elu(EvaluateContext& ctx) {
  const float alpha = ctx.node.real("alpha", 1);
  map_values<float>(ctx, [=](float x) { return x < 0 ? alpha * std::expm1(x) : x; });
}

void evaluate_selu(EvaluateContext& ctx) {
  const float alpha = ctx.node.real("alpha", 1.67326319217681884765625f);
  const float gamma = ctx.node.real("gamma", 1.05070102214813232421875f);
  map_values<float>(ctx, [=](float x) { return gamma * (x < 0 ? alpha * std::expm1(x) : x); });
}

void evaluate_celu(EvaluateContext& ctx) {
  const float alpha = ctx.node.real("alpha", 1);
  map_values<float>(ctx, [=](float x) { return x < 0 ? alpha * std::expm1(x / alpha) : x; });
}

void evaluate_thresholded_relu(EvaluateContext& ctx) {
  const float alpha = ctx.node.real("alpha", 1);
  map_values<float>(ctx, [=](float x) { return x > alpha ? x : 0; });
}

void evaluate_hard_sigmoid(EvaluateContext& ctx) {
  const float alpha = ctx.node.real("alpha", 0.2f);
  const float beta = ctx.node.real("beta", 0.5f);
  map_values<float>(ctx, [=](float x) { return std::clamp(alpha * x + beta, 0.0f, 1.0f); });
}

float hard_swish(float x) { return x * std::clamp(x / 6 + 0.5f, 0.0f, 1.0f); }
float mish(float x) { return x * std::tanh(softplus(x)); }
float softsign(float x) { return x / (1 + std::abs(x)); }

template <float (*F)(float)>
void evaluate_float(EvaluateContext& ctx) {
  map_values<float>(ctx, F);
}

void infer_prelu(ShapeContext& ctx) {
  expect_arity(ctx, 2, 2);
  require_number(ctx, 0);
  require_same_type(ctx, 0, 1);
  const auto& dims = ctx.input(0).dims;
  if (broadcast_dims(dims, ctx.input(1).dims) != dims)
    ctx.fail(fmt::format("slopes of shape {} do not broadcast to values of shape {}", graph::text_of(ctx.input(1).dims),
                         graph::text_of(dims)));
  infer_same(ctx);
}

void evaluate_prelu(EvaluateContext& ctx) {
  with_type(ctx.inputs[0]->type(), [&]<typename T>() {
    broadcast_map<T, T>(*ctx.inputs[0], *ctx.inputs[1], ctx.outputs[0],
                        [](T x, T slope) { return x < T{0} ? multiply(x, slope) : x; });
  });
}

/// The bound of Clip at input `i`: older opsets give it as attribute, newer ones may leave it out.
template <typename T>
T clip_bound(const EvaluateContext& ctx, std::size_t i, const char* key, T otherwise) {
  if (ctx.has(i)) return ctx.inputs[i]->values<T>()[0];
  return ctx.node.has(key) ? number_cast<T>(ctx.node.real(key, 0)) : otherwise;
}

void infer_clip(ShapeContext& ctx) {
  expect_arity(ctx, 1, 3);
  require_number(ctx, 0);
  for (std::size_t i = 1; i < 3; ++i) {
    if (!ctx.has(i)) continue;
    require_same_type(ctx, 0, i);
    require_one_element(ctx, i);
  }
  infer_same(ctx);
}

void evaluate_clip(EvaluateContext& ctx) {
  with_type(ctx.inputs[0]->type(), [&]<typename T>() {
    const T low = clip_bound(ctx, 1, "min", std::numeric_limits<T>::lowest());
    const T high = clip_bound(ctx, 2, "max", std::numeric_limits<T>::max());
    map_values<T>(ctx, [=](T x) {
      const T raised = x < low ? low : x;
      return high < raised ? high : raised;
    });
  });
}

}  // namespace

std::vector<Operator> activation_operators() {
  return {{"Relu", 6, infer_same_number, evaluate_relu},
          {"LeakyRelu", 6, infer_same_float, evaluate_leaky_relu},
          {"PRelu", 7, infer_prelu, evaluate_prelu},
          {"Elu", 6, infer_same_float, evaluate_elu},
          {"Selu", 6, infer_same_float, evaluate_selu},
          {"Celu", 12, infer_same_float, evaluate_celu},
          {"ThresholdedRelu", 1, infer_same_float, evaluate_thresholded_relu},
          {"Sigmoid", 6, infer_same_float, evaluate_float<sigmoid>},
          {"HardSigmoid", 6, infer_same_float, evaluate_hard_sigmoid},
          {"HardSwish", 14, infer_same_float, evaluate_float<hard_swish>},
          {"Mish", 18, infer_same_float, evaluate_float<mish>},
          {"Softplus", 1, infer_same_float, evaluate_float<softplus>},
          {"Softsign", 1, infer_same_float, evaluate_float<softsign>},
          {"Clip", 6, infer_clip, evaluate_clip}};
}

}  // namespace mien::operators
