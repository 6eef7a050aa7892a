// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/media_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "mien/analysis/kept_pipes.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/decode_fixtures.h"
#include "mien/image/encode.h"
#include "mien/video/video_writer.h"

namespace mien {
namespace {

using Kind = MediaSource::Kind;

class MediaSources : public ::testing::Test {
 protected:
  MediaSources() {
    fs::create_directories(folder_.path() / "day 1" / "inner");
    for (const char* name : {"b.JPG", "a.mp4", "day 1/c.png", "day 1/inner/d.MOV", "day 1/notes.txt"}) write_atomically(folder_.path() / name, "x");
  }
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  static std::vector<MediaSource> sources_of(const std::vector<std::string>& arguments, std::istream& list) { return list_media(arguments, list).sources; }
  TemporaryFolder folder_;
  std::istringstream nothing_;
};

TEST_F(MediaSources, AFolderIsThePicturesAndVideosBelowIt) {
  const auto sources = sources_of({folder_.path().string()}, nothing_);
  ASSERT_EQ(sources.size(), 4u);
  EXPECT_EQ(sources[0].name, path("a.mp4"));
  EXPECT_EQ(sources[0].kind, Kind::video);
  EXPECT_EQ(sources[1].name, path("b.JPG"));
  EXPECT_EQ(sources[1].kind, Kind::picture);
  EXPECT_EQ(sources[2].name, path("day 1/c.png"));
  EXPECT_EQ(sources[3].name, path("day 1/inner/d.MOV"));
  EXPECT_EQ(sources[3].kind, Kind::video);
}

TEST_F(MediaSources, ArgumentsKeepTheirOrderAndPatternsAreExpanded) {
  const auto sources = sources_of({path("b.JPG"), "camera:0", path("*.mp4")}, nothing_);
  ASSERT_EQ(sources.size(), 3u);
  EXPECT_EQ(sources[0].name, path("b.JPG"));
  EXPECT_EQ(sources[1].kind, Kind::camera);
  EXPECT_EQ(sources[2].name, path("a.mp4"));
  for (const auto& source : sources) EXPECT_EQ(source.problem, "");
}

TEST_F(MediaSources, AListOnStdinMayHoldBlankLinesAndFolders) {
  std::istringstream list(path("b.JPG") + "\n\n  " + path("day 1") + "  \n");
  const auto sources = sources_of({"-"}, list);
  ASSERT_EQ(sources.size(), 3u);
  EXPECT_EQ(sources[1].name, path("day 1/c.png"));
}

TEST_F(MediaSources, WhatIsNotThereIsAProblemAndTheRestGoesOn) {
  fs::create_directories(folder_.path() / "empty");
  const auto sources = sources_of({path("none.jpg"), path("*.gif"), path("empty"), path("b.JPG")}, nothing_);
  ASSERT_EQ(sources.size(), 4u);
  EXPECT_NE(sources[0].problem.find("none.jpg: no such file"), std::string::npos) << sources[0].problem;
  EXPECT_NE(sources[1].problem.find("no file matches"), std::string::npos) << sources[1].problem;
  EXPECT_NE(sources[2].problem.find("no pictures or videos"), std::string::npos) << sources[2].problem;
  EXPECT_EQ(sources[3].problem, "");
}

TEST_F(MediaSources, WhatIsLeftOutOfAFolderIsNamed) {
  fs::create_directory_symlink(folder_.path(), folder_.path() / "day 1" / "loop");
  ASSERT_EQ(::mkfifo((folder_.path() / "pipe.png").c_str(), 0666), 0);
  write_atomically(folder_.path() / "nothing.dat", "");
  const auto list = list_media({folder_.path().string()}, nothing_);
  EXPECT_EQ(list.sources.size(), 4u);
  ASSERT_EQ(list.left_out.size(), 4u);
  EXPECT_EQ(list.left_out[0].path, path("day 1/loop"));
  EXPECT_FALSE(list.left_out[0].lost);
  EXPECT_EQ(list.left_out[1].path, path("day 1/notes.txt"));
  EXPECT_EQ(list.left_out[1].reason, "no picture or video");
  EXPECT_EQ(list.left_out[2].reason, "empty");
  EXPECT_EQ(list.left_out[3].reason, "a pipe");
}

/// What a file is stands in its bytes.
TEST_F(MediaSources, ContentTellsPicturesFromVideos) {
  const auto png = encode_png(cv::Mat(8, 8, CV_8UC1, cv::Scalar(7)));
  const auto fixture = [](const std::string& name) {
    for (const auto& one : testing::format_fixtures())
      if (one.name == name) return testing::from_base64(one.file);
    throw std::runtime_error("no fixture " + name);
  };
  const auto write = [&](const std::string& name, const std::vector<std::uint8_t>& bytes) {
    fs::create_directories((folder_.path() / "mixed" / name).parent_path());
    write_atomically(folder_.path() / "mixed" / name, std::string(bytes.begin(), bytes.end()));
  };
  write("a-picture.mp4", png);
  write("b-plain", png);
  write("c-still.gif", fixture("gif"));
  write("d-moving.gif", fixture("gif animated"));
  write("e.heic", fixture("heic lossless"));
  write("f.tif", fixture("tiff rgb"));
  VideoWriterOptions options;
  options.width = 64;
  options.height = 48;
  const auto writer = create_video(folder_.path() / "mixed" / "g.mkv", options);
  for (int i = 0; i < 5; ++i) writer->write(cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(40 * i)), i / 25.0);
  writer->finish();
  fs::rename(folder_.path() / "mixed" / "g.mkv", folder_.path() / "mixed" / "g-plain");
  const auto list = list_media({path("mixed")}, nothing_);
  std::string kinds;
  for (const auto& source : list.sources) kinds += source.kind == Kind::video ? 'v' : 'p';
  EXPECT_EQ(kinds, "pppvppv");
  EXPECT_TRUE(list.left_out.empty());
}

TEST_F(MediaSources, ListsMayComeFromFind) {
  std::istringstream list("./none\n.jpg" + std::string(1, '\0') + path("b.JPG") + std::string(1, '\0'));
  const auto sources = sources_of({"-"}, list);
  ASSERT_EQ(sources.size(), 2u);
  EXPECT_EQ(sources[0].name, "./none\n.jpg");
  EXPECT_EQ(sources[1].name, path("b.JPG"));
}

TEST_F(MediaSources, APatternMayMatchFolders) {
  const auto sources = sources_of({path("day*")}, nothing_);
  ASSERT_EQ(sources.size(), 2u);
  EXPECT_EQ(sources[0].name, path("day 1/c.png"));
}

TEST_F(MediaSources, WhatComesThroughAPipeIsKept) {
  const std::string pipe = path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0666), 0);
  auto sources = sources_of({pipe, path("b.JPG")}, nothing_);
  ASSERT_EQ(sources.size(), 2u);
  const auto png = encode_png(cv::Mat(8, 8, CV_8UC1, cv::Scalar(7)));
  std::thread writer([&] { std::ofstream(pipe, std::ios::binary).write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size())); });
  StopFlag stop;
  Progress progress;
  keep_pipes(sources, folder_.path() / "out", stop, progress);
  writer.join();
  EXPECT_EQ(sources[0].name, path("out/from_pipes/pipe"));
  EXPECT_EQ(sources[0].kind, Kind::picture);
  EXPECT_EQ(read_bytes(sources[0].name), png);
  EXPECT_EQ(sources[1].name, path("b.JPG"));
  // A second pipe of that name gets a name of its own; a stop ends the wait and leaves no file.
  std::vector<MediaSource> again = {{Kind::picture, pipe, ""}};
  stop.request();
  EXPECT_THROW(keep_pipes(again, folder_.path() / "out", stop, progress), Error);
  EXPECT_EQ(std::distance(fs::directory_iterator(path("out/from_pipes")), fs::directory_iterator()), 1);
}

TEST_F(MediaSources, WhatIsNamedTwiceIsLookedAtOnce) {
  const auto sources = sources_of({path("b.JPG"), folder_.path().string(), path("b.JPG")}, nothing_);
  ASSERT_EQ(sources.size(), 4u);
  EXPECT_EQ(sources[0].name, path("b.JPG"));
}

}  // namespace
}  // namespace mien
