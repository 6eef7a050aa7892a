// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/assignment.h"

#include <limits>
#include <string>

#include "mien/base/error.h"

namespace mien {

namespace {

/// Cheapest complete assignment of `rows` <= `columns`; `cost(i, j)` counts from 0. Gives each row's column.
template <typename Cost>
std::vector<int> cheapest_columns(int rows, int columns, const Cost& cost) {
  const auto n = static_cast<std::size_t>(columns) + 1;
  std::vector<double> row_potential(static_cast<std::size_t>(rows) + 1), column_potential(n);
  std::vector<int> row_of(n), way(n);  // column 0 stands for "not yet in the tree", rows count from 1
  for (int row = 1; row <= rows; ++row) {
    row_of[0] = row;
    std::vector<double> slack(n, std::numeric_limits<double>::infinity());
    std::vector<char> used(n);
    std::size_t j0 = 0;
    while (row_of[j0] != 0) {
      used[j0] = 1;
      const int i0 = row_of[j0];
      double delta = std::numeric_limits<double>::infinity();
      std::size_t j1 = 0;
      for (std::size_t j = 1; j < n; ++j) {
        if (used[j]) continue;
        const double reduced =
            cost(i0 - 1, static_cast<int>(j) - 1) - row_potential[static_cast<std::size_t>(i0)] - column_potential[j];
        if (reduced < slack[j]) slack[j] = reduced, way[j] = static_cast<int>(j0);
        if (slack[j] < delta) delta = slack[j], j1 = j;
      }
      for (std::size_t j = 0; j < n; ++j) {
        if (used[j])
          row_potential[static_cast<std::size_t>(row_of[j])] += delta, column_potential[j] -= delta;
        else
          slack[j] -= delta;
      }
      j0 = j1;
    }
    while (j0 != 0) {
      const auto previous = static_cast<std::size_t>(way[j0]);
      row_of[j0] = row_of[previous];
      j0 = previous;
    }
  }
  std::vector<int> column_of(static_cast<std::size_t>(rows), -1);
  for (std::size_t j = 1; j < n; ++j)
    if (row_of[j] > 0) column_of[static_cast<std::size_t>(row_of[j]) - 1] = static_cast<int>(j) - 1;
  return column_of;
}

}  // namespace

std::vector<int> best_pairs(const std::vector<double>& weights, int rows, int columns) {
  if (rows < 0 || columns < 0 || weights.size() != static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns))
    throw Error(ErrorCode::usage, "best_pairs: expected " + std::to_string(rows) + " x " + std::to_string(columns) +
                                      " weights, got " + std::to_string(weights.size()));
  std::vector<int> pairs(static_cast<std::size_t>(rows), -1);
  if (rows == 0 || columns == 0) return pairs;
  const auto weight = [&](int row, int column) {
    const double w =
        weights[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column)];
    return w > 0 && w < std::numeric_limits<double>::infinity() ? w : 0;
  };
  if (rows <= columns) {
    pairs = cheapest_columns(rows, columns, [&](int i, int j) { return -weight(i, j); });
  } else {
    const auto row_of = cheapest_columns(columns, rows, [&](int i, int j) { return -weight(j, i); });
    for (int j = 0; j < columns; ++j) pairs[static_cast<std::size_t>(row_of[static_cast<std::size_t>(j)])] = j;
  }
  for (int i = 0; i < rows; ++i)
    if (pairs[static_cast<std::size_t>(i)] >= 0 && !(weight(i, pairs[static_cast<std::size_t>(i)]) > 0))
      pairs[static_cast<std::size_t>(i)] = -1;
  return pairs;
}

}  // namespace mien
