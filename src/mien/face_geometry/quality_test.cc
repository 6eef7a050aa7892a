// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/quality.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "mien/face_geometry/faces_for_tests.h"
#include "mien/image/resize.h"

namespace mien {
namespace {

using testing::studio_face;

FaceQuality quality_of(const cv::Mat& image, const Points& points) {
  return measure_quality(image, points, estimate_head_pose(points, image.size(), 20.0 * image.cols));
}

// A drawn face is sharper than a photograph: its lines are hard.
TEST(FaceQuality, OfAGoodPictureIsHigh) {
  for (int i = 0; i < 6; ++i) {
    const auto face = studio_face(i, {}, 256);
    const FaceQuality q = quality_of(face.image, face.landmarks);
    EXPECT_GT(q.sharpness, 0.6) << i;
    EXPECT_GT(q.exposure, 0.6) << i;
    EXPECT_GT(q.frontal, 0.9) << i;
    EXPECT_GT(q.overall, 0.6) << i;
    EXPECT_DOUBLE_EQ(q.size_px, inter_ocular_distance(face.landmarks));
  }
}

TEST(FaceQuality, FallsWithBlur) {
  for (int i = 0; i < 6; ++i) {
    const auto face = studio_face(i, {}, 192);
    double before = 1.01;
    for (const double sigma : {0.0, 1.5, 3.0, 6.0, 12.0}) {
      cv::Mat blurred = face.image;
      if (sigma > 0) cv::GaussianBlur(face.image, blurred, {}, sigma);
      const double share = quality_of(blurred, face.landmarks).sharpness;
      EXPECT_TRUE(share < before || (share == before && (share == 0 || share == 1))) << i << " sigma " << sigma << ": " << share;
      before = share;
    }
    EXPECT_LT(before, 0.4);
  }
}

TEST(FaceQuality, SharpnessComparesPicturesOfDifferentSizeAndContrast) {
  const auto face = studio_face(2, {}, 384);
  const double large = quality_of(face.image, face.landmarks).sharpness;
  Points half = face.landmarks;
  for (auto& p : half) p = cv::Point2f(0.5f * (p.x + 0.5f) - 0.5f, 0.5f * (p.y + 0.5f) - 0.5f);
  EXPECT_NEAR(quality_of(resize_image(face.image, 192, 192, ResizeFilter::bilinear), half).sharpness, large, 0.12);
  cv::Mat flat;
  face.image.convertTo(flat, -1, 0.5, 60);
  EXPECT_NEAR(quality_of(flat, face.landmarks).sharpness, large, 0.05);
  cv::Mat gray;
  cv::cvtColor(face.image, gray, cv::COLOR_RGB2GRAY);
  EXPECT_NEAR(quality_of(gray, face.landmarks).sharpness, large, 0.02);
}

// A face enlarged from a few pixels has no detail.
TEST(FaceQuality, SmallFacesAreNotSharp) {
  const auto face = studio_face(1, {}, 256);
  const cv::Mat tiny = resize_image(resize_image(face.image, 24, 24, ResizeFilter::bilinear), 256, 256, ResizeFilter::bicubic);
  EXPECT_LT(quality_of(tiny, face.landmarks).sharpness, quality_of(face.image, face.landmarks).sharpness - 0.3);
}

TEST(FaceQuality, FallsInTheDarkAndInTheLight) {
  const auto face = studio_face(4, {}, 128);
  double before = quality_of(face.image, face.landmarks).exposure;
  for (const double gain : {0.4, 0.2, 0.1, 0.02}) {
    cv::Mat dark;
    face.image.convertTo(dark, -1, gain);
    const double share = quality_of(dark, face.landmarks).exposure;
    EXPECT_LE(share, before) << gain;
    before = share;
  }
  EXPECT_EQ(before, 0);
  before = quality_of(face.image, face.landmarks).exposure;
  for (const double gain : {1.6, 2.4, 5.0, 40.0}) {
    cv::Mat bright;
    face.image.convertTo(bright, -1, gain);
    const double share = quality_of(bright, face.landmarks).exposure;
    EXPECT_LE(share, before) << gain;
    before = share;
  }
  EXPECT_LT(before, 0.1);
}

TEST(FaceQuality, FallsWithTheTurn) {
  double before = 1.01;
  for (const double yaw : {0.0, 15.0, 30.0, 45.0, 60.0}) {
    const auto face = studio_face(3, {yaw, 0, 20}, 128);
    HeadPose pose;
    pose.yaw_deg = yaw, pose.roll_deg = 20;
    const double share = measure_quality(face.image, face.landmarks, pose).frontal;
    EXPECT_LT(share, before);
    before = share;
  }
  EXPECT_NEAR(before, 0, 1e-9);
}

}  // namespace
}  // namespace mien
