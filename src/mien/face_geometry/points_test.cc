// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/points.h"

#include <gmock/gmock.h>

#include "mien/face_geometry/faces_for_tests.h"

namespace mien {
namespace {

using testing::error_of;
using ::testing::HasSubstr;

Points numbered() {
  Points points;
  for (int i = 0; i < 68; ++i) points.emplace_back(static_cast<float>(i), static_cast<float>(100 - i * i % 17));
  return points;
}

TEST(LandmarkSubset, HasTheCountsOfTheUsualOrder) {
  EXPECT_EQ(landmark_subset("all").size(), 68u);
  EXPECT_EQ(landmark_subset("jaw").size(), 17u);
  EXPECT_EQ(landmark_subset("brows").front(), 17);
  EXPECT_EQ(landmark_subset("nose").back(), 35);
  EXPECT_EQ(landmark_subset("eyes").size(), 12u);
  EXPECT_EQ(landmark_subset("mouth").size(), 20u);
}

TEST(LandmarkSubset, JoinsSortsAndDropsRepeats) {
  const auto joined = landmark_subset("mouth+eyes+brows+eyes");
  EXPECT_EQ(joined.size(), 10u + 12u + 20u);
  EXPECT_TRUE(std::is_sorted(joined.begin(), joined.end()));
  EXPECT_EQ(joined.front(), 17);
  EXPECT_EQ(joined.back(), 67);
  EXPECT_EQ(landmark_subset("jaw+all").size(), 68u);
}

TEST(LandmarkSubset, NamesTheChoicesWhenAPartIsUnknown) {
  for (const char* bad : {"ears", "", "eyes+", "eyes,mouth"}) {
    const auto [code, text] = error_of([&] { landmark_subset(bad); });
    EXPECT_EQ(code, ErrorCode::usage) << bad;
    EXPECT_THAT(text, HasSubstr("all, jaw, brows, nose, eyes, mouth")) << bad;
  }
}

TEST(FivePoints, AreEyeCentresNoseTipAndMouthCorners) {
  const auto five = five_points(numbered());
  EXPECT_FLOAT_EQ(five[0].x, (36 + 37 + 38 + 39 + 40 + 41) / 6.f);
  EXPECT_FLOAT_EQ(five[1].x, (42 + 43 + 44 + 45 + 46 + 47) / 6.f);
  EXPECT_FLOAT_EQ(five[2].x, 30);
  EXPECT_FLOAT_EQ(five[3].x, 48);
  EXPECT_FLOAT_EQ(five[4].x, 54);
  const Points again(five.begin(), five.end());
  EXPECT_EQ(five_points(again), five);
  EXPECT_EQ(error_of([] { five_points(Points(67)); }).first, ErrorCode::usage);
}

TEST(Points, DistanceAndBox) {
  Points points(68, {5, 5});
  points[36] = {1, 2};
  points[45] = {4, 6};
  EXPECT_DOUBLE_EQ(inter_ocular_distance(points), 5);
  EXPECT_THROW(inter_ocular_distance(Points(5)), Error);
  EXPECT_EQ(bounding_box({{3, 1}, {-2, 5}, {0, 0}}), cv::Rect2f(-2, 0, 5, 5));
  EXPECT_TRUE(bounding_box({}).empty());
}

}  // namespace
}  // namespace mien
