// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/report_episodes.h"

#include <gtest/gtest.h>

#include "mien/results/made_up_results.h"

namespace mien {
namespace {

TEST(EpisodeCollector, SameAsLookingAtEverything) {
  const testing::MadeUpVideo video(900, 25, 1);
  std::vector<ExpressionSample> samples;
  EpisodeCollector collector(7, 0);
  for (std::int64_t i = 0; i < video.frames(); ++i) {
    const FrameResult frame = video.frame(i);
    samples.push_back({frame.time_s, frame.faces[0].probabilities});
    collector.add(frame.time_s, frame.faces[0].probabilities, {{frame.source, true, i, frame.time_s}, i, frame.faces[0].box, {}},
                  {});
  }
  collector.finish();
  const auto expected = find_episodes(7, samples, 0);
  ASSERT_GT(expected.size(), 20u);
  ASSERT_EQ(collector.episodes().size(), expected.size());
  EXPECT_EQ(collector.count(), static_cast<std::int64_t>(expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto& found = collector.episodes()[i];
    EXPECT_EQ(found.episode.label, expected[i].label);
    EXPECT_EQ(found.episode.onset_s, expected[i].onset_s);
    EXPECT_EQ(found.episode.apex_s, expected[i].apex_s);
    EXPECT_EQ(found.episode.offset_s, expected[i].offset_s);
    EXPECT_EQ(found.episode.identity, 7);
    EXPECT_EQ(found.apex.address.time_s, expected[i].apex_s);
  }
}

TEST(EpisodeCollector, OneLongSmileStaysOne) {
  EpisodeCollector collector(0, 0);
  const int frames = 60'000;  // 40 minutes: more than is kept in memory
  for (int i = 0; i < frames; ++i) {
    const float share = i == 50'000 ? 0.95F : 0.8F;
    collector.add(i / 25.0, {1 - share, share}, {{"a", true, i, i / 25.0}, i, {}, {}}, {});
  }
  collector.finish();
  ASSERT_EQ(collector.episodes().size(), 1u);
  const Episode& episode = collector.episodes()[0].episode;
  EXPECT_EQ(episode.onset_s, 0);
  EXPECT_EQ(episode.apex_s, 2000);
  EXPECT_EQ(episode.offset_s, (frames - 1) / 25.0);
  EXPECT_EQ(episode.peak, 0.95F);
  EXPECT_EQ(collector.episodes()[0].apex.address.frame, 50'000);
}

TEST(EpisodeCollector, StrongestAreKept) {
  EpisodeCollector collector(0, 0);
  const int smiles = 5000;
  for (int i = 0; i < smiles; ++i)
    for (int k = 0; k < 40; ++k) {
      const float share = k < 10 ? 0.6F + 0.3F * static_cast<float>(i) / smiles : 0.1F;
      collector.add(i * 4 + k / 10.0, {1 - share, share}, {}, {});
    }
  collector.finish();
  EXPECT_EQ(collector.count(), smiles);
  EXPECT_LE(collector.episodes().size(), 2000u);
  EXPECT_GE(collector.episodes().size(), 900u);
  EXPECT_EQ(collector.episodes().back().episode.onset_s, (smiles - 1) * 4);
}

TEST(EpisodeCollector, TakesPicturesAtTheApex) {
  EpisodeCollector collector(0, 0);
  for (int i = 0; i < 50; ++i) {
    const float share = i == 25 ? 0.9F : 0.6F;
    const cv::Mat image(64, 64, CV_8UC3, cv::Scalar::all(i == 25 ? 250 : 5));
    collector.add(i / 25.0, {1 - share, share}, {{}, i, {8, 8, 40, 40}, {}}, image);
  }
  collector.finish();
  ASSERT_EQ(collector.episodes().size(), 1u);
  EXPECT_EQ(collector.episodes()[0].apex.jpeg, face_thumbnail(cv::Mat(64, 64, CV_8UC3, cv::Scalar::all(250)), {8, 8, 40, 40}));
}

TEST(EpisodeCollector, TimeThatJumps) {
  EpisodeCollector collector(0, 0);
  for (const double time : {5.0, 5.5, 1.0, std::nan(""), 1.5, 2.0}) collector.add(time, {0.1F, 0.9F}, {}, {});
  EXPECT_NO_THROW(collector.finish());
  EXPECT_EQ(collector.episodes().size(), 2u);
}

TEST(FaceThumbnail, AnyBox) {
  const cv::Mat image(40, 60, CV_8UC3, cv::Scalar::all(90));
  EXPECT_FALSE(face_thumbnail(image, {-10, -10, 30, 30}).empty());
  EXPECT_TRUE(face_thumbnail(image, {100, 100, 10, 10}).empty());
  EXPECT_TRUE(face_thumbnail(image, {0, 0, 0, 0}).empty());
  EXPECT_TRUE(face_thumbnail(image, {testing::kUnknown, 0, 5, 5}).empty());
  EXPECT_TRUE(face_thumbnail(image, {0, 0, 1e30F, 1}).empty());
  EXPECT_TRUE(face_thumbnail({}, {0, 0, 5, 5}).empty());
}

}  // namespace
}  // namespace mien
