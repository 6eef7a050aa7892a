// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "mien/base/random.h"

namespace mien::procedural {

/// Facial action units (Ekman and Friesen, Facial Action Coding System, 1978), in the order of action_unit_names().
enum ActionUnit {
  inner_brow_raiser,
  outer_brow_raiser,
  brow_lowerer,
  upper_lid_raiser,
  cheek_raiser,
  lid_tightener,  // 1 2 4 5 6 7
  nose_wrinkler,
  upper_lip_raiser,
  lip_corner_puller,
  dimpler,
  lip_corner_depressor,
  chin_raiser,  // 9 10 12 14 15 17
  lip_stretcher,
  lip_tightener,
  lips_part,
  jaw_drop,
  lip_suck,
  blink,  // 20 23 25 26 28 45
  action_unit_count
};

/// The eight FER+ classes.
enum Expression { neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, expression_count };

/// Strength 0..1 of every action unit on the two sides of the picture (0 = left).
struct FacialAction {
  std::array<std::array<double, action_unit_count>, 2> side{};

  double operator()(ActionUnit unit, int s) const { return side[static_cast<std::size_t>(s)][unit]; }
  double mean(ActionUnit unit) const { return 0.5 * (side[0][unit] + side[1][unit]); }
  void set(ActionUnit unit, double strength_01) { side[0][unit] = side[1][unit] = strength_01; }
  /// [18] on the FACS scale 0..5: the stronger side of each unit.
  std::vector<float> intensities() const;
};

/// Strength 0..1 of the seven emotions; `neutral` stays 0.
using EmotionStrengths = std::array<double, expression_count>;

/// The full, unvaried prototype of an expression, e.g. happiness = 6 + 12 + 25; contempt acts on `contempt_side` alone.
///
/// The units are those of Ekman and Friesen's emotion tables (Investigator's Guide to FACS, 1978; EMFACS, 1983: happiness
/// 6+12, surprise 1+2+5+26, sadness 1+4+15(+17), anger 4+5+7+23, disgust 9(+10)+15/17, fear 1+2+4+5+20+26, contempt
/// unilateral 12+14), with lips that part as observed by Du, Tao and Martinez (Compound facial expressions of emotion, PNAS
/// 2014, table 1). Their 16 and 24 are not among the 18 units; 17 and 23 stand in for them. How strongly each unit takes
/// part is this generator's choice.
FacialAction prototype(Expression expression, int contempt_side = 1);

/// A natural variant: one of the prototype's published alternatives, optional units left out, every unit varied, the
/// strongest emotion winning where two move the same unit; speech-like mouth opening, brow flashes and blinks added.
FacialAction draw_action(const EmotionStrengths& strengths, Random& random);

/// Cosine similarity 0..1 of an action with the prototype of each emotion (entry `neutral` is 0).
std::array<double, expression_count> prototype_similarity(const FacialAction& action);

}  // namespace mien::procedural
