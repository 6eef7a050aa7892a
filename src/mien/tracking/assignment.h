// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace mien {

/// The one-to-one pairing of rows and columns with the largest sum of weights (Kuhn 1955, in the O(n^3) form with potentials).
/// `weights` is [rows, columns], row by row; pairs whose weight is not above 0 are never made. Gives each row's column, or -1.
/// Deterministic, also among equally good pairings. Throws Error{usage} for a wrong count of weights.
std::vector<int> best_pairs(const std::vector<double>& weights, int rows, int columns);

}  // namespace mien
