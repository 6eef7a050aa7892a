// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/geometry.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "mien/procedural/portrait.h"

namespace mien::procedural {
namespace {

HeadLandmarks with(const Identity& id, ActionUnit unit, double strength = 1) {
  FacialAction action;
  action.set(unit, strength);
  return shape_face(id, action);
}

double opening(const HeadLandmarks& face, int upper, int lower) {
  return face[static_cast<std::size_t>(lower)].y - face[static_cast<std::size_t>(upper)].y;
}

TEST(Geometry, action_units_move_the_landmarks_that_facs_names) {
  for (int person = 0; person < 20; ++person) {
    const Identity id = draw_identity(5, person);
    const HeadLandmarks rest = shape_face(id, {});
    const auto width = [](const HeadLandmarks& f) { return f[54].x - f[48].x; };
    EXPECT_GT(width(with(id, lip_corner_puller)), 1.2 * width(rest));
    EXPECT_LT(with(id, lip_corner_puller)[48].y, rest[48].y - 0.1);
    EXPECT_GT(with(id, lip_corner_depressor)[54].y, rest[54].y + 0.1);
    EXPECT_GT(width(with(id, lip_stretcher)), 1.2 * width(rest));
    EXPECT_LT(width(with(id, lip_tightener)), width(rest));
    EXPECT_NEAR(opening(rest, 62, 66), 0, 1e-12);
    EXPECT_GT(opening(with(id, jaw_drop), 62, 66), 0.2);
    EXPECT_GT(with(id, jaw_drop)[8].y, rest[8].y + 0.15);
    EXPECT_GT(opening(with(id, lips_part), 62, 66), 0.05);
    EXPECT_DOUBLE_EQ(with(id, lips_part)[8].y, rest[8].y);
    EXPECT_LT(opening(with(id, lip_suck), 51, 57), 0.5 * opening(rest, 51, 57));
    EXPECT_LT(with(id, inner_brow_raiser)[21].y, rest[21].y - 0.1);
    EXPECT_NEAR(with(id, inner_brow_raiser)[17].y, rest[17].y, 0.01);
    EXPECT_LT(with(id, outer_brow_raiser)[18].y, rest[18].y - 0.08);
    EXPECT_GT(with(id, brow_lowerer)[22].y, rest[22].y + 0.1);
    EXPECT_LT(with(id, brow_lowerer)[22].x, rest[22].x);
    EXPECT_GT(opening(with(id, upper_lid_raiser), 37, 41), 1.2 * opening(rest, 37, 41));
    EXPECT_LT(opening(with(id, lid_tightener), 44, 46), 0.9 * opening(rest, 44, 46));
    EXPECT_LT(with(id, cheek_raiser)[40].y, rest[40].y);
    EXPECT_LT(with(id, nose_wrinkler)[33].y, rest[33].y);
    EXPECT_LT(with(id, upper_lip_raiser)[51].y, rest[51].y);
    EXPECT_LT(with(id, chin_raiser)[57].y, rest[57].y);
  }
}

TEST(Geometry, blink_closes_the_eyes) {
  const Identity id = draw_identity(5, 1);
  const HeadLandmarks closed = with(id, blink), half = with(id, blink, 0.5), rest = shape_face(id, {});
  EXPECT_NEAR(opening(closed, 37, 41), 0, 0.02);
  EXPECT_NEAR(opening(closed, 44, 46), 0, 0.02);
  EXPECT_NEAR(opening(half, 37, 41), 0.5 * opening(rest, 37, 41), 0.02);
}

TEST(Geometry, displacement_grows_with_intensity_and_keeps_to_its_side) {
  const Identity id = draw_identity(5, 2);
  double last = shape_face(id, {})[54].x;
  for (const double strength : {0.25, 0.5, 0.75, 1.0}) {
    const double x = with(id, lip_corner_puller, strength)[54].x;
    EXPECT_GT(x, last);
    last = x;
  }
  FacialAction right_only;
  right_only.side[1][lip_corner_puller] = 1;
  const HeadLandmarks face = shape_face(id, right_only), rest = shape_face(id, {});
  EXPECT_DOUBLE_EQ(face[48].x, rest[48].x);
  EXPECT_GT(face[54].x, rest[54].x + 0.05);
}

TEST(Geometry, pose_has_the_documented_signs) {
  const Identity id = draw_identity(5, 3);
  const HeadLandmarks face = shape_face(id, {});
  const auto nose = [&](const Pose& pose) { return project_landmarks(View(pose, 100, {0, 0}), face)[30]; };
  EXPECT_GT(nose({20, 0, 0}).x, 20);
  EXPECT_LT(nose({-20, 0, 0}).x, -20);
  EXPECT_GT(nose({0, 10, 0}).y, nose({}).y + 10);
  const auto eyes = project_landmarks(View({0, 0, 10}, 100, {0, 0}), face);
  EXPECT_GT(eyes[45].y, eyes[36].y + 10);
}

TEST(Geometry, mirrored_pose_mirrors_the_landmarks) {
  static constexpr std::array<int, 68> mirror = {16, 15, 14, 13, 12, 11, 10, 9,  8,  7,  6,  5,  4,  3,  2,  1,  0,
                                                 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 27, 28, 29, 30, 35, 34, 33,
                                                 32, 31, 45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40, 54, 53, 52,
                                                 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65};
  FacialAction action, mirrored;
  action.side[0][lip_corner_puller] = mirrored.side[1][lip_corner_puller] = 0.7;
  action.side[1][brow_lowerer] = mirrored.side[0][brow_lowerer] = 0.9;
  const Identity id = draw_identity(5, 4);
  const auto a = project_landmarks(View({21, 8, -12}, 50, {0, 0}), shape_face(id, action));
  const auto b = project_landmarks(View({-21, 8, 12}, 50, {0, 0}), shape_face(id, mirrored));
  for (std::size_t i = 0; i < 68; ++i) {
    const auto& other = b[static_cast<std::size_t>(mirror[i])];
    EXPECT_NEAR(a[i].x, -other.x, 1e-9) << i;
    EXPECT_NEAR(a[i].y, other.y, 1e-9) << i;
  }
}

TEST(Geometry, features_stay_inside_of_the_face_in_extreme_poses) {
  for (int person = 0; person < 30; ++person)
    for (int expression = 0; expression < expression_count; ++expression)
      for (const double yaw : {-27.5, 0.0, 27.5})
        for (const double pitch : {-12.5, 12.5}) {
          const Portrait p(draw_identity(9, person), prototype(static_cast<Expression>(expression)),
                           View({yaw, pitch, 12}, 64, {96, 96}), {}, {});
          std::vector<cv::Point2f> outline;
          for (const auto& point : p.face_outline()) outline.emplace_back(point);
          for (int i = 17; i < 68; ++i)
            EXPECT_GT(cv::pointPolygonTest(outline, cv::Point2f(p.points[static_cast<std::size_t>(i)]), true), 0.0)
                << "landmark " << i << " person " << person << " expression " << expression << " yaw " << yaw << " pitch "
                << pitch;
          // The order from brow to chin holds in the face's own direction.
          const auto height = [&](std::size_t i) { return p.points[i].dot(p.view.down()); };
          EXPECT_LT(height(21), height(39));
          EXPECT_LT(height(39), height(33));
          EXPECT_LT(height(33), height(51));
          EXPECT_LE(height(62), height(66) + 1e-9);
          EXPECT_LT(height(66), height(57));
          EXPECT_LT(height(57) + 4, height(8));
        }
}

TEST(Geometry, jaw_points_are_evenly_spaced_at_rest) {
  const HeadLandmarks face = shape_face(draw_identity(5, 6), {});
  double shortest = 1e9, longest = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    const double d = std::hypot(face[i + 1].x - face[i].x, face[i + 1].y - face[i].y);
    shortest = std::min(shortest, d), longest = std::max(longest, d);
  }
  EXPECT_LT(longest, 1.1 * shortest);
}

TEST(Curve, spline_passes_through_its_knots_and_keeps_lines_straight) {
  const Curve knots = {{0, 0}, {1, 3}, {4, 2}, {6, 6}};
  const Curve curve = spline(knots, 7);
  ASSERT_EQ(curve.size(), 22u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_LT(cv::norm(curve[7 * i] - knots[i]), 1e-12);
  for (const auto& p : spline(Curve{{0, 0}, {1, 2}, {2, 4}, {3, 6}}, 5)) EXPECT_NEAR(p.y, 2 * p.x, 1e-12);
}

TEST(Curve, equidistant_points_and_ribbons) {
  const Curve points = equidistant({{0, 0}, {3, 0}, {3, 1}}, 5);
  EXPECT_NEAR(points[1].x, 1, 1e-12);
  EXPECT_NEAR(points[3].x, 3, 1e-12);
  EXPECT_NEAR(points[3].y, 0, 1e-12);
  EXPECT_NEAR(points[4].y, 1, 1e-12);
  const Curve band = ribbon({{0, 0}, {10, 0}, {20, 0}}, 2, {1, 0.5});
  ASSERT_EQ(band.size(), 6u);
  EXPECT_NEAR(std::abs(band[0].y), 2, 1e-12);
  EXPECT_NEAR(std::abs(band[1].y), 1.5, 1e-12);
  EXPECT_NEAR(std::abs(band[2].y), 1, 1e-12);
}

}  // namespace
}  // namespace mien::procedural
