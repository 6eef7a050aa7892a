// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/parts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "mien/face_geometry/faces_for_tests.h"
#include "mien/image/resize.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

using testing::error_of;
using testing::studio_face;

Points golden_points(const nlohmann::json& golden) {
  Points points;
  for (const auto& p : golden["landmarks_xy"]) points.emplace_back(p[0].get<float>(), p[1].get<float>());
  return points;
}

TEST(LandmarkHeatMap, EqualsTheGoldenValues) {
  MIEN_GOLDEN_OR_SKIP(golden, "losses/pal_heatmap.json");
  const cv::Mat map = landmark_heat_map(golden_points(golden), {56, 56}, 3);
  ASSERT_EQ(map.type(), CV_32FC1);
  const auto& row = golden["expected"]["heat_56_row_28"];
  for (int x = 0; x < 56; ++x) {
    const double e = row[static_cast<std::size_t>(x)];
    EXPECT_NEAR(map.at<float>(28, x), e, 1e-6 + 1e-5 * std::abs(e)) << x;
  }
  const auto& summary = golden["expected"]["heat_56_summary"];
  cv::Scalar mean, deviation;
  cv::meanStdDev(map, mean, deviation);
  EXPECT_NEAR(mean[0], summary["mean"].get<double>(), 1e-6);
  EXPECT_NEAR(deviation[0], summary["std"].get<double>(), 1e-6);
  double largest = 0;
  cv::minMaxLoc(map, nullptr, &largest);
  EXPECT_NEAR(largest, summary["max"].get<double>(), 1e-6);
  const auto probe = testing::fill("probe:pal.heat56", {3136}, "input_pm1");
  double dot = 0;
  for (int i = 0; i < 3136; ++i) dot += static_cast<double>(probe[static_cast<std::size_t>(i)]) * map.at<float>(i / 56, i % 56);
  EXPECT_NEAR(dot, summary["probe"].get<double>(), 1e-4);
}

TEST(LandmarkHeatMap, OfASubsetEqualsTheGoldenValues) {
  MIEN_GOLDEN_OR_SKIP(golden, "losses/pal_heatmap.json");
  std::vector<int> subset = landmark_subset("brows+eyes+mouth");
  const cv::Mat map = landmark_heat_map(golden_points(golden), {56, 56}, 3, subset);
  const auto& cells = golden["expected"]["only_eyes_brows_mouth_17_26_36_67_area_7"];
  for (int y = 0; y < 7; ++y)
    for (int x = 0; x < 7; ++x) {
      const double e = cells[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
      EXPECT_NEAR(cv::mean(map(cv::Rect(8 * x, 8 * y, 8, 8)))[0], e, 1e-6 + 1e-5 * e);
    }
}

TEST(LandmarkHeatMap, RefusesBadInput) {
  EXPECT_EQ(error_of([] { landmark_heat_map({{1, 1}}, {0, 5}); }).first, ErrorCode::usage);
  EXPECT_EQ(error_of([] { landmark_heat_map({{1, 1}}, {5, 5}, 0); }).first, ErrorCode::usage);
  EXPECT_EQ(error_of([] { landmark_heat_map({{1, 1}}, {5, 5}, 3, {1}); }).first, ErrorCode::usage);
  EXPECT_EQ(error_of([] { landmark_heat_map({{NAN, 1}}, {5, 5}); }).first, ErrorCode::bad_data);
  EXPECT_EQ(cv::countNonZero(landmark_heat_map({{1e9f, 1}}, {5, 5})), 0);
}

TEST(FaceMask, CoversTheDrawnFace) {
  double bald_overlap = 0, overlap = 0;
  int bald = 0;
  const int faces = 60;
  for (int i = 0; i < faces; ++i) {
    procedural::Scene scene = procedural::draw_scene(5, i, {});
    scene.pose = {0.5 * (i - 30), 0, 0};
    const auto face = procedural::render(scene, 128);
    const cv::Mat mask = face_mask(face.landmarks, face.mask.size());
    const double iou = static_cast<double>(cv::countNonZero(mask & face.mask)) / cv::countNonZero(mask | face.mask);
    EXPECT_GT(iou, 0.65) << i;
    overlap += iou / faces;
    const auto hair = scene.identity.hair;
    if (hair == procedural::HairStyle::bald || hair == procedural::HairStyle::cropped || hair == procedural::HairStyle::tied_back)
      bald_overlap += iou, ++bald;
    const cv::Mat without = face_mask(face.landmarks, face.mask.size(), false);
    EXPECT_EQ(cv::countNonZero(without & ~mask), 0);  // the forehead only adds
    EXPECT_GT(cv::countNonZero(mask), cv::countNonZero(without));
  }
  RecordProperty("mean_iou", std::to_string(overlap));
  RecordProperty("mean_iou_free_forehead", std::to_string(bald_overlap / bald));
  EXPECT_GT(overlap, 0.85);
  EXPECT_GT(bald_overlap / bald, 0.88);
}

TEST(FaceMask, IsTheHullOfThePoints) {
  Points square(68, {20, 20});
  square[0] = {10, 10}, square[5] = {29, 10}, square[10] = {29, 29}, square[15] = {10, 29};
  const cv::Mat mask = face_mask(square, {40, 40}, false);
  EXPECT_EQ(cv::countNonZero(mask), 400);
  EXPECT_EQ(mask.at<std::uint8_t>(10, 10), 255);
  EXPECT_EQ(mask.at<std::uint8_t>(9, 10), 0);
}

TEST(FaceMask, RefusesPointsThatAreNoNumbers) {
  Points broken(68, {20, 20});
  broken[4].y = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(error_of([&] { face_mask(broken, {40, 40}); }).first, ErrorCode::bad_data);
  EXPECT_EQ(error_of([&] { face_parts(broken, {40, 40}); }).first, ErrorCode::bad_data);
  EXPECT_EQ(error_of([&] { face_mask(Points(67), {40, 40}); }).first, ErrorCode::usage);
}

TEST(FaceParts, ContainTheirLandmarksAndStayInTheImage) {
  const auto face = studio_face(2, {10, 0, 5}, 160);
  const auto parts = face_parts(face.landmarks, face.image.size());
  ASSERT_EQ(parts.size(), 6u);
  const std::vector<std::pair<std::size_t, std::size_t>> ranges{{17, 21}, {22, 26}, {36, 41}, {42, 47}, {27, 35}, {48, 67}};
  const std::vector<std::string> names{"left_brow", "right_brow", "left_eye", "right_eye", "nose", "mouth"};
  for (std::size_t k = 0; k < 6; ++k) {
    EXPECT_EQ(parts[k].name, names[k]);
    EXPECT_EQ(parts[k].box & cv::Rect(0, 0, 160, 160), parts[k].box);
    for (std::size_t i = ranges[k].first; i <= ranges[k].second; ++i)
      EXPECT_TRUE(cv::Rect2f(parts[k].box).contains(face.landmarks[i])) << names[k] << " " << i;
  }
  EXPECT_LT(parts[0].box.x, parts[1].box.x);
  EXPECT_GT(face_parts(face.landmarks, face.image.size(), 1)[5].box.area(), 2 * parts[5].box.area());
  Points outside = face.landmarks;
  for (auto& p : outside) p.x += 1000;
  EXPECT_TRUE(face_parts(outside, face.image.size())[0].box.empty());
}

}  // namespace
}  // namespace mien
