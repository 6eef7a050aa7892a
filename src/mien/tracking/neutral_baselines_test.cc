// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/neutral_baselines.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/tracking/moving_scene.h"

namespace mien {
namespace {

const Points& neutral_face() {
  static const Points points = card_of(4, 0).points();
  return points;
}
const Points& happy_face() {
  static const Points points = card_of(4, 1).points();
  return points;
}
void expect_equal(const NeutralBaseline* found, const Points& face) {
  ASSERT_NE(found, nullptr);
  const FaceMeasures a = found->measures(), b = measure_face(face);
  for (std::size_t i = 0; i < a.values.size(); ++i) EXPECT_NEAR(a.values[i], b.values[i], 1e-6) << i;
}

TEST(NeutralBaselines, TakesTheNeutralFramesOfEachPerson) {
  NeutralBaselines baselines;
  const Points other = card_of(9, 0).points();
  for (int t = 0; t < 40; ++t) {
    const bool smiles = t % 4 == 3;
    baselines.add(0, 0.1 * t, smiles ? happy_face() : neutral_face(), smiles ? 0.1 : 0.9);
    baselines.add(1, 0.1 * t, other, 0.8);
  }
  expect_equal(baselines.find(0), neutral_face());
  expect_equal(baselines.find(1), other);
  EXPECT_EQ(baselines.find(2), nullptr);
}

TEST(NeutralBaselines, NeedsAFewFramesThatLieApart) {
  NeutralBaselines baselines;
  for (int t = 0; t < 20; ++t) {
    baselines.add(0, 0.04 * t, neutral_face(), 0.9);
    EXPECT_EQ(baselines.find(0) != nullptr, 0.04 * t >= 0.4) << t;  // three frames, 0.2 s apart
  }
}

TEST(NeutralBaselines, WithoutProbabilitiesTheFirstSecondsCount) {
  NeutralBaselines baselines;
  for (int t = 0; t < 100; ++t) baselines.add(0, 5 + 0.1 * t, t <= 20 ? neutral_face() : happy_face());
  expect_equal(baselines.find(0), neutral_face());
  // A known probability is better than that guess.
  for (int t = 0; t < 10; ++t) baselines.add(0, 20 + 0.3 * t, happy_face(), 0.9);
  expect_equal(baselines.find(0), happy_face());
}

TEST(NeutralBaselines, KeepsTheMostNeutralFrames) {
  NeutralBaselines baselines({.max_faces = 5});
  for (int t = 0; t < 50; ++t)
    baselines.add(0, t, t >= 10 && t < 15 ? neutral_face() : happy_face(), t >= 10 && t < 15 ? 0.95 : 0.7);
  expect_equal(baselines.find(0), neutral_face());
  EXPECT_LT(baselines.save().size(), 20'000U);
}

TEST(NeutralBaselines, GoesOnFromAStoredState) {
  NeutralBaselines a, b;
  for (int t = 0; t < 10; ++t) a.add(t % 2, 0.3 * t, t % 3 == 0 ? happy_face() : neutral_face(), 0.6 + 0.01 * t);
  b.restore(a.save());
  for (int t = 10; t < 20; ++t)
    for (auto* each : {&a, &b}) each->add(t % 2, 0.3 * t, neutral_face(), 0.6 + 0.02 * (t % 5));
  EXPECT_EQ(a.find(0)->measures().values, b.find(0)->measures().values);
  EXPECT_EQ(a.save(), b.save());
  for (const char* damaged :
       {"", "{}x", R"([{"identity":0}])",
        R"([{"identity":0,"first_s":0,"last_s":0,"judged":true,"faces":[{"time_s":0,"probability":1,"points":[1,2]}]}])"}) {
    EXPECT_THROW(b.restore(damaged), Error) << damaged;
  }
  EXPECT_EQ(a.save(), b.save());
}

TEST(NeutralBaselines, SaysWhatIsWrong) {
  NeutralBaselines baselines;
  EXPECT_THROW(baselines.add(0, 0, Points(5)), Error);
  EXPECT_THROW(NeutralBaselines({.min_faces = 4, .max_faces = 3}), Error);
}

}  // namespace
}  // namespace mien
