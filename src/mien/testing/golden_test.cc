// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/testing/golden.h"

#include <gtest/gtest.h>

namespace mien::testing {

TEST(Fill, WorkedExampleOfTheRule) {
  const auto values = fill("conv1.weight", {64, 3, 7, 7}, "weight");
  EXPECT_FLOAT_EQ(values[0], -0.0721261650f);
  EXPECT_FLOAT_EQ(values[3], 0.0681652203f);
  EXPECT_FLOAT_EQ(values[5], 0.156148657f);
}

TEST(Fill, MatchesTheExamples) {
  MIEN_GOLDEN_OR_SKIP(examples, "fill/examples.json");
  for (const auto& example : examples.at("examples")) {
    const auto values = fill(example);
    const auto first = example.at("values_first4").get<std::vector<double>>();
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_NEAR(values[i], first[i], 1e-8 + 1e-7 * std::abs(first[i])) << example.at("name");
    EXPECT_NEAR(values.back(), example.at("value_last").get<double>(), 1e-6);
  }
}

}  // namespace mien::testing
