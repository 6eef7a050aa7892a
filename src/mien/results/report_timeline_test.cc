// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/report_timeline.h"

#include <gtest/gtest.h>

#include "mien/results/results_for_tests.h"

namespace mien {
namespace {

FaceResult face_with(float happiness, float valence) {
  FaceResult face;
  face.probabilities = {1 - happiness, happiness};
  face.label = happiness > 0.5F;
  face.valence = valence;
  face.arousal = 0.0F;
  face.action_units = {happiness, testing::kUnknown};
  return face;
}

TEST(Timeline, SumsSurviveWidening) {
  Timeline timeline(100);
  double happiness = 0, valence = 0;
  for (int i = 0; i < 90'000; ++i) {  // an hour
    const float share = static_cast<float>(i % 10) / 10;
    timeline.add(i / 25.0, face_with(share, -share));
    happiness += share;
    valence -= share;
  }
  EXPECT_LE(timeline.bins().size(), 100u);
  EXPECT_EQ(timeline.bin_s(), 64);  // the first power of two seconds with at most 100 bins
  std::int64_t faces = 0, labels = 0, units = 0, unknown = 0;
  double found_happiness = 0, found_valence = 0;
  for (const auto& [position, bin] : timeline.bins()) {
    EXPECT_TRUE(position < 56 ? bin.faces == 1600 : bin.faces == 400)
        << position;            // 64 s at 25 a second; the last one ends at an hour
    EXPECT_EQ(bin.label(), 0);  // 6 of 10
    faces += bin.faces;
    labels += bin.labels[1];
    units += bin.unit_counts[0];
    unknown += bin.unit_counts[1];
    found_happiness += bin.probability_sums[1];
    found_valence += bin.valence_sum;
  }
  EXPECT_EQ(faces, 90'000);
  EXPECT_EQ(labels, 36'000);
  EXPECT_EQ(units, 90'000);
  EXPECT_EQ(unknown, 0);
  EXPECT_NEAR(found_happiness, happiness, 1e-3);
  EXPECT_NEAR(found_valence, valence, 1e-3);
}

TEST(Timeline, AnyTime) {
  Timeline timeline(10);
  for (const double time : {std::nan(""), 1e300, -1e300, 0.0, -3.0, std::numeric_limits<double>::infinity()})
    timeline.add(time, FaceResult());
  std::int64_t faces = 0;
  for (const auto& [position, bin] : timeline.bins()) faces += bin.faces;
  EXPECT_EQ(faces, 4);
  EXPECT_LE(timeline.bins().size(), 10u);
  EXPECT_EQ(TimelineBin().label(), -1);
}

TEST(Timeline, Coarsens) {
  Timeline timeline;
  for (int i = 0; i < 10; ++i) timeline.add(i, FaceResult());
  timeline.coarsen(1.25, 600);
  EXPECT_EQ(timeline.bin_s(), 2);
  EXPECT_EQ(timeline.bins().size(), 5u);
  timeline.coarsen(0, 3);
  EXPECT_EQ(timeline.bin_s(), 4);
}

}  // namespace
}  // namespace mien
