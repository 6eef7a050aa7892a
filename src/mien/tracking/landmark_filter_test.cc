// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/landmark_filter.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/image/geometry.h"
#include "mien/tracking/follow_check.h"
#include "mien/tracking/moving_scene.h"

namespace mien {
namespace {

TEST(LandmarkFilter, MotionOfTheHeadPassesWithoutDelay) {
  const Points face = card_of(1).points();
  LandmarkFilter filter;
  for (int t = 0; t < 20; ++t) {
    const double angle = 0.03 * t, scale = 1 + 0.02 * t;
    const Affine motion{scale * std::cos(angle), -scale * std::sin(angle), 7.0 * t,
                        scale * std::sin(angle), scale * std::cos(angle),  3.0 * t};
    const Points now = apply_affine(motion, face);
    EXPECT_LT(mean_distance(now, filter.add(now)), 1e-5) << t;
  }
}

TEST(LandmarkFilter, OneStepOfTheOneEuroFilterByHand) {
  // One point of 68 moves, so the similarity of all hardly does, and the numbers are those of the filter for a lone point.
  Points face = card_of(1).points();
  const double size = inter_ocular_distance(face);
  LandmarkFilterOptions options{.frame_s = 0.04, .still_cutoff_hz = 2, .speed_gain = 12, .speed_cutoff_hz = 2};
  LandmarkFilter filter(options);
  filter.add(face);
  Points next = face;
  next[62].y += static_cast<float>(0.05 * size);
  const Points calm = filter.add(next);
  // speed = 0.05 / 0.04 = 1.25 inter-ocular distances a second; weight(2 Hz) = 1 / (1 + 1 / (2 pi 2 0.04)) = 0.33451; smoothed
  // 0.41814; cutoff = 2 + 12 * 0.41814 = 7.0177 Hz; weight = 1 / (1 + 1 / (2 pi 7.0177 0.04)) = 0.63817.
  EXPECT_NEAR((calm[62].y - face[62].y) / (next[62].y - face[62].y), 0.63817, 0.02);
}

TEST(LandmarkFilter, CalmsNoiseAndReachesANewExpression) {
  const Points calm_face = card_of(4, 0).points(), happy = card_of(4, 1).points();
  Random random(1);
  const auto noisy = [&](Points points) {
    for (auto& p : points) p += cv::Point2f(static_cast<float>(0.2 * random.normal()), static_cast<float>(0.2 * random.normal()));
    return points;
  };
  LandmarkFilter filter;
  double raw = 0, calmed = 0;
  for (int t = 0; t < 100; ++t) {
    const Points now = noisy(calm_face), out = filter.add(now);
    if (t < 20) continue;
    raw += mean_distance(calm_face, now);
    calmed += mean_distance(calm_face, out);
  }
  EXPECT_LT(calmed, 0.75 * raw);
  Points out;
  for (int t = 0; t < 10; ++t) out = filter.add(happy);  // 0.4 s
  EXPECT_LT(mean_distance(happy, out), 0.1 * mean_distance(happy, calm_face));
}

}  // namespace
}  // namespace mien
