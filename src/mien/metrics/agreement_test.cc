// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/agreement.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "mien/base/error.h"

namespace mien {
namespace {

TEST(Agreement, CountsDifferencesAndEqualAnswers) {
  const std::vector<float> reference = {0, 4, 1, 0, 2, 1}, other = {0, 3.5, 1, 2.5, 2, 1};
  const Agreement a = agreement(reference, other, 3);
  EXPECT_EQ(a.images, 2);
  EXPECT_DOUBLE_EQ(a.max_difference, 2.5);
  EXPECT_DOUBLE_EQ(a.range, 4);
  EXPECT_DOUBLE_EQ(a.relative(), 0.625);
  EXPECT_DOUBLE_EQ(a.top1, 0.5);
  EXPECT_THROW(agreement(reference, {other.data(), 3}, 3), Error);
}

TEST(Agreement, NotANumberIsNeverClose) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> reference = {0, 1, 2}, broken = {0, nan, 2};
  EXPECT_FALSE(agreement(reference, broken, 3).relative() <= 1e-4);
  EXPECT_FALSE(agreement(broken, reference, 3).relative() <= 1e-4);
}

}  // namespace
}  // namespace mien
