// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/verification.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "mien/base/error.h"

namespace mien {
namespace {

TEST(Verification, ByHand) {
  // 16 comparisons: 0.9 and 0.8 win 4 each, 0.5 wins 2 and ties one, 0.2 wins 1: 11.5 / 16.
  const std::vector<double> same{0.9, 0.8, 0.5, 0.2}, different{0.6, 0.5, 0.3, 0.1};
  const auto scores = verification_scores(same, different);
  EXPECT_DOUBLE_EQ(scores.area, 11.5 / 16);
  // At 0.8: 2 of 4 kept, none let in: 0.75. At 0.5: 3 of 4 kept, 2 of 4 let in: 0.625.
  EXPECT_DOUBLE_EQ(scores.accuracy, 0.75);
  EXPECT_DOUBLE_EQ(scores.best_threshold, 0.8);
  // At 0.6: 1 of 4 let in, 2 of 4 refused; at 0.5: 2 of 4 and 1 of 4. The first of the two closest.
  EXPECT_DOUBLE_EQ(scores.equal_error, 0.375);
  EXPECT_DOUBLE_EQ(scores.equal_error_threshold, 0.5);
  EXPECT_DOUBLE_EQ(accepted(same, 0.5), 0.75);
}

TEST(Verification, FalseAccepts) {
  std::vector<double> different;
  for (int i = 0; i < 1000; ++i) different.push_back(i / 1000.0);
  EXPECT_DOUBLE_EQ(accepted(different, threshold_at_false_accepts(different, 0.01)), 0.01);
  EXPECT_DOUBLE_EQ(accepted(different, threshold_at_false_accepts(different, 0.001)), 0.001);
  EXPECT_DOUBLE_EQ(accepted(different, threshold_at_false_accepts(different, 0)), 0);
  EXPECT_DOUBLE_EQ(accepted(different, threshold_at_false_accepts(different, 1)), 1);
  EXPECT_DOUBLE_EQ(accepted({1, 1, 1}, threshold_at_false_accepts({1, 1, 1}, 0.5)), 0);
}

TEST(Verification, PairsAreWhatTheySay) {
  std::vector<std::string> identities;
  for (int i = 0; i < 200; ++i) identities.push_back("person" + std::to_string(i % 60 < 30 ? i % 30 : i));
  const auto pairs = draw_verification_pairs(identities, {}, 70, 500, 7);
  EXPECT_EQ(pairs.same.size(), 70U);
  EXPECT_EQ(pairs.different.size(), 500U);
  std::set<std::pair<std::size_t, std::size_t>> seen;
  for (const auto& pair : pairs.same) {
    EXPECT_EQ(identities[pair.first], identities[pair.second]);
    EXPECT_NE(pair.first, pair.second);
    EXPECT_TRUE(seen.insert(pair).second);
  }
  for (const auto& [a, b] : pairs.different) EXPECT_NE(identities[a], identities[b]);
  EXPECT_EQ(draw_verification_pairs(identities, {}, 70, 500, 7).different, pairs.different);
  EXPECT_NE(draw_verification_pairs(identities, {}, 70, 500, 8).different, pairs.different);
}

TEST(Verification, PairsOfOneSession) {
  std::vector<std::string> identities, sessions;
  for (int i = 0; i < 120; ++i) identities.push_back(std::to_string(i % 10)), sessions.push_back(std::to_string(i / 40));
  const auto pairs = draw_verification_pairs(identities, sessions, 50, 100, 1);
  for (const auto& [a, b] : pairs.same) EXPECT_EQ(identities[a] + " " + sessions[a], identities[b] + " " + sessions[b]);
  for (const auto& [a, b] : pairs.different) EXPECT_NE(identities[a], identities[b]);
  EXPECT_THROW(draw_verification_pairs(identities, {"one"}, 50, 100, 1), Error);
}

TEST(Verification, SaysWhatIsWrong) {
  EXPECT_THROW(verification_scores({}, {1}), Error);
  EXPECT_THROW(verification_scores({NAN}, {1}), Error);
  EXPECT_THROW(draw_verification_pairs({"a", "b", "c"}, {}, 1, 1, 1), Error);
  EXPECT_THROW(draw_verification_pairs({"a", "a"}, {}, 0, 1, 1), Error);
}

}  // namespace
}  // namespace mien
