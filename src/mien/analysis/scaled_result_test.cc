// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/scaled_result.h"

#include <gtest/gtest.h>

namespace mien {
namespace {

/// A picture of 400 x 300 pixels that was decoded at a quarter.
TEST(ScaledResults, ArePixelsOfTheFileAndBack) {
  const Picture picture{cv::Mat(75, 100, CV_8UC3), {400, 300}};
  FaceResult face;
  face.box = {10, 20, 30, 40};
  face.landmarks = {{0, 0}, {99, 74}};
  face.quality.size_px = 12;
  to_file(picture, face);
  EXPECT_EQ(face.box, cv::Rect2f(41.5f, 81.5f, 120, 160));
  EXPECT_EQ(face.landmarks[0], cv::Point2f(1.5f, 1.5f)) << "the middle of the file's pixels 0 to 3";
  EXPECT_EQ(face.landmarks[1], cv::Point2f(397.5f, 297.5f));
  EXPECT_DOUBLE_EQ(face.quality.size_px, 48);
  FrameResult frame;
  frame.width = 400;
  frame.height = 300;
  frame.faces = {face};
  const FrameResult back = from_file(picture, frame);
  EXPECT_EQ(back.width, 100);
  EXPECT_EQ(back.height, 75);
  EXPECT_EQ(back.faces[0].box, cv::Rect2f(10, 20, 30, 40));
  EXPECT_EQ(back.faces[0].landmarks[1], cv::Point2f(99, 74));
}

TEST(ScaledResults, WholePicturesChangeNothing) {
  const Picture picture{cv::Mat(75, 100, CV_8UC3), {100, 75}};
  FaceResult face;
  face.box = {10.3f, 20.7f, 30.1f, 40.9f};
  to_file(picture, face);
  EXPECT_EQ(face.box, cv::Rect2f(10.3f, 20.7f, 30.1f, 40.9f));
}

}  // namespace
}  // namespace mien
