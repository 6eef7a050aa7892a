// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/temporary_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <climits>
#include <csignal>
#include <fstream>
#include <functional>

#include "mien/base/error.h"
#include "mien/base/files.h"

namespace mien {
namespace {

/// Runs `work` in a process of its own that is killed when it says so.
void in_killed_process(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::kill(::getpid(), SIGKILL);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
}

std::int64_t entries(const fs::path& folder) { return std::distance(fs::directory_iterator(folder), fs::directory_iterator{}); }

TEST(TemporaryFile, TakesItsTargetsPlaceOrGoes) {
  const TemporaryFolder folder;
  const fs::path target = folder.path() / "a";
  {
    const TemporaryFile file(target);
    EXPECT_EQ(file.path().parent_path(), folder.path());
    EXPECT_TRUE(fs::exists(file.path()));
  }
  EXPECT_EQ(entries(folder.path()), 0);
  TemporaryFile file(target);
  ASSERT_EQ(::write(file.descriptor(), "x", 1), 1);
  file.put_in_place();
  EXPECT_EQ(read_text(target), "x");
  EXPECT_EQ(entries(folder.path()), 1);
}

/// 255 bytes are the longest name of Linux's file systems; the temporary one must not be longer.
TEST(TemporaryFile, WritesTheLongestNames) {
  const TemporaryFolder folder;
  for (const std::size_t length : {242u, 243u, 250u, 255u}) {
    const fs::path file = folder.path() / std::string(length, 'n');
    write_atomically(file, "content");
    EXPECT_EQ(read_text(file), "content") << length;
  }
  EXPECT_EQ(entries(folder.path()), 4);
  try {
    write_atomically(folder.path() / std::string(256, 'n'), "content");
    ADD_FAILURE() << "a name of 256 bytes";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_NE(std::string(error.what()).find("File name too long"), std::string::npos) << error.what();
    EXPECT_NE(error.hint().find("shorter"), std::string::npos);
  }
  EXPECT_EQ(entries(folder.path()), 4);
}

TEST(TemporaryFile, AlmostTheLongestPath) {
  const TemporaryFolder folder;
  fs::path deep = folder.path();
  while (deep.native().size() + 201 < PATH_MAX - 20) deep /= std::string(200, 'd');
  fs::create_directories(deep);
  const fs::path file = deep / std::string(PATH_MAX - 1 - deep.native().size() - 1, 'f');
  write_atomically(file, "content");
  EXPECT_EQ(read_text(file), "content");
}

TEST(FittedName, CutsBetweenCharacters) {
  EXPECT_EQ(fitted_name(".", "short", "-2"), "short-2");
  const std::string name = std::string(249, 'a') + "\xC3\xA4\xC3\xA4";  // 253 bytes, the last four are two letters
  EXPECT_EQ(fitted_name(".", name, "-2"), name + "-2");                 // 255
  EXPECT_EQ(fitted_name(".", name, "-23"), std::string(249, 'a') + "\xC3\xA4-23");
  EXPECT_EQ(fitted_name(".", name, "-2345"), std::string(249, 'a') + "-2345");
}

TEST(Leftovers, OfKilledWritersGoAndNothingElse) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "weights" / "deep");
  in_killed_process([&] {
    write_atomically(folder.path() / "weights" / "deep" / "x", [](std::ostream& out) {
      out << std::string(100, 'x') << std::flush;
      ::kill(::getpid(), SIGKILL);
    });
  });
  // Two more by hand, as an earlier process would have left them.
  pid_t gone = 0;
  if ((gone = ::fork()) == 0) ::_exit(0);
  ::waitpid(gone, nullptr, 0);
  const auto left = [&](const std::string& name) { return name + ".tmp-" + std::to_string(gone) + "-0"; };
  std::ofstream(folder.path() / left("a.tar")) << "12345";
  std::ofstream(folder.path() / "weights" / left("state")) << "123";
  for (const char* other : {"a.tmp", "b.tmp-x-1", "c.tmp-1", "d.tmp-12-3.tar", ".tmp-1-1", "e.tmp--1", "f.tmp-1-"})
    std::ofstream(folder.path() / other) << "mine";
  fs::create_directory(folder.path() / left("folder"));
  fs::create_symlink("a.tmp", folder.path() / left("link"));
  const std::int64_t before = entries(folder.path());

