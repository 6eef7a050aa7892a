// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <opencv2/core.hpp>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/video/test_videos.h"

namespace mien {
namespace {

using namespace test_videos;

VideoWriterOptions small() {
  VideoWriterOptions options;
  options.width = 64, options.height = 48;
  return options;
}

cv::Mat noise(int seed) {
  cv::Mat image(48, 64, CV_8UC3);
  cv::RNG(static_cast<std::uint64_t>(seed)).fill(image, cv::RNG::UNIFORM, 0, 256);
  return image;
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

template <typename Action>
ErrorCode code_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_STRNE(error.what(), "");
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::interrupted;
}

TEST(VideoWriter, ShowsTheFileOnlyWhenItIsFinished) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.mp4";
  write_atomically(file, "the old content");
  const auto writer = create_video(file, small());
  writer->write(noise(1), 0);
  EXPECT_EQ(read_text(file), "the old content");
  writer->finish();
  EXPECT_EQ(read_all(file).size(), 1u);
  EXPECT_EQ(files_in(folder.path()), 1u);
  writer->finish();  // again: nothing happens
  EXPECT_EQ(code_of([&] { writer->write(noise(2), 1); }), ErrorCode::usage);
}

TEST(VideoWriter, LeavesNothingBehindWithoutFinish) {
  const TemporaryFolder folder;
  {
    const auto writer = create_video(folder.path() / "a.mkv", small());
    for (int i = 0; i < 5; ++i) writer->write(noise(i), i);
    EXPECT_EQ(files_in(folder.path()), 1u);
  }
  EXPECT_EQ(files_in(folder.path()), 0u);
}

TEST(VideoWriter, WritesThroughASymbolicLink) {
  const TemporaryFolder folder;
  const fs::path target = folder.path() / "target.mp4", link = folder.path() / "link.mp4";
  write_atomically(target, "old");
  fs::create_symlink(target, link);
  write_numbered(link, regular_times(2, 25));
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(read_all(target).size(), 2u);
}

TEST(VideoWriter, RefusesWhatItCannotWrite) {
  const TemporaryFolder folder;
  const auto refuse = [&](const fs::path& file, VideoWriterOptions options = small()) {
    return code_of([&] { create_video(file, options); });
  };
  EXPECT_EQ(refuse(folder.path() / "a.webm"), ErrorCode::usage);
  EXPECT_EQ(refuse(folder.path() / "a"), ErrorCode::usage);
  EXPECT_EQ(refuse(folder.path() / "missing" / "a.mp4"), ErrorCode::io);
  fs::create_directory(folder.path() / "b.mp4");
  EXPECT_EQ(refuse(folder.path() / "b.mp4"), ErrorCode::io);
  EXPECT_EQ(refuse(folder.path() / "a.mp4", {.width = 0, .height = 4}), ErrorCode::usage);
  EXPECT_EQ(refuse(folder.path() / "a.mp4", {.width = 100000, .height = 4}), ErrorCode::usage);
  EXPECT_EQ(refuse(folder.path() / "a.mp4", {.width = 4, .height = 4, .frames_per_second = NAN}), ErrorCode::usage);
  EXPECT_EQ(refuse(folder.path() / "a.mp4", {.width = 4, .height = 4, .quality = 99}), ErrorCode::usage);
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(VideoWriter, RefusesWrongFrames) {
  const TemporaryFolder folder;
  const auto writer = create_video(folder.path() / "a.mp4", small());
  EXPECT_EQ(code_of([&] { writer->finish(); }), ErrorCode::usage);  // no frame at all
  writer->write(noise(1), 2);
  EXPECT_EQ(code_of([&] { writer->write(noise(2), 2); }), ErrorCode::usage);
  EXPECT_EQ(code_of([&] { writer->write(noise(2), 1); }), ErrorCode::usage);
  EXPECT_EQ(code_of([&] { writer->write(noise(2), NAN); }), ErrorCode::usage);
  EXPECT_EQ(code_of([&] { writer->write(noise(2), INFINITY); }), ErrorCode::usage);
  EXPECT_EQ(code_of([&] { writer->write(cv::Mat(48, 63, CV_8UC3), 3); }), ErrorCode::usage);
  EXPECT_EQ(code_of([&] { writer->write(cv::Mat(48, 64, CV_8UC1), 3); }), ErrorCode::usage);
  EXPECT_EQ(code_of([&] { writer->write(cv::Mat(), 3); }), ErrorCode::usage);
  writer->write(noise(2), 2.0000001);  // closer than a tick, but later
  writer->finish();
  EXPECT_EQ(read_all(folder.path() / "a.mp4").size(), 2u);
}

/// Lets files grow to `bytes` only: what a full disk does.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

TEST(VideoWriter, SaysWhenTheDiskIsFull) {
  for (const char* name : {"a.mp4", "a.mkv"}) {
    const TemporaryFolder folder;
    {
      const auto writer = create_video(folder.path() / name, small());
      const FileSizeLimit limit(20000);
      EXPECT_EQ(code_of([&] {
                  for (int i = 0; i < 200; ++i) writer->write(noise(i), i * 0.04);
                  writer->finish();
                }),
                ErrorCode::io);
    }
    EXPECT_EQ(files_in(folder.path()), 0u) << name;
  }
}

TEST(VideoWriter, WritesTheSameBytesEveryTime) {
  const TemporaryFolder folder;
  write_numbered(folder.path() / "a.mp4", regular_times(20, 25));
  write_numbered(folder.path() / "b.mp4", regular_times(20, 25));
  EXPECT_EQ(read_bytes(folder.path() / "a.mp4"), read_bytes(folder.path() / "b.mp4"));
}

}  // namespace
}  // namespace mien
