// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/action_unit_estimates.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>

#include "mien/face_geometry/faces_for_tests.h"

namespace mien {
namespace {

using testing::error_of;
using testing::studio_face;

const std::vector<int> kNumbers{1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 28, 45};
const std::vector<int> kEstimated{1, 2, 4, 5, 7, 12, 15, 20, 23, 25, 26, 45};

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) ma += a[i], mb += b[i];
  ma /= static_cast<double>(a.size()), mb /= static_cast<double>(b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - ma) * (b[i] - mb), aa += (a[i] - ma) * (a[i] - ma), bb += (b[i] - mb) * (b[i] - mb);
  }
  return ab / std::sqrt(aa * bb);
}

/// Faces of everyday pose with all mixtures of action units, and the same people at rest in another pose.
struct Faces {
  std::vector<ProceduralFace> faces, at_rest;
};

const Faces& faces() {
  static const Faces all = [] {
    Faces f;
    ProceduralOptions options;
    options.size_px = 32;
    options.noise = 0;
    for (int i = 0; i < 600; ++i) {
      procedural::Scene scene = procedural::draw_scene(41, i, options);
      f.faces.push_back(procedural::render(scene, 32));
      scene.pose = procedural::draw_scene(42, i, options).pose;
      scene.action = {};
      f.at_rest.push_back(procedural::render(scene, 32));
    }
    return f;
  }();
  return all;
}

std::map<int, double> correlations(bool with_baseline) {
  std::map<int, std::vector<double>> truth, estimate;
  for (std::size_t i = 0; i < faces().faces.size(); ++i) {
    const auto& face = faces().faces[i];
    NeutralBaseline rest;
    rest.add(faces().at_rest[i].landmarks);
    const auto units = with_baseline ? estimate_action_units(face.landmarks, rest) : estimate_action_units(face.landmarks);
    for (std::size_t k = 0; k < 18; ++k) {
      truth[kNumbers[k]].push_back(static_cast<double>(face.action_units[k]));
      estimate[kNumbers[k]].push_back(static_cast<double>(units[k]));
    }
  }
  std::map<int, double> result;
  for (const int unit : kEstimated) result[unit] = correlation(truth[unit], estimate[unit]);
  return result;
}

TEST(ActionUnitEstimates, FollowTheTruthOnDrawnFaces) {
  const std::map<int, double> at_least{{1, 0.9},  {2, 0.9},  {4, 0.9},   {5, 0.8},  {7, 0.65},  {12, 0.85},
                                       {15, 0.9}, {20, 0.5}, {23, 0.75}, {25, 0.7}, {26, 0.85}, {45, 0.85}};
  const auto with = correlations(true), without = correlations(false);
  for (const int unit : kEstimated) {
    EXPECT_GT(with.at(unit), at_least.at(unit)) << "AU" << unit;
    EXPECT_GT(without.at(unit), 0.25) << "AU" << unit;
    RecordProperty("AU" + std::to_string(unit), std::to_string(with.at(unit)) + " " + std::to_string(without.at(unit)));
  }
}

TEST(ActionUnitEstimates, AreZeroAtRestAndNanWhereGeometrySaysNothing) {
  const auto face = studio_face(7, {}, 128, true);
  NeutralBaseline rest;
  rest.add(face.landmarks);
  const auto units = estimate_action_units(face.landmarks, rest);
  ASSERT_EQ(units.size(), 18u);
  for (std::size_t k = 0; k < 18; ++k) {
    const bool estimated = std::find(kEstimated.begin(), kEstimated.end(), kNumbers[k]) != kEstimated.end();
    if (estimated)
      EXPECT_EQ(units[k], 0) << "AU" << kNumbers[k];
    else
      EXPECT_TRUE(std::isnan(units[k])) << "AU" << kNumbers[k];
  }
}

TEST(ActionUnitEstimates, ASmileIsAU12AndSurpriseIsBrowsAndJaw) {
  const auto at = [](const std::vector<float>& units, int number) {
    return units[static_cast<std::size_t>(std::find(kNumbers.begin(), kNumbers.end(), number) - kNumbers.begin())];
  };
  for (int person = 0; person < 5; ++person) {
    NeutralBaseline rest;
    rest.add(draw_expression(9, person, procedural::neutral).landmarks);
    const auto smile = estimate_action_units(draw_expression(9, person, procedural::happiness).landmarks, rest);
    EXPECT_GT(at(smile, 12), 2) << person;
    EXPECT_LT(at(smile, 15), 0.5) << person;
    const auto surprise = estimate_action_units(draw_expression(9, person, procedural::surprise).landmarks, rest);
    EXPECT_GT(at(surprise, 1), 2) << person;
    EXPECT_GT(at(surprise, 2), 2) << person;
    EXPECT_GT(at(surprise, 26), 2) << person;
    EXPECT_LT(at(surprise, 12), 0.5) << person;
    const auto anger = estimate_action_units(draw_expression(9, person, procedural::anger).landmarks, rest);
    EXPECT_GT(at(anger, 4), 2) << person;
  }
}

TEST(NeutralBaseline, MedianForgivesAGrimace) {
  const auto calm = studio_face(3, {}, 128, true);
  const auto grimace = draw_expression(5, 3, procedural::surprise);
  NeutralBaseline rest;
  EXPECT_FALSE(rest.ready());
  EXPECT_EQ(error_of([&] { rest.measures(); }).first, ErrorCode::usage);
  rest.add(grimace.landmarks);
  for (int i = 0; i < 3; ++i) rest.add(calm.landmarks);
  rest.add(Points(68, {1, 1}));  // no head: left out
  EXPECT_TRUE(rest.ready());
  const FaceMeasures expected = measure_face(calm.landmarks), got = rest.measures();
  for (std::size_t i = 0; i < expected.values.size(); ++i) EXPECT_DOUBLE_EQ(got.values[i], expected.values[i]);
}

TEST(MeasureFace, DoesNotDependOnSizePlaceAndRoll) {
  const auto face = studio_face(6, {15, 5, 0}, 128);
  Points moved;
  for (const auto& p : face.landmarks)
    moved.emplace_back(300 + 2 * (0.8f * p.x - 0.6f * p.y), 50 + 2 * (0.6f * p.x + 0.8f * p.y));
  const FaceMeasures a = measure_face(face.landmarks), b = measure_face(moved);
  for (std::size_t i = 0; i < a.values.size(); ++i) EXPECT_NEAR(a.values[i], b.values[i], 1e-3) << i;
}

}  // namespace
}  // namespace mien
