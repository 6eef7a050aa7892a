// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace mien {

/// Keeps other processes that lock the same folder out of it for as long as the object lives. It leaves no file behind: the
/// system takes the lock off the folder itself when the process ends, however it ends. On file systems without such locks it does
/// nothing.
class FolderLock {
 public:
  /// The folder must exist. Throws Error{io} when it is locked already.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

/// Whether a FolderLock on the folder lives in any process, this one included: then somebody is at work in it. False where there
/// is no such folder, or no such locks.
bool is_locked(const std::filesystem::path& folder);

}  // namespace mien
