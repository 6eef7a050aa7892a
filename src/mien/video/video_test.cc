// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Videos that go through writer and reader.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <opencv2/imgproc.hpp>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/video/test_videos.h"

namespace mien {
namespace {

using namespace test_videos;

class Video : public ::testing::Test {
 protected:
  fs::path path(const std::string& name) const { return folder_.path() / name; }
  TemporaryFolder folder_;
};

/// Intervals that no fixed rate has: 10 ms to 510 ms.
std::vector<double> irregular_times(int count) {
  std::vector<double> times = {0};
  for (int i = 1; i < count; ++i) times.push_back(times.back() + 0.01 + 0.1 * ((i * 7) % 6));
  return times;
}

void expect_numbered(const std::vector<VideoFrame>& frames, const std::vector<double>& times, double tolerance_s) {
  ASSERT_EQ(frames.size(), times.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].number, static_cast<std::int64_t>(i));
    EXPECT_EQ(shown_number(frames[i].image), static_cast<int>(i));
    EXPECT_NEAR(frames[i].time_s, times[i], tolerance_s) << i;
  }
}

TEST_F(Video, KeepsEveryFrameAndItsTime) {
  const auto times = regular_times(60, 30000.0 / 1001);
  write_numbered(path("a.mp4"), times, {96, 64}, {.frames_per_second = 30000.0 / 1001});
  const auto reader = open_video(path("a.mp4"));
  const VideoInfo& info = reader->info();
  EXPECT_EQ(info.width, 96);
  EXPECT_EQ(info.height, 64);
  EXPECT_NEAR(info.frames_per_second, 29.97, 0.01);
  EXPECT_EQ(info.frames, 60);
  EXPECT_NEAR(info.duration_s, 60 * 1.001 / 30, 0.001);
  EXPECT_TRUE(info.codec == "h264" || info.codec == "mpeg4");
  EXPECT_EQ(info.pixel_format, "yuv420p");
  EXPECT_FALSE(info.has_audio);
  expect_numbered(read_all(*reader), times, 1.0 / 90000);
  EXPECT_EQ(reader->damaged(), 0);
  EXPECT_FALSE(reader->next());
}

TEST_F(Video, KeepsIrregularTimes) {
  const auto times = irregular_times(50);
  write_numbered(path("a.mp4"), times);
  expect_numbered(read_all(path("a.mp4")), times, 1.0 / 90000);
  write_numbered(path("a.mkv"), times);
  expect_numbered(read_all(path("a.mkv")), times, 0.00051);  // Matroska counts milliseconds
}

TEST_F(Video, BeginsAtTimeZeroWhateverTheFirstTimeWas) {
  std::vector<double> times = regular_times(10, 25);
  for (auto& t : times) t += 12.5;
  write_numbered(path("a.mp4"), times);
  const auto frames = read_all(path("a.mp4"));
  ASSERT_EQ(frames.size(), 10u);
  EXPECT_DOUBLE_EQ(frames[0].time_s, 0);
  EXPECT_NEAR(frames[9].time_s, 0.36, 1e-4);
}

/// Frames of `part` must be frames of `whole`, byte for byte.
void expect_part_of(const std::vector<VideoFrame>& part, const std::vector<VideoFrame>& whole, const std::string& what) {
  for (const auto& frame : part) {
    ASSERT_GE(frame.number, 0) << what;
    ASSERT_LT(frame.number, static_cast<std::int64_t>(whole.size())) << what;
    const VideoFrame& same = whole[static_cast<std::size_t>(frame.number)];
    EXPECT_DOUBLE_EQ(frame.time_s, same.time_s) << what;
    EXPECT_EQ(cv::norm(frame.image, same.image, cv::NORM_INF), 0) << what << ", frame " << frame.number;
  }
}

