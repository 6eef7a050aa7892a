// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/expression.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

namespace mien::procedural {
namespace {

// Numbers of FACS in the order of the units.
constexpr int kFacs[action_unit_count] = {1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 28, 45};

std::set<int> units_of(const FacialAction& action) {
  std::set<int> units;
  const auto values = action.intensities();
  for (std::size_t u = 0; u < values.size(); ++u)
    if (values[u] > 1) units.insert(kFacs[u]);
  return units;
}

EmotionStrengths showing(int expression, double strength) {
  EmotionStrengths strengths{};
  strengths[static_cast<std::size_t>(expression)] = strength;
  return strengths;
}

TEST(ActionUnits, prototypes_are_the_published_ones) {
  EXPECT_EQ(units_of(prototype(neutral)), (std::set<int>{}));
  EXPECT_EQ(units_of(prototype(happiness)), (std::set<int>{6, 12, 25}));
  EXPECT_EQ(units_of(prototype(surprise)), (std::set<int>{1, 2, 5, 25, 26}));
  EXPECT_EQ(units_of(prototype(sadness)), (std::set<int>{1, 4, 15, 17}));
  EXPECT_EQ(units_of(prototype(anger)), (std::set<int>{4, 5, 7, 23}));
  EXPECT_EQ(units_of(prototype(disgust)), (std::set<int>{4, 7, 9, 10, 15, 17}));
  EXPECT_EQ(units_of(prototype(fear)), (std::set<int>{1, 2, 4, 5, 20, 25, 26}));
  EXPECT_EQ(units_of(prototype(contempt)), (std::set<int>{12, 14}));
}

TEST(ActionUnits, contempt_is_one_sided_and_the_others_are_not) {
  for (int side = 0; side < 2; ++side) {
    const FacialAction action = prototype(contempt, side);
    EXPECT_GT(action(dimpler, side), 0.9);
    EXPECT_LT(action(dimpler, 1 - side), 0.1);
    EXPECT_LT(action(lip_corner_puller, 1 - side), 0.1);
  }
  for (int e = 1; e < contempt; ++e) {
    const FacialAction action = prototype(static_cast<Expression>(e));
    EXPECT_EQ(action.side[0], action.side[1]) << e;
  }
}

TEST(ActionUnits, natural_variants_stay_in_range_and_show_their_emotion) {
  static constexpr ActionUnit sign[expression_count] = {
      action_unit_count, lip_corner_puller, inner_brow_raiser, lip_corner_depressor,
      brow_lowerer,      nose_wrinkler,     lip_stretcher,     dimpler};
  for (int e = 1; e < expression_count; ++e)
    for (std::uint64_t i = 0; i < 200; ++i) {
      Random random(3, static_cast<std::uint64_t>(e), i);
      const auto values = draw_action(showing(e, 0.8), random).intensities();
      ASSERT_EQ(values.size(), 18u);
      for (const float v : values) {
        EXPECT_GE(v, 0);
        EXPECT_LE(v, 5);
      }
      EXPECT_GT(values[sign[e]], 2.0) << e;
    }
}

TEST(Distribution, sums_to_one_and_neutral_grows_as_the_expression_fades) {
  for (int e = 1; e < expression_count; ++e) {
    double last_neutral = -1;
    for (const double strength : {1.0, 0.8, 0.6, 0.4, 0.2, 0.0}) {
      FacialAction action = prototype(static_cast<Expression>(e));
      for (auto& side : action.side)
        for (double& value : side) value *= strength;
      const auto p = emotion_distribution(showing(e, strength), action);
      EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-6);
      EXPECT_GT(p[0], last_neutral);
      last_neutral = p[0];
      const auto label = std::max_element(p.begin(), p.end()) - p.begin();
      if (strength >= 0.55) {
        EXPECT_EQ(label, e);
      } else if (strength <= 0.2) {
        EXPECT_EQ(label, neutral);
      }
    }
    EXPECT_FLOAT_EQ(static_cast<float>(last_neutral), 1);
  }
}

TEST(Distribution, blends_share_by_strength_and_look_alikes_get_a_little) {
  EmotionStrengths both{};
  both[happiness] = 0.6;
  both[surprise] = 0.3;
  FacialAction action = prototype(happiness);
  const auto p = emotion_distribution(both, action);
  EXPECT_GT(p[happiness], p[surprise]);
  EXPECT_GT(p[surprise], 0.2);
  const auto fearful = emotion_distribution(showing(fear, 1), prototype(fear));
  EXPECT_GT(fearful[surprise], fearful[happiness]);
  EXPECT_GT(fearful[surprise], 0.01);
}

TEST(Distribution, similarity_of_a_prototype_with_itself_is_one) {
  for (int e = 1; e < expression_count; ++e) {
    const auto similarity = prototype_similarity(prototype(static_cast<Expression>(e), 0));
    EXPECT_NEAR(similarity[static_cast<std::size_t>(e)], 1, 1e-12);
    for (std::size_t other = 1; other < expression_count; ++other)
      EXPECT_LT(similarity[other], other == static_cast<std::size_t>(e) ? 1.001 : 0.93) << e << " " << other;
  }
}

TEST(ValenceArousal, has_the_quadrants_of_the_circumplex) {
  const auto of = [](int e) {
    std::vector<float> p(expression_count, 0.0f);
    p[static_cast<std::size_t>(e)] = 1;
    return valence_arousal(p);
  };
  EXPECT_EQ(of(neutral), (std::pair<float, float>(0, 0)));
  EXPECT_FLOAT_EQ(of(happiness).first, 0.81f);
  EXPECT_GT(of(surprise).second, 0.5);
  EXPECT_LT(of(sadness).first, 0);
  EXPECT_LT(of(sadness).second, 0);
  for (const int e : {anger, disgust, fear}) {
    EXPECT_LT(of(e).first, 0);
    EXPECT_GT(of(e).second, 0);
  }
}

TEST(Strengths, classes_occur_equally_and_the_options_hold) {
  std::array<int, expression_count> counts{};
  int blends = 0, emotional = 0;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    Random random(8, i);
    const EmotionStrengths strengths = draw_strengths(0.5, 0.3, random);
    const auto strongest = std::max_element(strengths.begin(), strengths.end());
    const bool is_neutral = *strongest < 0.2;
    ++counts[is_neutral ? 0 : static_cast<std::size_t>(strongest - strengths.begin())];
    if (is_neutral) continue;
    ++emotional;
    blends += std::count_if(strengths.begin(), strengths.end(), [](double s) { return s > 0; }) == 2;
    EXPECT_GE(*strongest, 0.5 * 0.88);
    EXPECT_EQ(strengths[neutral], 0);
  }
  for (const int count : counts) EXPECT_NEAR(count, 500, 90);
  EXPECT_NEAR(static_cast<double>(blends) / emotional, 0.3, 0.04);
}

}  // namespace
}  // namespace mien::procedural
