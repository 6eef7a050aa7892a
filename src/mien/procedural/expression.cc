// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/expression.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mien::procedural {

namespace {

constexpr double kLookAlikes = 0.1;

int other_emotion(int than, Random& random) {
  const int candidate = 1 + static_cast<int>(random.integer(than == neutral ? 7 : 6));
  return than != neutral && candidate >= than ? candidate + 1 : candidate;
}

}  // namespace

EmotionStrengths draw_strengths(double intensity_min, double mixture, Random& random) {
  EmotionStrengths strengths{};
  const int shown = static_cast<int>(random.integer(expression_count));
  const int second = other_emotion(shown, random);
  const double strength = random.uniform(intensity_min, 1), share = random.uniform(0.15, 0.4), trace = random.uniform(0, 0.18);
  const bool blended = random.chance(mixture), traced = random.chance(0.4);
  const auto at = [&](int e) -> double& { return strengths[static_cast<std::size_t>(e)]; };
  if (shown == neutral) {
    if (traced) at(second) = trace;
  } else {
    at(shown) = strength * (blended ? 1 - 0.3 * share : 1);
    if (blended) at(second) = strength * share;
  }
  return strengths;
}

std::vector<float> emotion_distribution(const EmotionStrengths& strengths, const FacialAction& action) {
  const double sum = std::accumulate(strengths.begin(), strengths.end(), 0.0), shown = std::min(1.0, sum);
  const double rest = 1 - std::pow(1 - shown, 1.5);
  auto alike = prototype_similarity(action);
  double alike_sum = 0;
  for (double& a : alike) alike_sum += (a = a * a * a);
  const double to_alike = alike_sum > 0 ? kLookAlikes * rest : 0;
  std::vector<double> p(expression_count, 0.0);
  p[neutral] = 1 - rest;
  for (std::size_t e = 1; e < expression_count; ++e) {
    if (sum > 0) p[e] += (rest - to_alike) * strengths[e] / sum;
    if (alike_sum > 0) p[e] += to_alike * alike[e] / alike_sum;
  }
  return {p.begin(), p.end()};
}

std::pair<float, float> valence_arousal(const std::vector<float>& distribution) {
  static constexpr double coordinates[expression_count][2] = {{0, 0},        {0.81, 0.51},  {0.40, 0.67},  {-0.63, -0.27},
                                                              {-0.51, 0.59}, {-0.60, 0.35}, {-0.64, 0.60}, {-0.30, 0.15}};
  double valence = 0, arousal = 0;
  for (std::size_t e = 0; e < expression_count; ++e) {
    valence += distribution[e] * coordinates[e][0];
    arousal += distribution[e] * coordinates[e][1];
  }
  return {static_cast<float>(valence), static_cast<float>(arousal)};
}

}  // namespace mien::procedural
