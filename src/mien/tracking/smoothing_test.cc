// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/smoothing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mien/base/error.h"

namespace mien {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(TimeSmoother, ByHand) {
  TimeSmoother smoother(0.5);
  EXPECT_EQ(smoother.add(10, {0, 1}), (std::vector<float>{0, 1}));
  // 1 - exp(-0.1 / 0.5) = 0.181269
  const auto a = smoother.add(10.1, {1, 0});
  EXPECT_NEAR(a[0], 0.181269, 1e-6);
  EXPECT_NEAR(a[1], 0.818731, 1e-6);
  // + (1 - exp(-1)) * (1 - 0.181269) = 0.181269 + 0.632121 * 0.818731
  EXPECT_NEAR(smoother.add(10.6, {1, 0})[0], 0.698806, 1e-6);
}

TEST(TimeSmoother, FrameRateDoesNotMatter) {
  TimeSmoother slow(0.4), fast(0.4);
  slow.add(0, {0});
  fast.add(0, {0});
  for (int i = 1; i < 10; ++i) fast.add(0.05 * i, {1});
  EXPECT_NEAR(fast.add(0.5, {1})[0], slow.add(0.5, {1})[0], 1e-6);
}

TEST(TimeSmoother, RestartsAfterThreeTimeConstantsAndWhenTheValuesChange) {
  TimeSmoother smoother(0.5);
  smoother.add(0, {0});
  EXPECT_LT(smoother.add(1.5, {1})[0], 1);  // 1 - exp(-3)
  EXPECT_EQ(smoother.add(3.1, {0})[0], 0);
  EXPECT_EQ(smoother.add(3.2, {1, 1}), (std::vector<float>{1, 1}));
  EXPECT_EQ(smoother.add(1, {0, 0}), (std::vector<float>{0, 0}));  // time ran backwards
}

TEST(TimeSmoother, UnknownValuesStayUnknownAndDoNoHarm) {
  TimeSmoother smoother(0.5);
  smoother.add(0, {0, kNan});
  const auto gap = smoother.add(0.1, {kNan, kNan});
  EXPECT_TRUE(std::isnan(gap[0]));
  EXPECT_TRUE(std::isnan(gap[1]));
  const auto back = smoother.add(0.2, {1, 1});
  EXPECT_NEAR(back[0], 1 - std::exp(-0.4), 1e-6);  // since it was known
  EXPECT_EQ(back[1], 1);
}

TEST(TimeSmoother, ZeroSmoothsNothingAndNegativeIsRefused) {
  TimeSmoother smoother(0);
  smoother.add(0, {0});
  EXPECT_EQ(smoother.add(0, {1})[0], 1);
  EXPECT_THROW(TimeSmoother(-1), Error);
  EXPECT_THROW(TimeSmoother(std::nan("")), Error);
}

TEST(TimeSmoother, GoesOnFromAStoredState) {
  TimeSmoother a(0.5), b(0.5);
  a.add(0, {0.1F, kNan, 0.7F});
  a.add(0.1, {0.3F, 2, kNan});
  b.restore(a.save());
  EXPECT_EQ(a.add(0.2, {0.9F, 1, 0.2F}), b.add(0.2, {0.9F, 1, 0.2F}));
  for (const char* damaged : {"", "{", "[]", R"({"last_s":0})", R"({"last_s":"x","values":[]})"}) {
    EXPECT_THROW(b.restore(damaged), Error) << damaged;
  }
  EXPECT_EQ(a.save(), b.save());
}

}  // namespace
}  // namespace mien
