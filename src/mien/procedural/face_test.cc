// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/face.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <set>

#include "mien/base/error.h"
#include "mien/base/parallel.h"

namespace mien {
namespace {

bool equal(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

TEST(Face, same_arguments_give_the_same_bytes_on_any_thread) {
  constexpr int count = 24;
  std::vector<ProceduralFace> serial, threaded(count);
  for (int i = 0; i < count; ++i) serial.push_back(draw_face(11, i));
  parallel_for(count, 4, [&](std::int64_t i) { threaded[static_cast<std::size_t>(i)] = draw_face(11, i); });
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_TRUE(equal(serial[i].image, threaded[i].image)) << i;
    EXPECT_TRUE(equal(serial[i].mask, threaded[i].mask)) << i;
    EXPECT_EQ(serial[i].landmarks, threaded[i].landmarks);
    EXPECT_EQ(serial[i].distribution, threaded[i].distribution);
    EXPECT_EQ(serial[i].identity, threaded[i].identity);
  }
}

TEST(Face, does_not_depend_on_the_threads_of_opencv) {
  const int before = cv::getNumThreads();
  ProceduralOptions options;
  options.size_px = 224;
  cv::setNumThreads(1);
  const ProceduralFace one = draw_face(12, 3, options);
  cv::setNumThreads(4);
  const ProceduralFace four = draw_face(12, 3, options);
  cv::setNumThreads(before);
  EXPECT_TRUE(equal(one.image, four.image));
}

TEST(Face, index_and_seed_matter) {
  const ProceduralFace face = draw_face(11, 0);
  EXPECT_FALSE(equal(face.image, draw_face(11, 1).image));
  EXPECT_FALSE(equal(face.image, draw_face(12, 0).image));
}

TEST(Face, annotations_are_well_formed) {
  std::array<int, 8> counts{};
  for (int i = 0; i < 400; ++i) {
    const ProceduralFace face = draw_face(13, i, {.size_px = 48});
    ASSERT_EQ(face.image.type(), CV_8UC3);
    ASSERT_EQ(face.image.size(), cv::Size(48, 48));
    ASSERT_EQ(face.mask.type(), CV_8UC1);
    ASSERT_EQ(face.mask.size(), cv::Size(48, 48));
    ASSERT_EQ(face.landmarks.size(), 68u);
    ASSERT_EQ(face.action_units.size(), 18u);
    ASSERT_EQ(face.distribution.size(), 8u);
    for (const auto& p : face.landmarks) {
      EXPECT_TRUE(p.x >= 0 && p.y >= 0 && p.x <= 47 && p.y <= 47) << i << " " << p;
    }
    for (const float au : face.action_units) EXPECT_TRUE(au >= 0 && au <= 5);
    EXPECT_NEAR(std::accumulate(face.distribution.begin(), face.distribution.end(), 0.0), 1, 1e-6);
    EXPECT_EQ(face.label, std::max_element(face.distribution.begin(), face.distribution.end()) - face.distribution.begin());
    EXPECT_LE(std::abs(face.valence), 1);
    EXPECT_LE(std::abs(face.arousal), 1);
    ++counts[static_cast<std::size_t>(face.label)];
  }
  for (const int count : counts) EXPECT_NEAR(count, 50, 25);
}

TEST(Face, mask_is_binary_and_ends_at_the_jaw) {
  for (int i = 0; i < 60; ++i) {
    const ProceduralFace face = draw_face(14, i);
    EXPECT_EQ(cv::countNonZero(face.mask) + cv::countNonZero(face.mask == 0), 96 * 96);
    const int area = cv::countNonZero(face.mask);
    EXPECT_EQ(cv::countNonZero(face.mask == 255), area);
    EXPECT_GT(area, 96 * 96 / 6);
    const cv::Point2f centre = face.landmarks[33];
    for (std::size_t j = 4; j <= 12; ++j) {  // higher ones may be under hair
      cv::Point2f out = face.landmarks[j] - centre;
      out *= 1 / static_cast<float>(cv::norm(out));
      const auto at = [&](float step) {
        const cv::Point p(cvRound(face.landmarks[j].x + step * out.x), cvRound(face.landmarks[j].y + step * out.y));
        return p.x < 0 || p.y < 0 || p.x >= 96 || p.y >= 96 ? 0 : static_cast<int>(face.mask.at<std::uint8_t>(p));
      };
      EXPECT_EQ(at(-2), 255) << i << " jaw " << j;
      EXPECT_EQ(at(2), 0) << i << " jaw " << j;
    }
  }
}

TEST(Face, size_scales_the_landmarks) {
  const ProceduralFace small = draw_face(15, 2, {.size_px = 48}), large = draw_face(15, 2, {.size_px = 192});
  for (std::size_t i = 0; i < 68; ++i) {
    EXPECT_NEAR((small.landmarks[i].x + 0.5) * 4, large.landmarks[i].x + 0.5, 0.2);
    EXPECT_NEAR((small.landmarks[i].y + 0.5) * 4, large.landmarks[i].y + 0.5, 0.2);
  }
  cv::Mat shrunk;
  cv::resize(large.mask, shrunk, {48, 48}, 0, 0, cv::INTER_AREA);
  cv::threshold(shrunk, shrunk, 127, 255, cv::THRESH_BINARY);
  EXPECT_LT(cv::countNonZero(shrunk != small.mask), 60);
}

TEST(Face, noise_changes_the_picture_alone) {
  const ProceduralFace clean = draw_face(16, 5, {.noise = 0}), noisy = draw_face(16, 5, {.noise = 1});
  EXPECT_FALSE(equal(clean.image, noisy.image));
  EXPECT_TRUE(equal(clean.mask, noisy.mask));
  EXPECT_EQ(clean.landmarks, noisy.landmarks);
  EXPECT_EQ(clean.action_units, noisy.action_units);
}

TEST(Face, identities_are_limited_and_named) {
  std::set<std::string> names;
  for (int i = 0; i < 120; ++i) names.insert(draw_face(17, i, {.size_px = 24, .identities = 5}).identity);
  EXPECT_EQ(names.size(), 5u);
  EXPECT_EQ(draw_expression(17, 3, 1).identity, draw_expression(17, 3, 4).identity);
  EXPECT_NE(draw_expression(17, 3, 1).identity, draw_expression(17, 2, 1).identity);
  EXPECT_NE(draw_expression(17, 3, 1).identity, draw_expression(18, 3, 1).identity);
}

TEST(Face, draw_expression_shows_what_it_was_asked_for) {
  for (int e = 0; e < 8; ++e) {
    const ProceduralFace face = draw_expression(18, 7, e, {.noise = 0});
    EXPECT_EQ(face.label, e);
    EXPECT_GT(face.distribution[static_cast<std::size_t>(e)], 0.85);
    EXPECT_EQ(face.yaw_deg, 0);
  }
}

TEST(Face, options_out_of_range_are_refused) {
  EXPECT_THROW(draw_face(1, 0, {.size_px = 8}), Error);
  EXPECT_THROW(draw_face(1, 0, {.identities = 0}), Error);
  EXPECT_THROW(draw_face(1, 0, {.intensity_min = 1.5}), Error);
  EXPECT_THROW(draw_face(1, 0, {.mixture = -0.1}), Error);
  EXPECT_THROW(draw_face(1, 0, {.noise = -1}), Error);
  EXPECT_THROW(draw_expression(1, 0, 8), Error);
  EXPECT_THROW(draw_expression(1, 0, -1), Error);
}

}  // namespace
}  // namespace mien
