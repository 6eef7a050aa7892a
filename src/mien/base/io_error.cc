// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/io_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "mien/base/error.h"

namespace mien {
namespace {

std::string hint_of(const std::filesystem::path& file, int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT: return "Free some space, or write to another disk.";
    case EACCES:
    case EPERM:
    case EROFS: return "Check the owner and the permissions.";
    case ENOENT:
    case ENOTDIR: return fmt::format("Create the folder '{}' first.", file.parent_path().string());
    case ENAMETOOLONG: return "Give a shorter name.";
    case EMFILE:
    case ENFILE: return "Too many files are open: raise the limit (ulimit -n), or use fewer threads.";
    default: return "";
  }
}

}  // namespace

void throw_io_error(const std::filesystem::path& file, const std::string& action, int code) {
  throw Error(ErrorCode::io, fmt::format("{}: {}: {}", file.string(), action, std::strerror(code)), hint_of(file, code));
}

}  // namespace mien
