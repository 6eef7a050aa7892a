// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/folder_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mien/base/error.h"

namespace mien {
namespace {

namespace fs = std::filesystem;

class FolderLockTest : public testing::Test {
 protected:
  FolderLockTest() : folder_(fs::path(testing::TempDir()) / ("folder_lock" + std::to_string(getpid()))) { fs::create_directories(folder_); }
  ~FolderLockTest() override { fs::remove_all(folder_); }

  /// Whether another process could lock it.
  bool is_free() const {
    const pid_t child = fork();
    if (child == 0) {
      try {
        const FolderLock lock(folder_);
        _exit(0);
      } catch (const Error& error) {
        _exit(error.code() == ErrorCode::io ? 1 : 2);
      }
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) < 2);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  const fs::path folder_;
};

TEST_F(FolderLockTest, AnotherProcessIsRefusedUntilTheLockIsGone) {
  {
    const FolderLock lock(folder_);
    EXPECT_FALSE(is_free());
  }
  EXPECT_TRUE(is_free());
  EXPECT_TRUE(is_free());  // the child that held it has ended
}

/// Looking must not keep others out.
TEST_F(FolderLockTest, WhoLooksSeesIt) {
  EXPECT_FALSE(is_locked(folder_));
  EXPECT_FALSE(is_locked(folder_ / "none"));
  const FolderLock lock(folder_);
  EXPECT_TRUE(is_locked(folder_));
  EXPECT_TRUE(is_locked(folder_));
}

TEST_F(FolderLockTest, LeavesNoFileAndNamesTheFolder) {
  const FolderLock lock(folder_);
  EXPECT_TRUE(fs::is_empty(folder_));
  try {
    const FolderLock second(folder_);
    ADD_FAILURE() << "locked twice";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(folder_.string()), std::string::npos);
  }
}

}  // namespace
}  // namespace mien
