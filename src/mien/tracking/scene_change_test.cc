// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/scene_change.h"

#include <gtest/gtest.h>

#include "mien/tracking/moving_scene.h"

namespace mien {
namespace {

const cv::Size kSize{320, 180};

bool changes(const cv::Mat& before, const cv::Mat& after) {
  SceneChange scene;
  EXPECT_FALSE(scene.add(before));
  return scene.add(after);
}

TEST(SceneChange, SeesCuts) {
  EXPECT_TRUE(changes(background(kSize, 1), background(kSize, 2)));
  EXPECT_TRUE(changes(background(kSize, 1), cv::Mat(kSize, CV_8UC3, cv::Scalar(0, 0, 0))));  // to black
  EXPECT_TRUE(changes(cv::Mat(kSize, CV_8UC3, cv::Scalar(0, 0, 0)), background(kSize, 1)));
  EXPECT_TRUE(changes(background(kSize, 1), background({200, 100}, 1)));  // another picture size
  cv::Mat gray_a, gray_b;
  cv::extractChannel(background(kSize, 1), gray_a, 1);
  cv::extractChannel(background(kSize, 2), gray_b, 1);
  EXPECT_TRUE(changes(gray_a, gray_b));
}

TEST(SceneChange, LightMotionAndPassersByAreNone) {
  const cv::Mat scene = background(kSize, 1);
  EXPECT_FALSE(changes(scene, scene));
  cv::Mat bright, moved = scene.clone(), walked = scene.clone();
  scene.convertTo(bright, -1, 0.8, 50);
  EXPECT_FALSE(changes(scene, bright));
  scene(cv::Rect(6, 3, 314, 177)).copyTo(moved(cv::Rect(0, 0, 314, 177)));
  EXPECT_FALSE(changes(scene, moved));
  Card card = card_of(3, 0, 100);
  card.at = {100, 40};
  paste(card, walked);
  EXPECT_FALSE(changes(scene, walked));
  EXPECT_FALSE(changes(cv::Mat(kSize, CV_8UC3, cv::Scalar(0, 0, 0)), cv::Mat(kSize, CV_8UC3, cv::Scalar(8, 8, 8))));
}

TEST(SceneChange, SmallPictures) {
  EXPECT_FALSE(changes(cv::Mat(1, 1, CV_8UC3, cv::Scalar(9, 9, 9)), cv::Mat(1, 1, CV_8UC3, cv::Scalar(9, 9, 9))));
}

}  // namespace
}  // namespace mien
