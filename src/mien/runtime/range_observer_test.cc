// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/range_observer.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace mien::runtime {
namespace {

TEST(RangeObserver, CoversEverythingAtAPercentileOfOne) {
  RangeObserver observer;
  const std::vector<float> first = {-0.5f, 0.25f}, second = {3, 0, -7};
  observer.add(first.data(), 2);
  observer.add(second.data(), 3);
  const auto range = observer.range(1);
  EXPECT_EQ(range.low, -7);
  EXPECT_EQ(range.high, 3);
}

TEST(RangeObserver, CutsOffTheRareLargeOnes) {
  RangeObserver observer;
  std::vector<float> values(10000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 10000;
  values[77] = 1000;
  observer.add(values.data(), 5000);
  observer.add(values.data() + 5000, 5000);  // the histogram has grown in between
  const auto range = observer.range(0.999);
  EXPECT_EQ(range.low, 0);
  EXPECT_GE(range.high, 0.99f);
  EXPECT_LE(range.high, 2.f);
}

TEST(RangeObserver, PassesOverWhatIsNoNumber) {
  RangeObserver observer;
  const std::vector<float> good = {1, 2}, bad = {1, std::numeric_limits<float>::infinity()};
  observer.add(good.data(), 2);
  observer.add(bad.data(), 2);
  EXPECT_EQ(observer.range(1).high, 2);
}

}  // namespace
}  // namespace mien::runtime
