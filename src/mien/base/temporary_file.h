// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace mien {

/// `name` + `suffix` as a name in `folder`: the end of `name` is cut off where the whole would be longer than names may be there
/// (255 bytes on most file systems), never inside a UTF-8 sequence.
std::string fitted_name(const std::filesystem::path& folder, std::string_view name, std::string_view suffix);

/// A file while it is being written: it lies beside its target under a name of its own (NAME.tmp-PID-N, never too long where NAME
/// is not) and is locked, so that remove_leftovers() can tell it from one whose writer was killed. It goes away unless it is put
/// in place.
class TemporaryFile {
 public:
  /// Creates the file, empty. Throws Error{io} that names the target.
  explicit TemporaryFile(const std::filesystem::path& target);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Open for writing, and open until the end of this object: the lock hangs on it.
  int descriptor() const { return descriptor_; }
  /// Gives the file its target's name, in place of what is there. Throws Error{io}.
  void put_in_place();

 private:
  std::filesystem::path target_, path_;
  int descriptor_ = -1;
  bool placed_ = false;
};

/// What was removed.
struct Leftovers {
  std::int64_t files = 0;
  std::uint64_t bytes = 0;
  /// "removed 2 unfinished files of earlier runs (256.0 MB)"; "" for none.
  std::string text() const;
};

/// Removes the temporary files of writers that are no more: TemporaryFile's names whose process has gone and that nobody has
/// locked. Looks at `folder` and `levels` of folders below it, without following links. What cannot be looked at or removed
/// stays: no error.
Leftovers remove_leftovers(const std::filesystem::path& folder, int levels = 0);

/// The same for the temporary files of one target.
Leftovers remove_leftovers_of(const std::filesystem::path& target);

}  // namespace mien