  const Leftovers top = remove_leftovers(folder.path());
  EXPECT_EQ(top.files, 1);
  EXPECT_EQ(top.bytes, 5u);
  EXPECT_EQ(top.text(), "removed 1 unfinished file of earlier runs (5 bytes)");
  EXPECT_EQ(entries(folder.path()), before - 1);
  EXPECT_EQ(remove_leftovers(folder.path(), 1).files, 1);
  EXPECT_EQ(entries(folder.path() / "weights"), 1);
  EXPECT_EQ(remove_leftovers(folder.path(), 2).files, 1);
  EXPECT_EQ(entries(folder.path() / "weights" / "deep"), 0);
  EXPECT_EQ(entries(folder.path()), before - 1);
  EXPECT_EQ(remove_leftovers(folder.path(), 9).text(), "");
  EXPECT_EQ(remove_leftovers(folder.path() / "no such folder").files, 0);
}

TEST(Leftovers, OfOneTarget) {
  const TemporaryFolder folder;
  const std::string long_name(250, 'n');
  in_killed_process([&] {
    TemporaryFile* const mine = new TemporaryFile(folder.path() / "model.onnx");
    TemporaryFile* const other = new TemporaryFile(folder.path() / "model.onnx2");
    TemporaryFile* const longest = new TemporaryFile(folder.path() / long_name);
    if (!mine || !other || !longest) ::_exit(1);
  });
  EXPECT_EQ(entries(folder.path()), 3);
  EXPECT_EQ(remove_leftovers_of(folder.path() / "model.onnx").files, 1);
  EXPECT_EQ(remove_leftovers_of(folder.path() / long_name).files, 1);
  EXPECT_EQ(entries(folder.path()), 1);
  EXPECT_NE(fs::directory_iterator(folder.path())->path().filename().string().find("model.onnx2"), std::string::npos);
}

/// A writer at work keeps its file, whatever its number means here.
TEST(Leftovers, FilesOfLiveWritersStay) {
  const TemporaryFolder folder;
  TemporaryFile mine(folder.path() / "a");
  EXPECT_EQ(remove_leftovers(folder.path()).files, 0);
  // The number of a process that has gone, but somebody holds the lock: a writer in another container.
  pid_t gone = 0;
  if ((gone = ::fork()) == 0) ::_exit(0);
  ::waitpid(gone, nullptr, 0);
  TemporaryFile elsewhere(folder.path() / "b");
  const fs::path renamed = folder.path() / ("b.tmp-" + std::to_string(gone) + "-0");
  fs::rename(elsewhere.path(), renamed);
  EXPECT_EQ(remove_leftovers(folder.path()).files, 0);
  EXPECT_TRUE(fs::exists(renamed));
  // Nobody holds the lock, but the number is that of a process that lives and the file is new.
  const pid_t alive = ::fork();
  if (alive == 0) {
    ::pause();
    ::_exit(0);
  }
  const fs::path file = folder.path() / ("c.tmp-" + std::to_string(alive) + "-0");
  std::ofstream(file) << "x";
  EXPECT_EQ(remove_leftovers(folder.path()).files, 0);
  // The same, untouched for an hour: numbers come again.
  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_EQ(remove_leftovers(folder.path()).files, 1);
  ::kill(alive, SIGKILL);
  ::waitpid(alive, nullptr, 0);
  fs::remove(renamed);
}

/// In a container every run may have the number 1.
TEST(Leftovers, OfAKilledProcessOfOurOwnNumber) {
  const TemporaryFolder folder;
  fs::path next;
  {
    const TemporaryFile probe(folder.path() / "a");
    next = probe.path();
  }
  std::string name = next.string();
  const auto dash = name.rfind('-');
  const unsigned counter = static_cast<unsigned>(std::stoul(name.substr(dash + 1)));
  for (unsigned ahead = 1; ahead <= 3; ++ahead)
    std::ofstream(name.substr(0, dash + 1) + std::to_string(counter + ahead)) << "left";
  write_atomically(folder.path() / "a", "new");  // passes by the names that are taken
  EXPECT_EQ(read_text(folder.path() / "a"), "new");
  EXPECT_EQ(remove_leftovers(folder.path()).files, 3);
}

}  // namespace
}  // namespace mien
