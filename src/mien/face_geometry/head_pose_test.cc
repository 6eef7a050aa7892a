// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/head_pose.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#ifdef MIEN_TEST_SOLVEPNP
#include <opencv2/calib3d.hpp>
#endif

#include "mien/base/random.h"
#include "mien/face_geometry/faces_for_tests.h"
#include "mien/face_geometry/head_fit.h"
#include "mien/face_geometry/head_model.h"
#include "mien/image/geometry.h"

namespace mien {
namespace {

using testing::error_of;
using testing::median;
using testing::studio_face;

constexpr double kRadians = std::numbers::pi / 180;
const cv::Size kImage{640, 480};

/// The model turned and photographed step by step, as the header words it: first yaw (nose to the right of the picture), then
/// pitch (nose down), then roll (clockwise), at `place` in front of the camera.
Points photographed(double yaw_deg, double pitch_deg, double roll_deg, cv::Point3d place, double focal_px) {
  Points points;
  const double y = yaw_deg * kRadians, p = pitch_deg * kRadians, r = roll_deg * kRadians;
  for (const auto& m : head_model_mm()) {
    const double front = -m.z;  // towards the viewer
    const double x1 = m.x * std::cos(y) + front * std::sin(y), f1 = front * std::cos(y) - m.x * std::sin(y);
    const double y2 = m.y * std::cos(p) + f1 * std::sin(p), f2 = f1 * std::cos(p) - m.y * std::sin(p);
    const double x3 = x1 * std::cos(r) - y2 * std::sin(r), y3 = x1 * std::sin(r) + y2 * std::cos(r);
    const double depth = place.z - f2;
    points.emplace_back(static_cast<float>(focal_px * (place.x + x3) / depth + 0.5 * (kImage.width - 1)),
                        static_cast<float>(focal_px * (place.y + y3) / depth + 0.5 * (kImage.height - 1)));
  }
  return points;
}

TEST(HeadModel, IsASymmetricFaceOfHumanSize) {
  const auto& m = head_model_mm();
  const auto& mirror = flip_permutation_68();
  for (std::size_t i = 0; i < 68; ++i) {
    const auto& other = m[static_cast<std::size_t>(mirror[i])];
    EXPECT_DOUBLE_EQ(m[i].x, -other.x) << i;
    EXPECT_DOUBLE_EQ(m[i].y, other.y) << i;
    EXPECT_DOUBLE_EQ(m[i].z, other.z) << i;
    EXPECT_EQ(head_model_weights()[i], head_model_weights()[static_cast<std::size_t>(mirror[i])]);
  }
  EXPECT_NEAR(m[45].x - m[36].x, 90, 1);  // outer eye corners
  EXPECT_LT(m[30].z, m[33].z);            // the tip of the nose is nearest
  EXPECT_GT(m[16].z, m[45].z + 20);       // the ears lie behind the eyes
  EXPECT_GT(m[8].y, m[57].y);
}

TEST(HeadPose, RecoversKnownAnglesAndPlaces) {
  const double focal = 900;
  for (const double yaw : {-60.0, -25.0, 0.0, 10.0, 60.0})
    for (const double pitch : {-35.0, 0.0, 20.0})
      for (const double roll : {-50.0, 0.0, 30.0}) {
        const HeadPose pose = estimate_head_pose(photographed(yaw, pitch, roll, {0, 0, 700}, focal), kImage, focal);
        EXPECT_NEAR(pose.yaw_deg, yaw, 0.02);
        EXPECT_NEAR(pose.pitch_deg, pitch, 0.02);
        EXPECT_NEAR(pose.roll_deg, roll, 0.02);
        EXPECT_NEAR(pose.translation_mm[2], 700, 0.2);
        EXPECT_NEAR(pose.translation_mm[0], 0, 0.05);
        EXPECT_LT(pose.reprojection_error_px, 1e-3);
      }
}

// Facing along the line of sight is 0 wherever the head is: the picture of a head that is turned about the camera keeps its
// angles.
TEST(HeadPose, IsRelativeToTheLineOfSight) {
  const double focal = 800, aside = std::atan2(200, 700) / kRadians;
  // Away to the right and turned back by the same angle: looks into the camera.
  const HeadPose pose = estimate_head_pose(photographed(-aside, 0, 0, {200, 0, 700}, focal), kImage, focal);
  EXPECT_NEAR(pose.yaw_deg, 0, 0.02);
  EXPECT_NEAR(pose.pitch_deg, 0, 0.02);
  EXPECT_NEAR(pose.roll_deg, 0, 0.02);
  EXPECT_NEAR(pose.translation_mm[0], 200, 0.1);
  const double below = std::atan2(150, 700) / kRadians;
  EXPECT_NEAR(estimate_head_pose(photographed(0, -below, 0, {0, 150, 700}, focal), kImage, focal).pitch_deg, 0, 0.02);
}

TEST(HeadPose, DefaultCameraSeesFiftyThreeDegrees) {
  const HeadPose given = estimate_head_pose(photographed(20, 5, 0, {30, -20, 800}, 640), kImage, 640);
  const HeadPose assumed = estimate_head_pose(photographed(20, 5, 0, {30, -20, 800}, 640), kImage);
  EXPECT_DOUBLE_EQ(given.yaw_deg, assumed.yaw_deg);
  EXPECT_NEAR(assumed.translation_mm[2], 800, 0.5);
}

// A portrait cut out of a larger picture fills its image: the assumed camera must not put the head in front of the lens.
TEST(HeadPose, CropsAreSeenFromADistance) {
  const HeadPose pose = estimate_head_pose(photographed(20, 8, 0, {0, 0, 1500}, 4 * 1500), kImage);
  EXPECT_NEAR(pose.translation_mm[2], 600, 60);
  EXPECT_NEAR(pose.yaw_deg, 20, 2.5);
  EXPECT_NEAR(pose.pitch_deg, 8, 2.5);
}

#ifdef MIEN_TEST_SOLVEPNP
// On noisy points, with the points that count equally: OpenCV's solver must find the same placement.
TEST(HeadPose, AgreesWithSolvePnP) {
  Random random(6);
  const auto& weights = head_model_weights();
  for (int trial = 0; trial < 20; ++trial) {
    Points points = photographed(random.uniform(-50, 50), random.uniform(-25, 25), random.uniform(-30, 30),
                                 {random.uniform(-80, 80), random.uniform(-60, 60), random.uniform(400, 900)}, 700);
    for (auto& p : points) p += cv::Point2f(static_cast<float>(random.normal()), static_cast<float>(random.normal()));
    // Weights as repetitions: 10 for 1, 3 for 0.3, 1 for 0.1.
    std::vector<cv::Point3d> model;
    std::vector<cv::Point2d> image;
    for (std::size_t i = 0; i < 68; ++i)
      for (int k = 0; k < std::lround(10 * weights[i]); ++k) {
        model.push_back(head_model_mm()[i]);
        image.emplace_back(points[i]);
      }
    const cv::Matx33d camera(700, 0, 319.5, 0, 700, 239.5, 0, 0, 1);
    const HeadPlacement ours = fit_head(points, {700, {319.5, 239.5}});
    cv::Vec3d axis_angle, translation(0, 0, 600);
    cv::Rodrigues(ours.rotation, axis_angle);
    axis_angle += cv::Vec3d(0.05, -0.04, 0.03);
    ASSERT_TRUE(cv::solvePnP(model, image, camera, cv::noArray(), axis_angle, translation, true, cv::SOLVEPNP_ITERATIVE));
    cv::Matx33d rotation;
    cv::Rodrigues(axis_angle, rotation);
    EXPECT_LT(cv::norm(rotation - ours.rotation), 2e-3);
    EXPECT_LT(cv::norm(translation - ours.translation), 1.0);
  }
}
#endif

TEST(HeadPose, AngleErrorsOnDrawnFacesAreSmall) {
  Random random(2);
  std::vector<double> yaw, pitch, roll, wide_yaw;
  for (int i = 0; i < 150; ++i) {
    const procedural::Pose truth{random.uniform(-45, 45), random.uniform(-15, 15), random.uniform(-25, 25)};
    const auto face = studio_face(i, truth, 64);
    // Drawn faces are seen in parallel projection: a camera far away.
    const HeadPose pose = estimate_head_pose(face.landmarks, face.image.size(), 64 * 20);
    (std::abs(truth.yaw_deg) > 25 ? wide_yaw : yaw).push_back(std::abs(pose.yaw_deg - truth.yaw_deg));
    pitch.push_back(std::abs(pose.pitch_deg - truth.pitch_deg));
    roll.push_back(std::abs(pose.roll_deg - truth.roll_deg));
  }
  RecordProperty("median_yaw", std::to_string(median(yaw)));
  RecordProperty("median_wide_yaw", std::to_string(median(wide_yaw)));
  RecordProperty("median_pitch", std::to_string(median(pitch)));
  RecordProperty("median_roll", std::to_string(median(roll)));
  EXPECT_LT(median(yaw), 2.5);
  EXPECT_LT(median(wide_yaw), 5);
  EXPECT_LT(median(pitch), 6);
  EXPECT_LT(median(roll), 2.5);
}

TEST(HeadPose, MovesSmoothlyAndTakesJitterLightly) {
  Random random(9);
  double before = 0;
  for (int frame = 0; frame < 120; ++frame) {
    const double truth = -60 + frame;
    Points points = photographed(truth, 5, 0, {20, 10, 600}, 640);
    for (auto& p : points) p += cv::Point2f(static_cast<float>(random.normal()), static_cast<float>(random.normal()));
    const double yaw = estimate_head_pose(points, kImage, 640).yaw_deg;
    EXPECT_NEAR(yaw, truth, 6);
    if (frame > 0) {
      EXPECT_NEAR(yaw - before, 1, 8);
    }
    before = yaw;
  }
}

TEST(HeadPose, RefusesWhatIsNoFace) {
  EXPECT_EQ(error_of([] { estimate_head_pose(Points(5), kImage); }).first, ErrorCode::usage);
  EXPECT_EQ(error_of([] { estimate_head_pose(Points(68, {3, 4}), kImage); }).first, ErrorCode::bad_data);
  Points line, broken = photographed(0, 0, 0, {0, 0, 500}, 600);
  for (int i = 0; i < 68; ++i) line.emplace_back(static_cast<float>(i), static_cast<float>(2 * i));
  EXPECT_EQ(error_of([&] { estimate_head_pose(line, kImage); }).first, ErrorCode::bad_data);
  broken[30].x = std::numeric_limits<float>::infinity();
  EXPECT_EQ(error_of([&] { estimate_head_pose(broken, kImage); }).first, ErrorCode::bad_data);
  EXPECT_EQ(error_of([] { estimate_head_pose(photographed(0, 0, 0, {0, 0, 500}, 600), {0, 0}); }).first, ErrorCode::usage);
}

TEST(HeadPose, AnyFinitePointsGiveNumbersOrAnError) {
  Random random(12);
  for (int trial = 0; trial < 300; ++trial) {
    Points points;
    const double size = std::pow(10, random.uniform(-2, 5));
    for (int i = 0; i < 68; ++i)
      points.emplace_back(static_cast<float>(random.uniform(-size, size)), static_cast<float>(random.uniform(-size, size)));
    try {
      const HeadPose pose = estimate_head_pose(points, kImage);
      EXPECT_TRUE(std::isfinite(pose.yaw_deg + pose.pitch_deg + pose.roll_deg + pose.reprojection_error_px));
      EXPECT_LE(std::abs(pose.pitch_deg), 90);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::bad_data);
    }
  }
}

TEST(FrontalPoints, UndoTheTurn) {
  for (const double yaw : {0.0, 20.0, -40.0}) {
    const Points frontal = frontal_points(photographed(yaw, 10, 15, {0, 0, 30000}, 40000));
    for (std::size_t i = 0; i < 68; ++i) {
      EXPECT_NEAR(frontal[i].x, head_model_mm()[i].x / 90, 0.01) << yaw << " " << i;
      EXPECT_NEAR(frontal[i].y, head_model_mm()[i].y / 90, 0.01) << yaw << " " << i;
    }
  }
}

}  // namespace
}  // namespace mien
