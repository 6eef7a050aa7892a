// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "mien/base/error.h"

namespace mien {
namespace {

constexpr int kTries = 5;
constexpr std::chrono::milliseconds kBetweenTries(20);

int open_folder(const std::filesystem::path& folder) { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }

/// Somebody else has a lock that goes against `kind`.
bool is_refused(int descriptor, int kind) { return ::flock(descriptor, kind | LOCK_NB) != 0 && errno == EWOULDBLOCK; }

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) : descriptor_(open_folder(folder)) {
  if (descriptor_ < 0) return;
  // is_locked() of another process has the lock for a moment.
  for (int i = 0; i < kTries; ++i) {
    if (!is_refused(descriptor_, LOCK_EX)) return;
    std::this_thread::sleep_for(kBetweenTries);
  }
  ::close(descriptor_);
  throw Error(ErrorCode::io, folder.string() + ": another process is at work in this folder",
              "Wait until it has ended, or give another folder.");
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool is_locked(const std::filesystem::path& folder) {
  const int descriptor = open_folder(folder);
  if (descriptor < 0) return false;
  const bool locked = is_refused(descriptor, LOCK_SH);
  ::close(descriptor);
  return locked;
}

}  // namespace mien
