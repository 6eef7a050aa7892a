// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/elementwise.h"

#include "mien/operators/operator_groups.h"

namespace mien::operators {

std::vector<Operator> elementwise_operators() {
  std::vector<Operator> all;
  for (const auto part : {activation_operators, unary_operators, cast_operators, arithmetic_operators, comparison_operators}) {
    const auto operators = part();
    all.insert(all.end(), operators.begin(), operators.end());
  }
  return all;
}

}  // namespace mien::operators
