// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Videos from the world.
#include <gtest/gtest.h>

#include "mien/testing/golden.h"
#include "mien/video/test_videos.h"

namespace mien {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> media(const std::string& name) {
  const auto shared = testing::shared_folder();
  if (!shared || !fs::exists(*shared / "data/media" / name)) return std::nullopt;
  return *shared / "data/media" / name;
}

/// Size, frames, rate and codec as OpenCV 4.6 tells them.
struct Facts {
  const char* name;
  int width, height;
  std::int64_t frames;
  double frames_per_second;
  const char* codec;
};

class RealVideo : public ::testing::TestWithParam<Facts> {};

TEST_P(RealVideo, IsReadInFull) {
  const Facts& facts = GetParam();
  const auto file = media(facts.name);
  if (!file) GTEST_SKIP() << "needs data/media/" << facts.name;
  const auto reader = open_video(*file);
  EXPECT_EQ(reader->info().width, facts.width);
  EXPECT_EQ(reader->info().height, facts.height);
  EXPECT_EQ(reader->info().frames, facts.frames);
  EXPECT_NEAR(reader->info().frames_per_second, facts.frames_per_second, 0.01);
  EXPECT_EQ(reader->info().codec, facts.codec);
  std::int64_t count = 0;
  double last_s = -1;
  while (const auto frame = reader->next()) {
    EXPECT_EQ(frame->number, count++);
    EXPECT_GT(frame->time_s, last_s);
    last_s = frame->time_s;
  }
  EXPECT_EQ(count, facts.frames);
  EXPECT_EQ(reader->damaged(), 0);
}

TEST_P(RealVideo, IsReadInPartsAsInFull) {
  const Facts& facts = GetParam();
  const auto file = media(facts.name);
  if (!file) GTEST_SKIP() << "needs data/media/" << facts.name;
  const VideoOptions options = {.from_s = 3.3, .to_s = 5, .every = 7, .threads = 2};
  const auto part = open_video(*file, options);
  const auto whole = open_video(*file);
  std::int64_t compared = 0;
  while (const auto frame = whole->next()) {
    if (frame->number % 7 != 0 || frame->time_s < 3.3 || frame->time_s >= 5) continue;
    const auto same = part->next();
    ASSERT_TRUE(same);
    EXPECT_EQ(same->number, frame->number);
    EXPECT_DOUBLE_EQ(same->time_s, frame->time_s);
    EXPECT_EQ(cv::norm(same->image, frame->image, cv::NORM_INF), 0) << frame->number;
    ++compared;
  }
  EXPECT_FALSE(part->next());
  EXPECT_GE(compared, 5);
}

INSTANTIATE_TEST_SUITE_P(Media, RealVideo,
                         ::testing::Values(Facts{"face_noface.mov", 960, 540, 169, 26.398, "hevc"},
                                           Facts{"WolfgangLanger_Pexels.mp4", 640, 360, 472, 23.976, "h264"}),
                         [](const auto& test) { return std::string(test.param.codec); });

TEST(RealVideoContent, IsWhatItShows) {
  const auto file = media("face_noface.mov");
  if (!file) GTEST_SKIP() << "needs data/media/face_noface.mov";
  // Frame 72 is black; before it a man is seen.
  const auto reader = open_video(*file, {.every = 36});
  const auto first = reader->next(), second = reader->next(), black = reader->next();
  ASSERT_TRUE(black);
  EXPECT_EQ(black->number, 72);
  EXPECT_LT(cv::mean(black->image)[1], 8);
  EXPECT_GT(cv::mean(second->image)[1], 30);
}

}  // namespace
}  // namespace mien
