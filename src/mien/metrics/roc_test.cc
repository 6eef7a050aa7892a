// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/roc.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/random.h"

namespace mien {
namespace {

TEST(Roc, AreaIsTheShareOfPairsInTheRightOrder) {
  EXPECT_EQ(area_under_roc({1, 2, 3, 4}, {false, false, true, true}), 1);
  EXPECT_EQ(area_under_roc({4, 3, 2, 1}, {false, false, true, true}), 0);
  EXPECT_EQ(area_under_roc({7, 7, 7}, {true, false, true}), 0.5);
  EXPECT_TRUE(std::isnan(area_under_roc({1, 2}, {true, true})));
  EXPECT_TRUE(std::isnan(area_under_roc({}, {})));
  EXPECT_THROW(area_under_roc({1}, {}), Error);
  Random random(3, 1);
  std::vector<double> scores;
  std::vector<bool> positive;
  for (int i = 0; i < 200; ++i) {
    positive.push_back(random.chance(0.3));
    scores.push_back(static_cast<double>(random.integer(20)) + (positive.back() ? 4 : 0));
  }
  double won = 0, pairs = 0;
  for (std::size_t p = 0; p < scores.size(); ++p)
    for (std::size_t n = 0; n < scores.size(); ++n)
      if (positive[p] && !positive[n]) {
        pairs += 1;
        won += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0;
      }
  EXPECT_NEAR(area_under_roc(scores, positive), won / pairs, 1e-12);
}

}  // namespace
}  // namespace mien