TEST_F(Video, ReadsAPartLikeThatPartOfTheWhole) {
  const auto times = irregular_times(120);
  for (const char* name : {"a.mp4", "a.mkv"}) {
    write_numbered(path(name), times, {96, 64}, {.frames_per_second = 5});  // key frames every ten frames
    const auto whole = read_all(path(name));
    ASSERT_EQ(whole.size(), times.size());
    for (const double from_s : {0.0, 0.3, whole[33].time_s, whole[33].time_s + 0.001, 20.0, whole.back().time_s, 1000.0})
      for (const double to_s : {-1.0, from_s + 2, from_s + 0.001})
        for (const int every : {1, 3, 7}) {
          const std::string what = std::string(name) + " from " + std::to_string(from_s) + " to " + std::to_string(to_s) +
                                   " every " + std::to_string(every);
          const auto part = read_all(path(name), {.from_s = from_s, .to_s = to_s, .every = every});
          std::size_t expected = 0;
          for (const auto& frame : whole)
            expected += frame.number % every == 0 && frame.time_s >= from_s && (to_s < 0 || frame.time_s < to_s);
          EXPECT_EQ(part.size(), expected) << what;
          expect_part_of(part, whole, what);
        }
  }
}

TEST_F(Video, ReadsTheSameWithManyThreads) {
  write_numbered(path("a.mp4"), regular_times(50, 25));
  const auto one = read_all(path("a.mp4")), four = read_all(path("a.mp4"), {.threads = 4});
  ASSERT_EQ(one.size(), four.size());
  expect_part_of(four, one, "threads");
  expect_part_of(read_all(path("a.mp4"), {.from_s = 0.9, .every = 4, .threads = 3}), one, "threads and skipping");
}

TEST_F(Video, KeepsColours) {
  // Standard and high definition use different matrices.
  for (const cv::Size size : {cv::Size(320, 240), cv::Size(1280, 720)}) {
    write_numbered(path("a.mp4"), regular_times(3, 25), size, {.quality = 10});
    const auto frames = read_all(path("a.mp4"));
    ASSERT_EQ(frames.size(), 3u);
    const cv::Mat drawn = numbered_picture(1, size);
    for (const int x : {size.width / 6, size.width / 2, 5 * size.width / 6})
      for (const int y : {size.height / 4, 3 * size.height / 4})
        for (int c = 0; c < 3; ++c)
          EXPECT_NEAR(frames[1].image.at<cv::Vec3b>(y, x)[c], drawn.at<cv::Vec3b>(y, x)[c], 4) << size << " at " << x << "," << y;
  }
}

TEST_F(Video, PadsOddSizesToEven) {
  for (const cv::Size size : {cv::Size(97, 63), cv::Size(33, 40), cv::Size(17, 1), cv::Size(1, 1)}) {
    VideoWriterOptions options;
    options.width = size.width, options.height = size.height;
    const auto writer = create_video(path("a.mp4"), options);
    for (int i = 0; i < 3; ++i) writer->write(cv::Mat(size, CV_8UC3, cv::Scalar(180, 90, 60)), 0.1 * i);
    writer->finish();
    const auto frames = read_all(path("a.mp4"));
    ASSERT_EQ(frames.size(), 3u) << size;
    EXPECT_EQ(frames[0].image.size(), cv::Size((size.width + 1) / 2 * 2, (size.height + 1) / 2 * 2));
    const cv::Vec3b corner = frames[2].image.at<cv::Vec3b>(frames[2].image.rows - 1, frames[2].image.cols - 1);
    EXPECT_NEAR(corner[0], 180, 6);
    EXPECT_NEAR(corner[2], 60, 6);
  }
}

