// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/face_frame.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/face/mesh_landmarks.h"

namespace mien {
namespace {

TEST(AverageFace, IsSymmetricAndInOrder) {
  const auto& face = average_face();
  ASSERT_EQ(face.size(), 68u);
  for (std::size_t i = 0; i < 68; ++i) {
    const auto& mirrored = face[static_cast<std::size_t>(flip_permutation_68()[i])];
    EXPECT_NEAR(face[i].x, 1 - mirrored.x, 1e-4) << i;
    EXPECT_NEAR(face[i].y, mirrored.y, 1e-4) << i;
  }
  EXPECT_LT(face[36].x, face[45].x);
  EXPECT_LT(face[19].y, face[37].y);  // brow, eye, nose, mouth, chin from top to bottom
  EXPECT_LT(face[37].y, face[30].y);
  EXPECT_LT(face[30].y, face[51].y);
  EXPECT_LT(face[51].y, face[57].y);
  EXPECT_LT(face[57].y, face[8].y);
}

TEST(ExpectedLandmarks, LieInDlibsBox) {
  const auto points = expected_landmarks({{100, 50, 200, 200}, 1, {}}, "dlib");
  for (std::size_t i = 0; i < 68; ++i) {
    EXPECT_NEAR(points[i].x, 99.5 + 200 * average_face()[i].x, 1e-3);
    EXPECT_NEAR(points[i].y, 49.5 + 200 * average_face()[i].y, 1e-3);
  }
}

TEST(ExpectedLandmarks, FillTheBoxOfAnUnknownDetector) {
  const cv::Rect2f tight = bounding_box(average_face());
  const cv::Rect2f box(30, 40, 2 * tight.width, 2 * tight.height);
  const auto points = bounding_box(expected_landmarks({box, 1, {}}, "reference"));
  EXPECT_NEAR(points.x + 0.5, 30, 1e-3);
  EXPECT_NEAR(points.y + 0.5, 40, 1e-3);
  EXPECT_NEAR(points.width, box.width, 1e-3);
  EXPECT_NEAR(points.height, box.height, 1e-3);
}

TEST(ExpectedLandmarks, FollowTheDetectorsPoints) {
  const Affine turn(150 * std::cos(0.3), -150 * std::sin(0.3), 200, 150 * std::sin(0.3), 150 * std::cos(0.3), 90);
  const auto five = five_points(average_face());
  const auto expected = apply_affine(turn, average_face());
  const auto points = expected_landmarks({{180, 80, 160, 170}, 1, apply_affine(turn, {five.begin(), five.end()})}, "yunet");
  for (std::size_t i = 0; i < 68; ++i) EXPECT_LT(cv::norm(points[i] - expected[i]), 0.01) << i;
  // Points that coincide say nothing: the box counts.
  const Detection useless{{180, 80, 160, 170}, 1, Points(5, {200, 100})};
  EXPECT_EQ(expected_landmarks(useless, "yunet"), expected_landmarks({useless.box, 1, {}}, "yunet"));
}

TEST(ExpectedLandmarks, NeedABox) {
  EXPECT_THROW(expected_landmarks({{10, 10, 0, 20}, 1, {}}, "dlib"), Error);
  EXPECT_THROW(expected_landmarks({{10, NAN, 20, 20}, 1, {}}, "dlib"), Error);
}

TEST(MeshFrame, HoldsTheFaceWithAQuarterOnEachSide) {
  const auto points = apply_affine(Affine(100, 0, 50, 0, 100, 30), average_face());
  const cv::Rect2f box = bounding_box(points);
  const double height = 1.21 * box.height, side = 1.5 * std::max<double>(box.width, height);
  const auto corners = apply_affine(mesh_frame(points), {{0, 0}, {1, 1}});
  EXPECT_NEAR(corners[1].x - corners[0].x, side, 1e-2);
  EXPECT_NEAR(corners[1].y - corners[0].y, side, 1e-2);
  EXPECT_NEAR((corners[0].x + corners[1].x) / 2, box.x + box.width / 2, 1e-2);
  EXPECT_NEAR((corners[0].y + corners[1].y) / 2, box.y + box.height - height / 2, 1e-2);
}

TEST(MeshFrame, TurnsWithTheEyes) {
  const auto points = apply_affine(Affine(100, 0, 50, 0, 100, 30), average_face());
  const Affine turn(std::cos(0.5), -std::sin(0.5), 11, std::sin(0.5), std::cos(0.5), -7);
  const auto expected = compose(turn, mesh_frame(points)), found = mesh_frame(apply_affine(turn, points));
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(found.val[i], expected.val[i], 1e-3);
}

}  // namespace
}  // namespace mien
