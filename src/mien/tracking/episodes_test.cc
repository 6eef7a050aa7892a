// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/episodes.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"

namespace mien {
namespace {

/// Samples ten times a second of a label 1; label 0 is the rest.
std::vector<ExpressionSample> samples(const std::vector<float>& values, double step_s = 0.1) {
  std::vector<ExpressionSample> all;
  for (std::size_t i = 0; i < values.size(); ++i) all.push_back({step_s * static_cast<double>(i), {1 - values[i], values[i]}});
  return all;
}

TEST(Episodes, OnsetApexAndOffsetWithHysteresis) {
  //                              0    .1   .2   .3   .4   .5   .6   .7   .8
  const auto found = find_episodes(7, samples({0.1F, 0.4F, 0.5F, 0.7F, 0.9F, 0.9F, 0.4F, 0.3F, 0.1F}), 0);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].identity, 7);
  EXPECT_EQ(found[0].label, 1);
  EXPECT_DOUBLE_EQ(found[0].onset_s, 0.2);   // 0.4 is above `off` and does not start it
  EXPECT_DOUBLE_EQ(found[0].apex_s, 0.4);    // the first of two equal ones
  EXPECT_DOUBLE_EQ(found[0].offset_s, 0.6);  // 0.4 is below `on` and does not end it
  EXPECT_FLOAT_EQ(found[0].peak, 0.9F);
}

TEST(Episodes, ShortInterruptionsAreBridgedLongOnesAreNot) {
  EXPECT_EQ(find_episodes(0, samples({0.6F, 0.6F, 0.6F, 0.6F, 0.1F, 0.6F, 0.6F, 0.6F, 0.6F}), 0).size(), 1U);
  const auto two = find_episodes(0, samples({0.6F, 0.6F, 0.6F, 0.6F, 0.1F, 0.1F, 0.6F, 0.6F, 0.6F, 0.6F}), 0);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_DOUBLE_EQ(two[0].offset_s, 0.3);
  EXPECT_DOUBLE_EQ(two[1].onset_s, 0.6);
}

TEST(Episodes, AbsenceEndsAnEpisode) {
  auto all = samples({0.6F, 0.6F, 0.6F, 0.6F});
  for (const auto& later : samples({0.6F, 0.6F, 0.6F, 0.6F})) all.push_back({later.time_s + 2, later.probabilities});
  EXPECT_EQ(find_episodes(0, all, 0).size(), 2U);
}

TEST(Episodes, SparseSamplesAreNoInterruption) {
  const auto found = find_episodes(0, samples({0.6F, 0.6F, 0.6F}, 1), 0);  // one a second, max_gap_s 0.2
  ASSERT_EQ(found.size(), 1U);
  EXPECT_DOUBLE_EQ(found[0].offset_s, 2);
}

TEST(Episodes, ShortOnesAndTheSkippedLabelAreLeftOut) {
  EXPECT_TRUE(find_episodes(0, samples({0.1F, 0.9F, 0.9F, 0.9F, 0.1F}), 0).empty());  // 0.2 s
  EXPECT_EQ(find_episodes(0, samples({0.1F, 0.9F, 0.9F, 0.9F, 0.9F, 0.1F}), 0).size(), 1U);
  EXPECT_TRUE(find_episodes(0, samples({0, 0, 0, 0, 0, 0}), 0).empty());
  const auto all = find_episodes(0, samples({0, 0, 0, 0, 1, 1, 1, 1}), -1);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].label, 0);
  EXPECT_EQ(all[1].label, 1);
}

TEST(Episodes, UnknownProbabilitiesCountAsNotThere) {
  auto all = samples({0.9F, 0.9F, 0.9F, 0.9F, 0.9F});
  all[2].probabilities[1] = std::nanf("");
  EXPECT_EQ(find_episodes(0, all, 0).size(), 1U);
  for (auto& sample : all) sample.probabilities.clear();
  EXPECT_TRUE(find_episodes(0, all, 0).empty());
  EXPECT_TRUE(find_episodes(0, {}, 0).empty());
}

TEST(Episodes, SaysWhatIsWrong) {
  EXPECT_THROW(find_episodes(0, {}, 0, {.on = 0.3F, .off = 0.5F}), Error);
  EXPECT_THROW(find_episodes(0, {{1, {1}}, {0, {1}}}, -1), Error);
}

}  // namespace
}  // namespace mien
