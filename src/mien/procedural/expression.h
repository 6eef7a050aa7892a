// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "mien/procedural/action_units.h"

namespace mien::procedural {

/// How strongly a face shows each emotion: one expression class drawn uniformly from the eight, at a strength of at least
/// `intensity_min`; a share `mixture` of the faces adds a weaker second emotion; neutral faces may keep a trace of one.
EmotionStrengths draw_strengths(double intensity_min, double mixture, Random& random);

/// [8] what a crowd of observers would vote, in FER+ order, summing to 1. With t = the sum of the strengths, at most 1,
/// neutral receives (1 - t)^1.5 and the emotions share the rest by strength; a tenth of their part goes to look-alikes, by
/// the similarity of the action to the other prototypes (fear and surprise, contempt and happiness).
std::vector<float> emotion_distribution(const EmotionStrengths& strengths, const FacialAction& action);

/// Valence and arousal in [-1,1]: the mean of the emotions' coordinates under `distribution`. Coordinates are the mean
/// ratings of pleasure and arousal by Russell and Mehrabian (Evidence for a three-factor theory of emotions, Journal of
/// Research in Personality 11, 1977) for happy, surprised, sad, angry, disgusted and fearful; neutral is the origin, and
/// contempt, for which we use no published value, lies half way between disgust and neutral, a little less aroused.
std::pair<float, float> valence_arousal(const std::vector<float>& distribution);

}  // namespace mien::procedural