/// The display matrix of an MP4's only track: 9 numbers near the end of its "tkhd" box.
void set_rotation(const fs::path& file, const std::vector<std::int32_t>& matrix) {
  auto bytes = read_bytes(file);
  const std::string tag = "tkhd";
  const auto box = std::search(bytes.begin(), bytes.end(), tag.begin(), tag.end());
  ASSERT_NE(box, bytes.end());
  auto at = box + 4 + 4 + 20 + 16;  // version 0: flags, times and identity, layer and volume
  for (const std::int32_t value : matrix)
    for (int shift = 24; shift >= 0; shift -= 8) *at++ = static_cast<std::uint8_t>(static_cast<std::uint32_t>(value) >> shift);
  write_atomically(file, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

TEST_F(Video, IsTurnedAsAPhoneSays) {
  constexpr std::int32_t one = 1 << 16, w = 1 << 30;
  write_numbered(path("a.mp4"), regular_times(4, 25), {96, 64});
  const auto stored = read_all(path("a.mp4"));
  // Held upright: a quarter turn clockwise brings the stored top to the right.
  set_rotation(path("a.mp4"), {0, one, 0, -one, 0, 0, 64 * one, 0, w});
  const auto reader = open_video(path("a.mp4"));
  EXPECT_EQ(reader->info().width, 64);
  EXPECT_EQ(reader->info().height, 96);
  const auto turned = read_all(*reader);
  ASSERT_EQ(turned.size(), 4u);
  cv::Mat expected;
  cv::rotate(stored[3].image, expected, cv::ROTATE_90_CLOCKWISE);
  ASSERT_EQ(turned[3].image.size(), expected.size());
  EXPECT_EQ(cv::norm(turned[3].image, expected, cv::NORM_INF), 0);

  set_rotation(path("a.mp4"), {-one, 0, 0, 0, -one, 0, 0, 0, w});
  cv::rotate(stored[3].image, expected, cv::ROTATE_180);
  EXPECT_EQ(cv::norm(read_all(path("a.mp4"))[3].image, expected, cv::NORM_INF), 0);
}

TEST_F(Video, NamesAreToldByExtension) {
  for (const char* name : {"a.mp4", "A.MOV", "x/y.WebM", "b.3gp", "c.mpeg", "d.mts", "e.M2TS", "f.mxf", "g.vob"}) EXPECT_TRUE(has_video_extension(name)) << name;
  for (const char* name : {"a.jpg", "mp4", "a.mp4.txt", "", ".mp4", "a."}) EXPECT_FALSE(has_video_extension(name)) << name;
}

TEST_F(Video, OptionsOutOfRangeAreRefused) {
  write_numbered(path("a.mp4"), regular_times(4, 25));
  EXPECT_THROW(open_video(path("a.mp4"), {.every = 0}), Error);
  EXPECT_THROW(open_video(path("a.mp4"), {.from_s = NAN}), Error);
  EXPECT_THROW(open_video(path("a.mp4"), {.threads = -1}), Error);
  EXPECT_EQ(read_all(path("a.mp4"), {.from_s = -5}).size(), 4u);
}

/// Raw pictures: what is read is what was written, to the last bit of the formula.
TEST_F(Video, RawPicturesComeBackAsTheFormulaSays) {
  std::ofstream out(path("a.y4m"), std::ios::binary);
  out << "YUV4MPEG2 W16 H8 F30:1 Ip A1:1 C420mpeg2\n";
  for (int frame = 0; frame < 5; ++frame) {
    out << "FRAME\n";
    out << std::string(16 * 8, static_cast<char>(100 + 20 * frame)) << std::string(8 * 4, '\x80') << std::string(8 * 4, '\x80');
  }
  out.close();
  const auto frames = read_all(path("a.y4m"));
  ASSERT_EQ(frames.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    const double gray = (100 + 20.0 * static_cast<double>(i) - 16) * 255 / 219;
    EXPECT_NEAR(frames[i].image.at<cv::Vec3b>(3, 3)[1], gray, 0.51);
    EXPECT_NEAR(frames[i].time_s, static_cast<double>(i) / 30, 1e-9);
    EXPECT_EQ(frames[i].number, static_cast<std::int64_t>(i));
  }
  // Nothing can be skipped here, so frames are counted.
  const auto part = read_all(path("a.y4m"), {.from_s = 0.05, .to_s = 0.13, .every = 2});
  ASSERT_EQ(part.size(), 1u);
  EXPECT_EQ(part[0].number, 2);
}

TEST_F(Video, PixelAspectIsApplied) {
  std::ofstream out(path("a.y4m"), std::ios::binary);
  out << "YUV4MPEG2 W30 H24 F25:1 Ip A16:15 C420jpeg\nFRAME\n" << std::string(30 * 24 * 3 / 2, '\x80');
  out.close();
  const auto reader = open_video(path("a.y4m"));
  EXPECT_EQ(reader->info().width, 32);
  EXPECT_EQ(reader->info().height, 24);
  EXPECT_EQ(reader->next()->image.size(), cv::Size(32, 24));
}

}  // namespace
}  // namespace mien
