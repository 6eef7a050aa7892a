// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/number_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>

#include "mien/base/random.h"

namespace mien {
namespace {

std::string fixed(double value, int decimals) {
  std::string text;
  append_fixed(text, value, decimals);
  return text;
}
std::string shorter(double value, int decimals) {
  std::string text;
  append_short(text, value, decimals);
  return text;
}

TEST(NumberText, Fixed) {
  EXPECT_EQ(fixed(0, 2), "0.00");
  EXPECT_EQ(fixed(-0.001, 2), "0.00");
  EXPECT_EQ(fixed(3.14159, 3), "3.142");
  EXPECT_EQ(fixed(-12.05, 1), "-12.1");
  EXPECT_EQ(fixed(7, 0), "7");
  EXPECT_EQ(fixed(0.05, 1), "0.1");
  EXPECT_EQ(fixed(999.999, 2), "1000.00");
  EXPECT_EQ(fixed(std::nan(""), 2), "");
  EXPECT_EQ(fixed(-std::numeric_limits<double>::infinity(), 2), "");
  EXPECT_EQ(fixed(1e20, 1), "100000000000000000000.0");
}

TEST(NumberText, Short) {
  EXPECT_EQ(shorter(0, 4), "0");
  EXPECT_EQ(shorter(0.25, 4), "0.25");
  EXPECT_EQ(shorter(-1.5, 4), "-1.5");
  EXPECT_EQ(shorter(100, 4), "100");
  EXPECT_EQ(shorter(0.00001, 4), "0");
  EXPECT_EQ(shorter(0.0005, 4), "0.0005");
  EXPECT_EQ(shorter(1e20, 2), "1e+20");
}

TEST(NumberText, AgreesWithTheSystem) {
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const double value = (random.uniform() - 0.5) * std::pow(10.0, i % 9);
    const int decimals = i % 7;
    char expected[64];
    std::snprintf(expected, sizeof expected, "%.*f", decimals, value);
    if (std::stod(expected) == 0) continue;  // "-0.00"
    EXPECT_EQ(fixed(value, decimals), expected);
  }
}

TEST(NumberText, RoundingTwiceChangesNothing) {
  Random random(2);
  for (int i = 0; i < 2000; ++i) {
    const auto value = static_cast<float>((random.uniform() - 0.5) * std::pow(10.0, i % 9));
    const auto once = static_cast<float>(round_decimals(value, i % 6));
    EXPECT_EQ(static_cast<float>(round_decimals(once, i % 6)), once);
    EXPECT_EQ(std::strtof(shorter(once, i % 6).c_str(), nullptr), once);
  }
  EXPECT_FALSE(std::signbit(round_decimals(-0.001, 2)));
  EXPECT_TRUE(std::isnan(round_decimals(std::nan(""), 2)));
}

}  // namespace
}  // namespace mien
