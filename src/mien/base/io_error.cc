// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/io_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "mien/base/error.h"
#include "mien/base/folder_of.h"

namespace mien {
namespace {

namespace fs = std::filesystem;

/// What is in the way of a file or folder: one that should be a folder and is none, else the folder that is missing.
std::string hint_of_place(const fs::path& file) {
  std::error_code ignored;
  for (fs::path one = file; !one.empty() && one != one.parent_path(); one = one.parent_path())
    if (fs::exists(one, ignored) && !fs::is_directory(one, ignored))
      return fmt::format("'{}' is a file, and no folder can be where it is: give another place.", one.string());
  return fmt::format("Create the folder '{}' first.", folder_of(file).string());
}

}  // namespace

std::string io_hint(const fs::path& file, int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT: return "Free some space, or write to another disk.";
    case EACCES:
    case EPERM:
    case EROFS: return "Check the owner and the permissions.";
    case ENOENT:
    case ENOTDIR: return hint_of_place(file);
    case ENAMETOOLONG: return "Give a shorter name.";
    case EMFILE:
    case ENFILE: return "Too many files are open: raise the limit (ulimit -n), or use fewer threads.";
    default: return "";
  }
}

void throw_io_error(const std::filesystem::path& file, const std::string& action, int code) {
  throw Error(ErrorCode::io, fmt::format("{}: {}: {}", file.string(), action, std::strerror(code)), io_hint(file, code));
}

}  // namespace mien
