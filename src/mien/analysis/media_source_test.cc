// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/media_source.h"

#include <gtest/gtest.h>

#include <sstream>

#include "mien/base/files.h"

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
  TemporaryFolder folder_;
  std::istringstream nothing_;
};

TEST_F(MediaSources, AFolderIsThePicturesAndVideosBelowIt) {
  const auto sources = list_media({folder_.path().string()}, nothing_);
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
  const auto sources = list_media({path("b.JPG"), "camera:0", path("*.mp4")}, nothing_);
  ASSERT_EQ(sources.size(), 3u);
  EXPECT_EQ(sources[0].name, path("b.JPG"));
  EXPECT_EQ(sources[1].kind, Kind::camera);
  EXPECT_EQ(sources[2].name, path("a.mp4"));
  for (const auto& source : sources) EXPECT_EQ(source.problem, "");
}

TEST_F(MediaSources, AListOnStdinMayHoldBlankLinesAndFolders) {
  std::istringstream list(path("b.JPG") + "\n\n  " + path("day 1") + "  \n");
  const auto sources = list_media({"-"}, list);
  ASSERT_EQ(sources.size(), 3u);
  EXPECT_EQ(sources[1].name, path("day 1/c.png"));
}

TEST_F(MediaSources, WhatIsNotThereIsAProblemAndTheRestGoesOn) {
  fs::create_directories(folder_.path() / "empty");
  const auto sources = list_media({path("none.jpg"), path("*.gif"), path("empty"), path("b.JPG")}, nothing_);
  ASSERT_EQ(sources.size(), 4u);
  EXPECT_NE(sources[0].problem.find("none.jpg: no such file"), std::string::npos) << sources[0].problem;
  EXPECT_NE(sources[1].problem.find("no file matches"), std::string::npos) << sources[1].problem;
  EXPECT_NE(sources[2].problem.find("no pictures or videos"), std::string::npos) << sources[2].problem;
  EXPECT_EQ(sources[3].problem, "");
}

TEST_F(MediaSources, WhatIsNamedTwiceIsLookedAtOnce) {
  const auto sources = list_media({path("b.JPG"), folder_.path().string(), path("b.JPG")}, nothing_);
  ASSERT_EQ(sources.size(), 4u);
  EXPECT_EQ(sources[0].name, path("b.JPG"));
}

}  // namespace
}  // namespace mien
