// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/random.h"
#include "mien/metrics/classification.h"

namespace mien {
namespace {

/// n images of `classes` classes; a share `skill` of them gets a raised logit at the label.
Predictions simulated(int n, int classes, double skill, std::uint64_t seed) {
  Random random(seed);
  Predictions predictions;
  predictions.classes = classes;
  for (int i = 0; i < n; ++i) {
    predictions.ids.push_back(fmt::format("image{}", i));
    predictions.labels.push_back(i % classes);
    for (int c = 0; c < classes; ++c) predictions.logits.push_back(static_cast<float>(random.normal()));
    if (random.chance(skill)) predictions.logits[i * classes + i % classes] += 20;
  }
  return predictions;
}

TEST(Bootstrap, AgreesWithTheNormalApproximation) {
  const auto predictions = simulated(2000, 4, 0.6, 1);
  const double accuracy = classification_metrics(predictions).accuracy;
  const auto intervals = bootstrap_intervals(predictions, 2000, 5);
  const double half = 1.96 * std::sqrt(accuracy * (1 - accuracy) / 2000);
  EXPECT_NEAR(intervals.accuracy.low, accuracy - half, 0.15 * half);
  EXPECT_NEAR(intervals.accuracy.high, accuracy + half, 0.15 * half);
  EXPECT_LT(intervals.macro_f1.low, classification_metrics(predictions).macro_f1);
  EXPECT_GT(intervals.macro_f1.high, classification_metrics(predictions).macro_f1);
  EXPECT_LT(intervals.balanced_accuracy.low, intervals.balanced_accuracy.high);
  EXPECT_LT(intervals.ece.low, intervals.ece.high);
}

TEST(Bootstrap, SameSeedSameInterval) {
  const auto predictions = simulated(300, 5, 0.5, 2);
  const auto a = bootstrap_intervals(predictions, 200, 9), b = bootstrap_intervals(predictions, 200, 9),
             c = bootstrap_intervals(predictions, 200, 10);
  EXPECT_EQ(a.ece.low, b.ece.low);
  EXPECT_EQ(a.accuracy.high, b.accuracy.high);
  EXPECT_NE(a.ece.low, c.ece.low);
}

TEST(Bootstrap, PerfectPredictionsHaveNoWidth) {
  const auto intervals = bootstrap_intervals(simulated(50, 3, 1, 3), 100, 1);
  EXPECT_EQ(intervals.accuracy.low, 1);
  EXPECT_EQ(intervals.macro_f1.low, 1);
}

TEST(Bootstrap, RefusesNoResamplesAndNoImages) {
  EXPECT_THROW(bootstrap_intervals(simulated(10, 2, 1, 1), 0, 1), Error);
  EXPECT_THROW(bootstrap_intervals({}, 10, 1), Error);
}

TEST(PairedDifference, IsMatchedByIdWhateverTheOrder) {
  const auto a = simulated(1000, 4, 0.4, 4);
  auto b = a;
  // b corrects image 7 and spoils none, then its rows are reversed.
  for (int i : {7, 11, 13}) b.logits[i * 4 + b.labels[i]] = 99;
  const auto before = classification_metrics(a).accuracy, after = classification_metrics(b).accuracy;
  Predictions reversed;
  reversed.classes = 4;
  for (int i = 999; i >= 0; --i) {
    reversed.ids.push_back(b.ids[i]);
    reversed.labels.push_back(b.labels[i]);
    for (int c = 0; c < 4; ++c) reversed.logits.push_back(b.logits[i * 4 + c]);
  }
  const auto difference = paired_difference(a, reversed, 500, 1);
  EXPECT_EQ(difference.n, 1000);
  EXPECT_NEAR(difference.accuracy, after - before, 1e-12);
  EXPECT_GE(difference.interval.low, 0);
  EXPECT_LT(difference.interval.high, 0.01);  // pairing: far narrower than two independent intervals
  const auto none = paired_difference(a, a, 100, 1);
  EXPECT_EQ(none.interval.low, 0);
  EXPECT_EQ(none.interval.high, 0);
}

TEST(PairedDifference, UsesTheCommonImages) {
  Predictions a{2, {"x", "y"}, {1, 0, 1, 0}, {0, 1}, 1};                // right, wrong
  Predictions b{2, {"y", "z", "x"}, {0, 1, 0, 1, 0, 1}, {1, 1, 0}, 1};  // y right, z right, x wrong
  const auto difference = paired_difference(a, b, 50, 1);
  EXPECT_EQ(difference.n, 2);
  EXPECT_NEAR(difference.accuracy, 0, 1e-12);
}

TEST(PairedDifference, GroupsAverageTheirSeeds) {
  Predictions right{2, {"x", "y"}, {1, 0, 0, 1}, {0, 1}, 1}, half{2, {"x", "y"}, {1, 0, 1, 0}, {0, 1}, 1};
  const auto difference = paired_difference({&half, &half}, {&right, &half}, 50, 1);
  EXPECT_NEAR(difference.accuracy, 0.25, 1e-12);  // means 1/2 and 3/4
}

TEST(PairedDifference, RefusesWhatCannotBeCompared) {
  const Predictions a{2, {"x"}, {1, 0}, {0}, 1}, other{2, {"y"}, {1, 0}, {0}, 1}, relabelled{2, {"x"}, {1, 0}, {1}, 1},
      three{3, {"x"}, {1, 0, 0}, {0}, 1}, twice{2, {"x", "x"}, {1, 0, 1, 0}, {0, 0}, 1}, nameless{2, {}, {1, 0}, {0}, 1};
  EXPECT_THROW(paired_difference(a, other, 10, 1), Error);
  EXPECT_THROW(paired_difference(a, relabelled, 10, 1), Error);
  EXPECT_THROW(paired_difference(a, three, 10, 1), Error);
  EXPECT_THROW(paired_difference(a, twice, 10, 1), Error);
  EXPECT_THROW(paired_difference(a, nameless, 10, 1), Error);
  EXPECT_THROW(paired_difference({}, {&a}, 10, 1), Error);
  EXPECT_NO_THROW(paired_difference(nameless, nameless, 10, 1));
}

}  // namespace
}  // namespace mien
