// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "mien/operators/operators.h"

namespace mien::operators {

/// What one node costs, known before anything is computed. Real numbers, since a few attributes can ask for more than 2^64.
struct Cost {
  double elements = 0;  ///< of its results
  double products =
      0;             ///< multiplications by weights, or of two matrices of which one may be weights: convolutions, Gemm, MatMul
  double steps = 0;  ///< all other arithmetic: elements read and written, taps of windows, comparisons
};

/// @param inputs   types of the node's inputs (nullopt: left out)
/// @param outputs  what infer_types says of them
Cost cost_of(const Node& node, const std::vector<std::optional<TensorType>>& inputs, const std::vector<TensorType>& outputs);

}  // namespace mien::operators
