// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime_bench/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mien/base/error.h"

namespace mien::runtime_bench {
namespace {

TEST(Statistics, QuantilesInterpolate) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 2, 3}), 2.5);
  EXPECT_EQ(quantile({10, 20, 30, 40, 50}, 0.25), 20);
  EXPECT_EQ(quantile({10, 20}, 0.25), 12.5);
  EXPECT_EQ(quantile({7}, 1), 7);
  EXPECT_EQ(quantile({1, 2, 3}, 1), 3);
  EXPECT_TRUE(std::isnan(median({})));
  EXPECT_EQ(mean({1, 2, 6}), 3);
  EXPECT_TRUE(std::isnan(mean({})));
  EXPECT_EQ(spread({10, 20, 30, 40, 50}), 20.0 / 30);
}

TEST(Statistics, AgreementIsRelativeToTheRangeOfTheReference) {
  // Range 4 - (-4) = 8; the largest difference is 1; the second row's arg max moves.
  const auto a = agreement({0, 1, 4, -4, 2.5f, 2}, {0, 1, 4, -4, 2, 3}, 3);
  EXPECT_DOUBLE_EQ(a.max_difference, 1.0 / 8);
  EXPECT_DOUBLE_EQ(a.top1, 0.5);
  const auto same = agreement({2, 2}, {2, 2}, 1);
  EXPECT_EQ(same.max_difference, 0);
  EXPECT_EQ(same.top1, 1);
}

TEST(Statistics, AgreementRefusesWhatCannotBeCompared) {
  EXPECT_THROW(agreement({1, 2}, {1, 2, 3}, 1), Error);
  EXPECT_THROW(agreement({1, 2, 3}, {1, 2, 3}, 2), Error);
  EXPECT_THROW(agreement({}, {}, 2), Error);
  EXPECT_THROW(agreement({1, std::numeric_limits<float>::quiet_NaN()}, {1, 2}, 2), Error);
}

}  // namespace
}  // namespace mien::runtime_bench
