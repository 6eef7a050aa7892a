// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/clip.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mien/base/error.h"

namespace mien {
namespace {

ClipOptions small() { return {.width = 320, .height = 180, .duration_s = 10, .people = 2, .noise = 0}; }

TEST(Clip, IsAFunctionOfSeedAndTime) {
  const ClipFrame a = draw_clip(3, 1.25, small()), b = draw_clip(3, 1.25, small()), other = draw_clip(4, 1.25, small());
  EXPECT_EQ(cv::norm(a.image, b.image, cv::NORM_INF), 0);
  EXPECT_EQ(a.people[0].landmarks, b.people[0].landmarks);
  EXPECT_GT(cv::norm(a.image, other.image, cv::NORM_INF), 50);
  EXPECT_NE(a.people[0].identity, a.people[1].identity);
  EXPECT_EQ(a.image.size(), cv::Size(320, 180));
  EXPECT_EQ(a.image.type(), CV_8UC3);
}

TEST(Clip, GoesThroughTheExpressions) {
  // The first person: 0 neutral, 1 happiness, 2 surprise and back.
  std::vector<int> order;
  for (int i = 0; i < 50; ++i) {
    const ClipFrame frame = draw_clip(1, i * 0.2, small());
    const int label = frame.people.at(0).label;
    if (order.empty() || order.back() != label) order.push_back(label);
    float sum = 0;
    for (const float p : frame.people[0].distribution) sum += p;
    EXPECT_NEAR(sum, 1, 1e-5);
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 0}));
  EXPECT_GT(draw_clip(1, 3.2, small()).people[0].action_units[8], 3);  // AU 12 in the middle of the smile
}

TEST(Clip, TheSecondPersonLeavesAndReturns) {
  for (int i = 0; i < 40; ++i) {
    const double time_s = 0.25 * i;
    const ClipFrame frame = draw_clip(2, time_s, small());
    ASSERT_FALSE(frame.people.empty());
    EXPECT_EQ(frame.people[0].person, 0);
    EXPECT_TRUE(frame.people[0].inside);
    const bool away = time_s > 4.6 && time_s < 5.9, there = time_s < 3.5 || time_s > 7;
    if (away) {
      EXPECT_EQ(frame.people.size(), 1u) << time_s;
    } else if (there) {
      ASSERT_EQ(frame.people.size(), 2u) << time_s;
      EXPECT_TRUE(frame.people[1].inside) << time_s;
    }
  }
  EXPECT_EQ(draw_clip(2, 3.0, small()).people[1].identity, draw_clip(2, 8.0, small()).people[1].identity);
  EXPECT_EQ(draw_clip(2, 3.0, {.people = 1}).people.size(), 1u);
}

TEST(Clip, MovesSmoothly) {
  ClipFrame before = draw_clip(5, 0, small());
  for (int i = 1; i < 60; ++i) {
    const ClipFrame now = draw_clip(5, i / 25.0, small());
    for (std::size_t p = 0; p < std::min(now.people.size(), before.people.size()); ++p)
      for (std::size_t k = 0; k < 68; ++k)
        EXPECT_LT(cv::norm(now.people[p].landmarks[k] - before.people[p].landmarks[k]), 6) << i;
    before = now;
  }
}

TEST(Clip, LandmarksLieOnWhatIsPainted) {
  // With the mouth wide open (surprise) the middle between the inner lips is dark, the cheeks are skin.
  const ClipFrame frame = draw_clip(6, 6.2, {.width = 1280, .height = 720, .duration_s = 10, .people = 1, .noise = 0});
  const auto& points = frame.people.at(0).landmarks;
  ASSERT_EQ(frame.people[0].label, 2);
  cv::Mat gray;
  cv::cvtColor(frame.image, gray, cv::COLOR_RGB2GRAY);
  const auto light = [&](const cv::Point2f& p) { return static_cast<int>(gray.at<std::uint8_t>(cvRound(p.y), cvRound(p.x))); };
  const cv::Point2f mouth = 0.5f * (points[62] + points[66]), cheek = 0.5f * (points[2] + points[31]);
  EXPECT_GT(cv::norm(points[62] - points[66]), 15);
  EXPECT_LT(light(mouth) + 30, light(cheek));
}

TEST(Clip, RefusesOptionsOutOfRange) {
  EXPECT_THROW(draw_clip(1, -1), Error);
  EXPECT_THROW(draw_clip(1, NAN), Error);
  EXPECT_THROW(draw_clip(1, 0, {.width = 10}), Error);
  EXPECT_THROW(draw_clip(1, 0, {.duration_s = 0}), Error);
  EXPECT_THROW(draw_clip(1, 0, {.people = 3}), Error);
}

}  // namespace
}  // namespace mien
