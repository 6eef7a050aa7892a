// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/text_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/utf8.h"

namespace mien::cli {

namespace {

bool is_number(const std::string& cell) {
  return cell.find_first_not_of("0123456789.,-+%e ") == std::string::npos || cell == "-" || cell == "nan";
}

}  // namespace

std::string text_table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& given) {
  const auto shown = [](std::vector<std::string> row) {
    for (auto& cell : row) cell = shown_name(cell);
    return row;
  };
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : given) rows.push_back(shown(row));
  std::vector<std::size_t> width(header.size());
  std::vector<bool> right(header.size(), !rows.empty());
  for (std::size_t c = 0; c < header.size(); ++c) width[c] = header[c].size();
  for (const auto& row : rows)
    for (std::size_t c = 0; c < header.size(); ++c) {
      width[c] = std::max(width[c], row.at(c).size());
      right[c] = right[c] && is_number(row[c]);
    }
  std::string out;
  const auto add = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t c = 0; c < header.size(); ++c)
      line += (c ? "  " : "") + (right[c] ? fmt::format("{:>{}}", row[c], width[c]) : fmt::format("{:<{}}", row[c], width[c]));
    out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  };
  add(header);
  for (const auto& row : rows) add(row);
  return out;
}

}  // namespace mien::cli
