// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mien/operators/operators.h"

namespace mien::operators {

// The parts of indexing_operators(), one a source file.
std::vector<Operator> gather_operators();     ///< Gather, GatherElements, GatherND
std::vector<Operator> scatter_operators();    ///< ScatterElements, ScatterND
std::vector<Operator> selection_operators();  ///< TopK, ArgMax, ArgMin
std::vector<Operator> detection_operators();  ///< NonMaxSuppression, NonZero: as many results as the values say

/// An index of [-dim, dim) as one of [0, dim); fails on any other.
std::int64_t checked_index(const EvaluateContext& ctx, std::int64_t index, std::int64_t dim);

/// A tensor seen as [outer, dim, inner] around one axis. Only for tensors with elements.
struct AroundAxis {
  std::int64_t outer = 1;
  std::int64_t dim = 1;
  std::int64_t inner = 1;
};
AroundAxis around(const Dims& dims, std::size_t axis);

}  // namespace mien::operators
