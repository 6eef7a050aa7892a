// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/output.h"

#include "mien/base/temporary_file.h"

namespace mien::cli {
OutputFolder open_output(const std::string& given, const std::filesystem::path& otherwise, Progress& progress) {
  return given.empty() ? OutputFolder::numbered(otherwise) : open_output(given, progress);
}

OutputFolder open_output(const std::string& given, Progress& progress) { return OutputFolder(given, 1, &progress); }

void prepare_output_file(const std::filesystem::path& file, Progress& progress) {
  std::error_code ignored;
  const auto status = std::filesystem::status(file, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) return;  // a pipe or a device
  const auto target =
      std::filesystem::is_symlink(file, ignored) && std::filesystem::exists(status) ? std::filesystem::canonical(file) : file;
  if (const Leftovers removed = remove_leftovers_of(target); removed.files > 0) progress.info(removed.text());
  const TemporaryFile probe(target);
}

}  // namespace mien::cli
