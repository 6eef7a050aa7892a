// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/file_walk.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mien/base/files.h"

namespace mien {
namespace {

class FileWalk : public ::testing::Test {
 protected:
  void write(const std::string& name) {
    fs::create_directories((root() / name).parent_path());
    write_atomically(root() / name, "x");
  }
  const fs::path& root() const { return folder_.path(); }
  /// Files below the root, without its name.
  std::vector<std::string> files() {
    found_ = walk_files(root());
    std::vector<std::string> names;
    for (const auto& file : found_.files) names.push_back(fs::path(file).lexically_relative(root()).string());
    return names;
  }
  /// "name: reason", without the root's name.
  std::vector<std::string> left_out() const {
    std::vector<std::string> names;
    for (const auto& one : found_.left_out) {
      std::string reason = one.reason;
      const std::string prefix = root().string();
      if (const auto at = reason.find(prefix); at != std::string::npos) reason.replace(at, prefix.size(), "ROOT");
      names.push_back(fs::path(one.path).lexically_relative(root()).string() + ": " + reason + (one.lost ? "" : " (not lost)"));
    }
    return names;
  }

  TemporaryFolder folder_;
  WalkedFiles found_;
};

using Names = std::vector<std::string>;

TEST_F(FileWalk, FilesAtAnyDepthSortedByTheirNames) {
  for (const char* name : {"b", "a/z", "a/b/c", "a b/x", ".hidden/y", "c\xff"}) write(name);
  EXPECT_EQ(files(), (Names{".hidden/y", "a b/x", "a/b/c", "a/z", "b", "c\xff"}));
  EXPECT_TRUE(left_out().empty());
}

TEST_F(FileWalk, LinksAreFollowedAndLoopsEnd) {
  const TemporaryFolder elsewhere;
  write_atomically(elsewhere.path() / "far", "x");
  write("real/inner/one");
  fs::create_symlink(elsewhere.path(), root() / "to-far");
  fs::create_symlink(root() / "real/inner/one", root() / "to-file");
  fs::create_directory_symlink(root(), root() / "real/inner/loop");
  fs::create_directory_symlink(".", root() / "real/self");
  fs::create_symlink("nowhere", root() / "broken");
  fs::create_symlink("circle", root() / "circle");
  EXPECT_EQ(files(), (Names{"real/inner/one", "to-far/far", "to-file"}));
  const auto out = left_out();
  ASSERT_EQ(out.size(), 4u);
  EXPECT_EQ(out[0], "broken: a link that leads nowhere");
  EXPECT_EQ(out[1].find("circle: cannot be opened: "), 0u) << out[1];
  EXPECT_EQ(out[2], "real/inner/loop: the folder ROOT again (not lost)");
  EXPECT_EQ(out[3], "real/self: the folder ROOT/real again (not lost)");
  EXPECT_TRUE(any_lost(found_.left_out));
}

/// A link that sorts before its folder must not take the folder's name away.
TEST_F(FileWalk, FoldersKeepTheirOwnNames) {
  write("faces/1");
  fs::create_directory_symlink("faces", root() / "all");
  fs::create_directory_symlink("faces", root() / "zoo");
  EXPECT_EQ(files(), (Names{"faces/1"}));
  EXPECT_EQ(left_out(), (Names{"all: the folder ROOT/faces again (not lost)", "zoo: the folder ROOT/faces again (not lost)"}));
  EXPECT_FALSE(any_lost(found_.left_out));
}

/// Twenty levels with two links each would be a million paths.
TEST_F(FileWalk, ManyLinksDoNotMultiply) {
  write("0/file");
  for (int level = 1; level <= 20; ++level) {
    fs::create_directories(root() / std::to_string(level));
    for (const char* link : {"left", "right"})
      fs::create_directory_symlink(root() / std::to_string(level - 1), root() / std::to_string(level) / link);
  }
  found_ = walk_files(root() / "20");
  EXPECT_EQ(found_.files.size(), 1u);
}

TEST_F(FileWalk, NotesOfSystemsAreNobodysLoss) {
  for (const char* name : {"a.jpg", "._a.jpg", "@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", "__MACOSX/b"}) write(name);
  EXPECT_EQ(files(), (Names{"a.jpg"}));
  EXPECT_EQ(left_out(), (Names{"._a.jpg: a note of macOS about a file (not lost)", "@eaDir: a folder of the system's own (not lost)",
                               "__MACOSX: a folder of the system's own (not lost)"}));
}

TEST_F(FileWalk, PipesAndSocketsAreNamed) {
  write("file");
  ASSERT_EQ(::mkfifo((root() / "pipe").c_str(), 0666), 0);
  EXPECT_EQ(files(), (Names{"file"}));
  EXPECT_EQ(left_out(), (Names{"pipe: a pipe"}));
}

TEST_F(FileWalk, FoldersWithoutPermissionAreNamed) {
  write("open/a");
  write("closed/b");
  fs::permissions(root() / "closed", fs::perms::none);
  const auto names = files();
  fs::permissions(root() / "closed", fs::perms::owner_all);
  if (::geteuid() == 0) GTEST_SKIP() << "root may list everything";
  EXPECT_EQ(names, (Names{"open/a"}));
  ASSERT_EQ(left_out().size(), 1u);
  EXPECT_EQ(left_out()[0], "closed: the folder cannot be listed: Permission denied");
}

TEST_F(FileWalk, AFolderThatIsNotThereIsLeftOut) {
  const auto found = walk_files(root() / "none");
  EXPECT_TRUE(found.files.empty());
  ASSERT_EQ(found.left_out.size(), 1u);
  EXPECT_EQ(found.left_out[0].reason, "cannot be opened: No such file or directory");
}

TEST_F(FileWalk, ReasonsAreCountedAndNamed) {
  for (const char* name : {"a.txt", "b.txt", "c.txt", "d.txt", "e.png"}) write(name);
  found_ = walk_files(root());
  leave_out(found_, [](const std::string& file) { return file.ends_with(".txt") ? "no picture" : ""; });
  ASSERT_EQ(found_.files.size(), 1u);
  EXPECT_EQ(found_.left_out.size(), 4u);
  std::vector<LeftOut> some = {{"a", "no picture", true}, {"b", "a pipe", true}};
  for (int i = 0; i < 3; ++i) some.push_back({"n" + std::to_string(i), "no picture", true});
  EXPECT_EQ(left_out_text(some), "5 left out: 1 a pipe (b), 4 no picture (a, n0, n1, ...)");
  EXPECT_EQ(left_out_text({}), "");
}

TEST_F(FileWalk, PatternsMatchSorted) {
  for (const char* name : {"b.png", "a.png", "c.txt"}) write(name);
  std::vector<LeftOut> left;
  EXPECT_EQ(matching_names((root() / "*.png").string(), left), (Names{(root() / "a.png").string(), (root() / "b.png").string()}));
  EXPECT_TRUE(matching_names((root() / "*.gif").string(), left).empty());
  EXPECT_TRUE(left.empty());
}

}  // namespace
}  // namespace mien
