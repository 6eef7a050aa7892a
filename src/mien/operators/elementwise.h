// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mien/operators/operators.h"

namespace mien::operators {

// The parts of elementwise_operators(), one a source file.
std::vector<Operator> activation_operators();  ///< Relu ... Softsign: functions of f32 with parameters
std::vector<Operator> unary_operators();       ///< Exp, Abs, Not, IsNaN, ...
std::vector<Operator> cast_operators();        ///< Cast, Identity, Dropout
std::vector<Operator> arithmetic_operators();  ///< Add ... Mean
std::vector<Operator> comparison_operators();  ///< Equal, And, Where, ...

/// y[i] = f(x[i]) for the first input and output.
template <typename In, typename Out = In, typename F>
void map_values(EvaluateContext& ctx, F f) {
  const auto x = ctx.inputs[0]->values<In>();
  const auto y = ctx.outputs[0].values<Out>();
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = f(x[i]);
}

}  // namespace mien::operators
