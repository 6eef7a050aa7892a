// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/landmark_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mien/base/error.h"
#include "mien/base/random.h"

namespace mien {
namespace {

/// Outer eye corners 100 apart, level; everything else anywhere.
std::vector<cv::Point2f> level_face() {
  std::vector<cv::Point2f> points;
  for (int k = 0; k < 68; ++k) points.emplace_back(static_cast<float>(7 * k % 120), static_cast<float>(11 * k % 130));
  points[36] = {10, 50};
  points[45] = {110, 50};
  return points;
}

std::vector<cv::Point2f> shifted(std::vector<cv::Point2f> points, float x, float y) {
  for (auto& p : points) p += cv::Point2f(x, y);
  return points;
}

LandmarkAnswer answer(const std::string& id, const std::string& who, float x, float y) {
  return {id, who, level_face(), shifted(level_face(), x, y)};
}

TEST(LandmarkError, WholeFaceShifted) {
  const auto errors = landmark_errors({answer("a", "p", 3, 4)});
  EXPECT_NEAR(errors.mean, 0.05, 1e-7);  // 5 px of 100
  EXPECT_NEAR(errors.median, 0.05, 1e-7);
  EXPECT_NEAR(errors.offset.x, 0.03, 1e-7);
  EXPECT_NEAR(errors.offset.y, 0.04, 1e-7);
  EXPECT_NEAR(errors.area, 1 - 5.0 / 8, 1e-6);
  EXPECT_EQ(errors.failure_rate, 0);
  for (const auto& region : errors.regions) EXPECT_NEAR(region.mean, 0.05, 1e-7) << region.name;
  EXPECT_NEAR(landmark_errors({answer("a", "p", 3, 4)}, {.remove_offset = true}).mean, 0, 1e-7);
}

TEST(LandmarkError, OnePointMovesOneRegion) {
  LandmarkAnswer one = answer("a", "p", 0, 0);
  one.found[30] += cv::Point2f(0, 9);
  const auto errors = landmark_errors({one});
  EXPECT_NEAR(errors.mean, 0.09 / 68, 1e-8);
  ASSERT_EQ(errors.regions.size(), 5u);
  EXPECT_EQ(errors.regions[2].name, "nose");
  EXPECT_NEAR(errors.regions[2].mean, 0.09 / 9, 1e-8);
  EXPECT_EQ(errors.regions[0].mean, 0);
}

TEST(LandmarkError, OffsetIsMeasuredInTheFaceFrame) {
  // The same face turned by 90 degrees (x right -> down): "10 px towards the right eye" is 10 px down in the picture.
  LandmarkAnswer turned;
  turned.id = "turned";
  for (const auto& p : level_face()) turned.reference.emplace_back(-p.y, p.x);
  turned.found = shifted(turned.reference, 0, 10);
  const auto errors = landmark_errors({answer("level", "p", 10, 0), turned}, {.remove_offset = true});
  EXPECT_NEAR(errors.offset.x, 0.1, 1e-7);
  EXPECT_NEAR(errors.offset.y, 0, 1e-7);
  EXPECT_NEAR(errors.mean, 0, 1e-7);
}

TEST(LandmarkError, EachPointsOwnOffsetIsTakenOff) {
  // Point 8 always lies 20 px too low: a convention. In the second person's face it lies 30 px lower still: against what the
  // other one's face says, either is 30 px off.
  LandmarkAnswer a = answer("a", "p", 0, 0), b = answer("b", "q", 0, 0), lost = answer("c", "r", 0, 0);
  a.found[8].y += 20;
  b.found[8].y += 20;
  lost.found.clear();
  EXPECT_NEAR(landmark_errors({a, b, lost}, {.remove_point_offsets = true}).mean, 0, 1e-9);
  b.found[8].y += 30;
  const auto errors = landmark_errors({a, b, lost}, {.remove_point_offsets = true});
  EXPECT_NEAR(errors.mean, 0.30 / 68, 1e-8);
  EXPECT_NEAR(errors.offset.y, (0.2 + 0.5) / 2 / 68, 1e-7);
  EXPECT_GT(landmark_errors({a, b, lost}, {.remove_offset = true}).mean, 0.3 / 68);
}

TEST(LandmarkError, NobodysOwnFacesSayWhatIsTakenOffThem) {
  // Of one person two faces, 6 and 8 px to the right, of another one face, 1 px. The first person's are corrected by 1 (5 and 7
  // px are left), the second's by the mean of 6 and 8 (6 px the other way).
  const std::vector<LandmarkAnswer> answers{answer("a", "p", 6, 0), answer("b", "p", 8, 0), answer("c", "q", 1, 0)};
  for (const bool each : {false, true}) {
    const auto errors = landmark_errors(answers, {.remove_offset = !each, .remove_point_offsets = each});
    EXPECT_NEAR(errors.errors[0], 0.05, 1e-7);
    EXPECT_NEAR(errors.errors[1], 0.07, 1e-7);
    EXPECT_NEAR(errors.errors[2], 0.06, 1e-7);
  }
  // One person alone has nobody else: all faces say it.
  const auto alone = landmark_errors({answers[0], answers[1]}, {.remove_offset = true});
  EXPECT_NEAR(alone.mean, 0.01, 1e-7);
}

TEST(LandmarkError, UnknownPointsCountForNothing) {
  LandmarkAnswer one = answer("a", "p", 0, 0), other = answer("b", "q", 0, 0);
  for (LandmarkAnswer* face : {&one, &other})
    for (int k = 0; k < 68; ++k)
      if (k != 36 && k != 45 && k != 48) face->reference[k] = {NAN, NAN};
  one.found[48].x += 9;
  one.found[0].x += 500;  // has no reference
  other.found[48].x += 3;
  const auto errors = landmark_errors({one, other});
  EXPECT_NEAR(errors.errors[0], 0.09 / 3, 1e-7);
  EXPECT_NEAR(errors.mean, 0.06 / 3, 1e-7);
  EXPECT_TRUE(std::isnan(errors.regions[0].mean));  // no point of the jaw
  EXPECT_EQ(errors.regions[3].mean, 0);             // both corners of the eyes
  EXPECT_NEAR(errors.regions[4].mean, 0.06, 1e-7);  // one corner of the mouth
  EXPECT_NEAR(errors.offset.x, (0.09 + 0.03) / 6, 1e-7);
  EXPECT_NEAR(landmark_errors({one, other}, {.remove_point_offsets = true}).mean, 0.06 / 3, 1e-7);
  EXPECT_NEAR(landmark_difference({one, other}, {one, other}).mean, 0, 1e-9);
  one.reference[45] = {NAN, NAN};
  EXPECT_THROW(landmark_errors({one, other}), Error);
}

TEST(LandmarkError, MissingFacesAreFailures) {
  std::vector<LandmarkAnswer> answers{answer("a", "p", 2, 0), answer("b", "q", 6, 0), answer("c", "r", 10, 0),
                                      answer("d", "s", 0, 0)};
  answers[3].found.clear();
  const auto errors = landmark_errors(answers);
  EXPECT_EQ(errors.n, 4);
  EXPECT_EQ(errors.missing, 1);
  EXPECT_NEAR(errors.mean, (0.02 + 0.06 + 0.10) / 3, 1e-7);  // of those found
  EXPECT_NEAR(errors.median, 0.06, 1e-7);
  EXPECT_DOUBLE_EQ(errors.failure_rate, 0.5);
  EXPECT_NEAR(errors.area, (0.75 + 0.25 + 0 + 0) / 4, 1e-6);
  EXPECT_EQ(errors.errors[3], std::numeric_limits<double>::infinity());
  const auto curve = cumulative_errors(errors, 0.12, 3);  // 0, 4, 8, 12 %
  EXPECT_EQ(curve, (std::vector<double>{0, 0.25, 0.5, 0.75}));
}

TEST(LandmarkError, AreaEqualsTheIntegralOfTheCurve) {
  std::vector<LandmarkAnswer> answers;
  Random random(3);
  for (int i = 0; i < 40; ++i) answers.push_back(answer(std::to_string(i), "", static_cast<float>(random.uniform(0, 12)), 0));
  const auto errors = landmark_errors(answers);
  const auto curve = cumulative_errors(errors, 0.08, 20000);
  double sum = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) sum += (curve[i] + curve[i - 1]) / 2;
  EXPECT_NEAR(errors.area, sum / 20000, 1e-4);
}

TEST(LandmarkError, AllMissing) {
  LandmarkAnswer lost = answer("a", "p", 0, 0);
  lost.found.clear();
  const auto errors = landmark_errors({lost});
  EXPECT_TRUE(std::isnan(errors.mean));
  EXPECT_TRUE(std::isnan(errors.mean_interval.low));
  EXPECT_EQ(errors.failure_rate, 1);
  EXPECT_EQ(errors.area, 0);
}

TEST(LandmarkError, IntervalsResamplePeople) {
  // Two people with fifty pictures each: a resample has both, or one twice; its mean is 2, 4 or 6 %, the 95 % interval [2, 6].
  std::vector<LandmarkAnswer> answers;
  for (int i = 0; i < 50; ++i) {
    answers.push_back(answer("a" + std::to_string(i), "p", 2, 0));
    answers.push_back(answer("b" + std::to_string(i), "q", 6, 0));
  }
  const auto errors = landmark_errors(answers);
  EXPECT_NEAR(errors.mean_interval.low, 0.02, 1e-6);
  EXPECT_NEAR(errors.mean_interval.high, 0.06, 1e-6);
  // As a hundred people the standard error is 0.2 %: about [3.6, 4.4].
  for (auto& one : answers) one.identity.clear();
  const auto people = landmark_errors(answers);
  EXPECT_NEAR(people.mean_interval.low, 0.0361, 0.0006);
  EXPECT_NEAR(people.mean_interval.high, 0.0439, 0.0006);
}

TEST(LandmarkError, SameSeedSameInterval) {
  std::vector<LandmarkAnswer> answers;
  for (int i = 0; i < 9; ++i) answers.push_back(answer(std::to_string(i), "", static_cast<float>(i), 0));
  EXPECT_EQ(landmark_errors(answers, {.seed = 5}).mean_interval.low, landmark_errors(answers, {.seed = 5}).mean_interval.low);
}

TEST(LandmarkDifferenceTest, OnCommonFacesOnly) {
  const std::vector<LandmarkAnswer> a{answer("1", "p", 5, 0), answer("2", "q", 7, 0), answer("3", "r", 1, 0)};
  std::vector<LandmarkAnswer> b{answer("2", "q", 4, 0), answer("1", "p", 4, 0), answer("3", "r", 0, 0), answer("4", "s", 0, 0)};
  b[2].found.clear();
  const auto difference = landmark_difference(a, b);
  EXPECT_EQ(difference.n, 2);
  EXPECT_NEAR(difference.mean, ((0.04 - 0.07) + (0.04 - 0.05)) / 2, 1e-7);
  EXPECT_NEAR(difference.interval.low, -0.03, 1e-6);
  EXPECT_NEAR(difference.interval.high, -0.01, 1e-6);
  EXPECT_THROW(landmark_difference({a[2]}, {b[2]}), Error);
}

TEST(LandmarkError, RefusesBadInput) {
  const auto message = [](const std::vector<LandmarkAnswer>& answers, const LandmarkErrorOptions& options = {}) -> std::string {
    try {
      landmark_errors(answers, options);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message({}), "");
  LandmarkAnswer bad = answer("face 7", "p", 0, 0);
  bad.found.pop_back();
  EXPECT_NE(message({bad}).find("'face 7': expected 68 found points, found 67"), std::string::npos);
  bad = answer("face 8", "p", 0, 0);
  bad.reference[45] = bad.reference[36];
  EXPECT_NE(message({bad}).find("'face 8'"), std::string::npos);
  bad = answer("face 9", "p", 0, 0);
  bad.found[3].x = NAN;
  EXPECT_NE(message({bad}).find("not finite"), std::string::npos);
  EXPECT_NE(message({answer("a", "p", 0, 0)}, {.failure_limit = 0}), "");
  EXPECT_NE(message({answer("a", "p", 0, 0)}, {.resamples = 0}), "");
}

}  // namespace
}  // namespace mien
