// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "mien/base/folder_lock.h"
#include "mien/base/progress.h"
#include "mien/base/temporary_file.h"

namespace mien {

/// A folder that a command writes its results into: made where it is not there, locked against other processes for as long as the
/// object lives, and freed of what killed runs have left in it. When the command fails before it has written anything, the
/// folders that were made for it go again.
class OutputFolder {
 public:
  /// @param levels  of folders below it that are looked through for what was left
  /// @param progress  is told what was removed
  /// Throws Error{io} when it cannot be made or another process is at work in it.
  explicit OutputFolder(const std::filesystem::path& folder, int levels = 1, Progress* progress = nullptr);
  /// A new folder: `base`, or `base-2`, `base-3`, ... when it is there.
  static OutputFolder numbered(const std::filesystem::path& base);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// What was removed at the start.
  const Leftovers& leftovers() const { return leftovers_; }

 private:
  struct Numbered {};
  OutputFolder(Numbered, const std::filesystem::path& base);
  void make_parents(const std::filesystem::path& folder);

  std::vector<std::filesystem::path> made_;  ///< outermost first
  std::filesystem::path path_;
  std::optional<FolderLock> lock_;
  Leftovers leftovers_;
};

}  // namespace mien
