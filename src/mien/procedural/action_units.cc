// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/action_units.h"

#include <algorithm>
#include <cmath>

namespace mien::procedural {

namespace {

struct Part {
  ActionUnit unit;
  double strength_01;      ///< at the emotion's full strength
  double probability = 1;  ///< of taking part in a natural variant
};

struct Variant {
  double share;  ///< of the emotion's faces
  std::vector<Part> parts;
};

/// The first variant of each emotion is its prototype.
const std::vector<Variant>& variants(int expression) {
  static const std::array<std::vector<Variant>, expression_count> table = {{
      {},
      {{0.65, {{cheek_raiser, 0.85}, {lip_corner_puller, 1.0}, {lips_part, 0.85}, {jaw_drop, 0.2, 0.3}}},
       {0.35, {{cheek_raiser, 0.7, 0.8}, {lip_corner_puller, 0.95}}}},
      {{0.85,
        {{inner_brow_raiser, 0.95}, {outer_brow_raiser, 0.95}, {upper_lid_raiser, 0.8}, {lips_part, 0.6}, {jaw_drop, 0.85}}},
       {0.15, {{inner_brow_raiser, 1.0}, {outer_brow_raiser, 1.0}, {upper_lid_raiser, 0.9}, {lips_part, 0.5}, {jaw_drop, 0.35}}}},
      {{0.6,
        {{inner_brow_raiser, 1.0},
         {brow_lowerer, 0.5},
         {lip_corner_depressor, 1.0},
         {chin_raiser, 0.6, 0.7},
         {blink, 0.25, 0.4}}},
       {0.4,
        {{inner_brow_raiser, 0.9},
         {brow_lowerer, 0.6},
         {lip_corner_depressor, 0.9},
         {cheek_raiser, 0.3, 0.4},
         {blink, 0.3, 0.5}}}},
      {{0.7,
        {{brow_lowerer, 1.0},
         {upper_lid_raiser, 0.45, 0.8},
         {lid_tightener, 0.8},
         {lip_tightener, 1.0},
         {chin_raiser, 0.4, 0.4}}},
       {0.3,
        {{brow_lowerer, 1.0},
         {upper_lid_raiser, 0.5, 0.7},
         {lid_tightener, 0.85},
         {upper_lip_raiser, 0.55},
         {lips_part, 0.85},
         {lip_tightener, 0.4},
         {jaw_drop, 0.25, 0.5}}}},
      {{0.45,
        {{nose_wrinkler, 1.0},
         {upper_lip_raiser, 0.8},
         {lip_corner_depressor, 0.6, 0.8},
         {chin_raiser, 0.7, 0.8},
         {brow_lowerer, 0.45, 0.8},
         {lid_tightener, 0.5, 0.7}}},
       {0.55,
        {{nose_wrinkler, 1.0},
         {upper_lip_raiser, 1.0},
         {lips_part, 0.65},
         {cheek_raiser, 0.5, 0.6},
         {brow_lowerer, 0.4, 0.7},
         {lid_tightener, 0.6, 0.7}}}},
      {{0.75,
        {{inner_brow_raiser, 0.95},
         {outer_brow_raiser, 0.55},
         {brow_lowerer, 0.6},
         {upper_lid_raiser, 1.0},
         {lip_stretcher, 1.0},
         {lips_part, 0.7},
         {jaw_drop, 0.4}}},
       {0.25,
        {{inner_brow_raiser, 0.9},
         {outer_brow_raiser, 0.5},
         {brow_lowerer, 0.7},
         {upper_lid_raiser, 0.95},
         {lip_stretcher, 0.9},
         {lips_part, 0.6}}}},
      {{1.0,
        {{lip_corner_puller, 0.6},
         {dimpler, 1.0},
         {lid_tightener, 0.25, 0.5},
         {chin_raiser, 0.25, 0.3},
         {outer_brow_raiser, 0.35, 0.3}}}},
  }};
  return table[static_cast<std::size_t>(expression)];
}

/// Contempt pulls one corner of the mouth and may raise that brow; its other units are two-sided.
bool one_sided(int expression, ActionUnit unit) {
  return expression == contempt && (unit == lip_corner_puller || unit == dimpler || unit == outer_brow_raiser);
}

void add(FacialAction& action, int expression, ActionUnit unit, double strength, int contempt_side) {
  for (int s = 0; s < 2; ++s) {
    const double share = one_sided(expression, unit) && s != contempt_side ? 0.04 : 1;
    auto& value = action.side[static_cast<std::size_t>(s)][unit];
    value = std::clamp(std::max(value, share * strength), 0.0, 1.0);
  }
}

const Variant& choose(int expression, Random& random) {
  double place = random.uniform();
  for (const auto& variant : variants(expression)) {
    if (place < variant.share) return variant;
    place -= variant.share;
  }
  return variants(expression).front();
}

/// What faces do beside feeling: talking, greeting, blinking. The same for every class.
void add_everyday_motion(FacialAction& action, Random& random) {
  const double talk = random.uniform(), flash = random.uniform(), frown = random.uniform(), lids = random.uniform();
  const double strength = random.uniform(), second = random.uniform();
  if (talk < 0.12) add(action, neutral, lips_part, 0.5 * strength, 0);
  if (talk < 0.06) add(action, neutral, jaw_drop, 0.3 * second, 0);
  if (talk > 0.98) add(action, neutral, lip_suck, 0.6 * strength, 0);
  if (flash < 0.12) {
    add(action, neutral, inner_brow_raiser, 0.3 * strength, 0);
    add(action, neutral, outer_brow_raiser, 0.3 * second, 0);
  }
  if (frown < 0.1) add(action, neutral, brow_lowerer, 0.25 * strength, 0);
  if (lids < 0.05) add(action, neutral, blink, 0.2 + 0.5 * strength, 0);
  if (lids > 0.985 && action.mean(upper_lid_raiser) < 0.2) add(action, neutral, blink, 1, 0);
}

}  // namespace

std::vector<float> FacialAction::intensities() const {
  std::vector<float> values;
  for (int u = 0; u < action_unit_count; ++u)
    values.push_back(
        static_cast<float>(5 * std::max(side[0][static_cast<std::size_t>(u)], side[1][static_cast<std::size_t>(u)])));
  return values;
}

FacialAction prototype(Expression expression, int contempt_side) {
  FacialAction action;
  if (variants(expression).empty()) return action;
  for (const auto& part : variants(expression).front().parts)
    if (part.probability >= 0.7) add(action, expression, part.unit, part.strength_01, contempt_side);
  return action;
}

FacialAction draw_action(const EmotionStrengths& strengths, Random& random) {
  FacialAction action;
  const int contempt_side = random.chance(0.5) ? 1 : 0;
  for (int e = 1; e < expression_count; ++e) {
    const double strength = strengths[static_cast<std::size_t>(e)];
    if (strength <= 0) continue;
    for (const auto& part : choose(e, random).parts) {
      const double varied = part.strength_01 * strength * random.uniform(0.8, 1.15);
      if (random.chance(part.probability)) add(action, e, part.unit, varied, contempt_side);
    }
  }
  add_everyday_motion(action, random);
  // Nobody is perfectly symmetric.
  for (int u = 0; u < action_unit_count; ++u) {
    const double more = random.uniform(0, 0.08);
    action.side[static_cast<std::size_t>(random.integer(2))][static_cast<std::size_t>(u)] *= 1 - more;
  }
  return action;
}

std::array<double, expression_count> prototype_similarity(const FacialAction& action) {
  std::array<double, expression_count> similarity{};
  for (int e = 1; e < expression_count; ++e) {
    double best = 0;
    for (int s = 0; s < 2; ++s) {
      const FacialAction typical = prototype(static_cast<Expression>(e), s);
      double dot = 0, a = 0, b = 0;
      for (std::size_t k = 0; k < 2; ++k)
        for (std::size_t u = 0; u < action_unit_count; ++u) {
          dot += action.side[k][u] * typical.side[k][u];
          a += action.side[k][u] * action.side[k][u];
          b += typical.side[k][u] * typical.side[k][u];
        }
      if (a > 0) best = std::max(best, dot / std::sqrt(a * b));
    }
    similarity[static_cast<std::size_t>(e)] = best;
  }
  return similarity;
}

}  // namespace mien::procedural
