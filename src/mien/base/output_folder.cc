// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/output_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/io_error.h"

namespace mien {

/// mkdir one by one, to know which are ours; the name of a folder never ends in a slash here.
void OutputFolder::make_parents(const fs::path& folder) {
  std::vector<fs::path> missing;
  std::error_code ignored;
  for (fs::path one = folder; !one.empty() && !fs::exists(one, ignored) && one.has_relative_path(); one = one.parent_path())
    missing.push_back(one);
  std::reverse(missing.begin(), missing.end());
  for (const auto& one : missing) {
    if (::mkdir(one.c_str(), 0777) == 0)
      made_.push_back(one);
    else if (errno != EEXIST)
      throw_io_error(one, "cannot create the folder", errno);
  }
}

OutputFolder::OutputFolder(const fs::path& folder, int levels, Progress* progress) : path_(folder) {
  const fs::path plain = folder.has_filename() ? folder : folder.parent_path();
  try {
    make_parents(plain);
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) throw Error(ErrorCode::io, folder.string() + ": expected a folder, found a file");
    lock_.emplace(folder);
  } catch (...) {
    for (auto one = made_.rbegin(); one != made_.rend(); ++one) ::rmdir(one->c_str());
    throw;
  }
  leftovers_ = remove_leftovers(folder, levels);
  if (progress != nullptr && leftovers_.files > 0) progress->info(leftovers_.text());
}

OutputFolder::OutputFolder(Numbered, const fs::path& base) {
  const fs::path plain = base.has_filename() ? base : base.parent_path();
  make_parents(plain.parent_path());
  path_ = create_numbered_folder(plain);
  made_.push_back(path_);
  lock_.emplace(path_);
}

OutputFolder OutputFolder::numbered(const fs::path& base) { return OutputFolder(Numbered{}, base); }

OutputFolder::~OutputFolder() {
  for (auto one = made_.rbegin(); one != made_.rend(); ++one)
    if (::rmdir(one->c_str()) != 0) break;  // not empty: something was written
}

}  // namespace mien
