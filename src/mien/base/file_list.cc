// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/file_list.h"

#include <filesystem>
#include <iterator>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/base/text_encoding.h"

namespace mien {

namespace {

/// Where nothing has the line as its very name, blanks around it (and the CR of a CRLF) are not part of it.
std::string name_on(const std::string& line) {
  std::string trimmed = trim(line);
  std::error_code unknown;
  return trimmed.size() < line.size() && !trimmed.empty() && std::filesystem::exists(std::filesystem::symlink_status(line, unknown)) ? line : trimmed;
}

}  // namespace

std::vector<std::string> read_file_list(std::istream& list, const std::string& name) {
  std::string bytes(std::istreambuf_iterator<char>(list), {});
  if (list.bad()) throw Error(ErrorCode::io, name + ": cannot be read");
  const std::string text = plain_text(std::move(bytes), name);
  const bool by_nul = text.find('\0') != std::string::npos;
  std::vector<std::string> names;
  for (auto& part : split(text, by_nul ? '\0' : '\n')) {
    std::string file = by_nul ? std::move(part) : name_on(part);
    if (!file.empty()) names.push_back(std::move(file));
  }
  return names;
}

}  // namespace mien
