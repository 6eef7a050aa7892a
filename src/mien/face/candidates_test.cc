// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/candidates.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace mien {
namespace {

Detection at(float x, float y, float side, float score) { return {{x, y, side, side}, score, {}}; }

std::vector<float> scores(const std::vector<Detection>& detections) {
  std::vector<float> result;
  for (const auto& d : detections) result.push_back(d.score);
  return result;
}

TEST(BoxOverlap, IsTheShareOfTheUnion) {
  const cv::Rect2f box(0, 0, 10, 10);
  EXPECT_DOUBLE_EQ(box_overlap(box, box), 1);
  EXPECT_DOUBLE_EQ(box_overlap(box, {5, 0, 10, 10}), 50.0 / 150);
  EXPECT_DOUBLE_EQ(box_overlap(box, {5, 5, 10, 10}), 25.0 / 175);
  EXPECT_DOUBLE_EQ(box_overlap(box, {2, 2, 5, 5}), 0.25);
  EXPECT_DOUBLE_EQ(box_overlap(box, {10, 0, 10, 10}), 0);
  EXPECT_DOUBLE_EQ(box_overlap(box, {-30, -30, 10, 10}), 0);
  EXPECT_DOUBLE_EQ(box_overlap(box, {3, 3, 0, 5}), 0);
  EXPECT_DOUBLE_EQ(box_overlap({0, 0, 0, 0}, {0, 0, 0, 0}), 0);
}

TEST(SuppressOverlaps, KeepsTheSurestOfAGroup) {
  // The second overlaps the first by 1/3, the third overlaps the second by 1/3 but not the first: it stays, its rival is gone.
  const std::vector<Detection> chain = {at(10, 0, 10, 0.7F), at(0, 0, 10, 0.9F), at(5, 0, 10, 0.8F)};
  EXPECT_EQ(scores(suppress_overlaps(chain, 0.3)), (std::vector<float>{0.9F, 0.7F}));
  EXPECT_EQ(scores(suppress_overlaps(chain, 0.34)), (std::vector<float>{0.9F, 0.8F, 0.7F}));
  EXPECT_EQ(scores(suppress_overlaps(chain, 1)), (std::vector<float>{0.9F, 0.8F, 0.7F}));
  EXPECT_TRUE(suppress_overlaps({}, 0.3).empty());
}

TEST(SuppressOverlaps, DropsWhatIsNotFinite) {
  std::vector<Detection> bad = {at(0, 0, 10, NAN), at(NAN, 0, 10, 1), at(0, 0, INFINITY, 1), at(50, 0, 10, 0.1F)};
  EXPECT_EQ(scores(suppress_overlaps(bad, 0.3)), (std::vector<float>{0.1F}));
}

TEST(SortDetections, DoesNotDependOnTheOrderGiven) {
  std::vector<Detection> all;
  for (int i = 0; i < 60; ++i)
    all.push_back(
        at(static_cast<float>(i % 5), static_cast<float>(i % 3), 10 + static_cast<float>(i % 2), static_cast<float>(i % 4)));
  auto sorted = all;
  sort_detections(sorted);
  std::mt19937 random(1);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(all.begin(), all.end(), random);
    auto again = all;
    sort_detections(again);
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(again[i].score, sorted[i].score);
      EXPECT_EQ(again[i].box, sorted[i].box);
    }
  }
  EXPECT_EQ(sorted[0].score, 3);
  EXPECT_EQ(sorted[0].box.x, 0) << "ties go from left to right";
  EXPECT_LE(sorted[0].box.y, sorted[1].box.y) << "then from top to bottom";
}

}  // namespace
}  // namespace mien
