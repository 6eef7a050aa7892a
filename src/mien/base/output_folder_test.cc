// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/output_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "mien/base/error.h"
#include "mien/base/files.h"

namespace mien {
namespace {

TEST(OutputFolder, IsMadeAndLocked) {
  const TemporaryFolder base;
  const fs::path path = base.path() / "runs" / "eval" / "test";
  const OutputFolder folder(path);
  EXPECT_TRUE(fs::is_directory(path));
  EXPECT_TRUE(is_locked(path));
  EXPECT_THROW(OutputFolder{path}, Error);
  EXPECT_TRUE(fs::is_directory(path));  // the one that was refused did not take it away
}

TEST(OutputFolder, GoesAgainWhenNothingWasWritten) {
  const TemporaryFolder base;
  fs::create_directory(base.path() / "runs");
  { const OutputFolder folder(base.path() / "runs" / "eval" / "test" / ""); }
  EXPECT_TRUE(fs::is_directory(base.path() / "runs"));
  EXPECT_FALSE(fs::exists(base.path() / "runs" / "eval"));
  {
    const OutputFolder folder(base.path() / "runs" / "eval" / "test");
    write_atomically(folder.path() / "a", "x");
  }
  EXPECT_EQ(read_text(base.path() / "runs" / "eval" / "test" / "a"), "x");
  EXPECT_FALSE(is_locked(base.path() / "runs" / "eval" / "test"));
  { const OutputFolder folder(base.path() / "runs"); }
  EXPECT_TRUE(fs::is_directory(base.path() / "runs"));  // it was there before
}

TEST(OutputFolder, Numbered) {
  const TemporaryFolder base;
  const OutputFolder first = OutputFolder::numbered(base.path() / "runs" / "demo");
  {
    const OutputFolder second = OutputFolder::numbered(base.path() / "runs" / "demo/");
    EXPECT_EQ(second.path().filename(), "demo-2");
    EXPECT_TRUE(is_locked(second.path()));
  }
  EXPECT_TRUE(fs::exists(first.path()));
  EXPECT_FALSE(fs::exists(base.path() / "runs" / "demo-2"));
  const fs::path longest = base.path() / std::string(255, 'n');
  const OutputFolder third = OutputFolder::numbered(longest), fourth = OutputFolder::numbered(longest);
  EXPECT_EQ(fourth.path().filename().string(), std::string(253, 'n') + "-2");
}

TEST(OutputFolder, FreesItOfWhatWasLeft) {
  const TemporaryFolder base;
  pid_t gone = 0;
  if ((gone = ::fork()) == 0) ::_exit(0);
  ::waitpid(gone, nullptr, 0);
  const std::string end = ".tmp-" + std::to_string(gone) + "-0";
  fs::create_directory(base.path() / "weights");
  std::ofstream(base.path() / ("a" + end)) << "x";
  std::ofstream(base.path() / "weights" / ("b" + end)) << "x";
  const OutputFolder folder(base.path());
  EXPECT_EQ(folder.leftovers().files, 2);
  EXPECT_TRUE(fs::is_empty(base.path() / "weights"));
}

TEST(OutputFolder, ErrorsNameTheFolder) {
  const TemporaryFolder base;
  write_atomically(base.path() / "file", "x");
  for (const fs::path& path : {base.path() / "file", base.path() / "file" / "below", base.path() / "new" / std::string(300, 'n')})
    try {
      const OutputFolder folder(path);
      ADD_FAILURE() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::io);
      EXPECT_EQ(std::string(error.what()).rfind(path.string(), 0), 0u) << error.what();
    }
  EXPECT_FALSE(fs::exists(base.path() / "new"));
  // Where it stands, and a folder of the folder above.
  const fs::path here = fs::current_path();
  fs::current_path(base.path());
  { const OutputFolder folder("."), other("relative/one"); }
  EXPECT_FALSE(fs::exists("relative"));
  fs::current_path(here);
}

}  // namespace
}  // namespace mien
