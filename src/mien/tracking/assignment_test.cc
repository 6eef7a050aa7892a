// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "mien/base/error.h"
#include "mien/base/random.h"

namespace mien {
namespace {

double total(const std::vector<double>& weights, int columns, const std::vector<int>& pairs) {
  double sum = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    if (pairs[i] >= 0) sum += weights[i * static_cast<std::size_t>(columns) + static_cast<std::size_t>(pairs[i])];
  return sum;
}

/// The best sum over all ways to pair, tried one by one.
double best_total(const std::vector<double>& weights, int rows, int columns, int row = 0, unsigned used = 0) {
  if (row == rows) return 0;
  double best = best_total(weights, rows, columns, row + 1, used);
  for (int j = 0; j < columns; ++j) {
    const double w = weights[static_cast<std::size_t>(row * columns + j)];
    if (!(used >> j & 1U) && w > 0) best = std::max(best, w + best_total(weights, rows, columns, row + 1, used | 1U << j));
  }
  return best;
}

TEST(BestPairs, TheGreedyPairIsNotAlwaysRight) {
  EXPECT_EQ(best_pairs({0.9, 0.8, 0.85, 0.1}, 2, 2), (std::vector<int>{1, 0}));  // 0.8 + 0.85 > 0.9 + 0.1
}

TEST(BestPairs, PairsWithoutWeightAreNotMade) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(best_pairs({0, -1, nan, 0.2}, 2, 2), (std::vector<int>{-1, 1}));
  EXPECT_EQ(best_pairs({}, 0, 5), std::vector<int>{});
  EXPECT_EQ(best_pairs({}, 3, 0), (std::vector<int>{-1, -1, -1}));
  EXPECT_THROW(best_pairs({1, 2}, 2, 2), Error);
}

TEST(BestPairs, EqualsTryingEverything) {
  Random random(3);
  for (int round = 0; round < 500; ++round) {
    const int rows = static_cast<int>(1 + random.integer(5)), columns = static_cast<int>(1 + random.integer(6));
    std::vector<double> weights;
    for (int i = 0; i < rows * columns; ++i) weights.push_back(random.chance(0.3) ? 0 : std::round(random.uniform() * 8) / 8);
    const auto pairs = best_pairs(weights, rows, columns);
    std::set<int> used;
    for (const int j : pairs) {
      if (j >= 0) {
        EXPECT_TRUE(used.insert(j).second);
      }
    }
    EXPECT_DOUBLE_EQ(total(weights, columns, pairs), best_total(weights, rows, columns)) << rows << " x " << columns;
    EXPECT_EQ(pairs, best_pairs(weights, rows, columns));
  }
}

}  // namespace
}  // namespace mien
