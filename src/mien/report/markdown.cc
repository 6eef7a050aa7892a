// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/markdown.h"

#include <fmt/format.h>

namespace mien {

std::string escape_markdown(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '<' || c == '*' || c == '_' || c == '`') result += '\\';
    result += c;
  }
  return result;
}

std::string markdown_table(const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    text += '|';
    for (const auto& cell : rows[r]) text += fmt::format(" {} |", escape_markdown(cell));
    text += '\n';
    if (r > 0) continue;
    text += '|';
    for (std::size_t c = 0; c < rows[r].size(); ++c) text += c == 0 ? "---|" : "---:|";
    text += '\n';
  }
  return text;
}

}  // namespace mien
