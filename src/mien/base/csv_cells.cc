// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/csv_cells.h"

#include <charconv>

namespace mien {
namespace {

bool is_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return end == text.data() + text.size() && error != std::errc::invalid_argument;
}

/// A spreadsheet would take it for a formula once the apostrophes are gone.
bool is_formula(std::string_view text) {
  const auto first = text.find_first_not_of('\'');
  return first != text.npos && std::string_view("=+-@\t\r").find(text[first]) != std::string_view::npos;
}

}  // namespace

std::string spreadsheet_cell(std::string_view text) {
  const bool escape = text.size() > 1 && is_formula(text) && !is_number(text);
  return escape ? "'" + std::string(text) : std::string(text);
}

std::string text_of_cell(std::string_view cell) {
  return std::string(cell.size() > 2 && cell.front() == '\'' && is_formula(cell) ? cell.substr(1) : cell);
}

CsvTable read_own_csv(const std::filesystem::path& file, bool has_header) {
  CsvTable table = read_csv(file, has_header);
  for (auto& name : table.header) name = text_of_cell(name);
  for (auto& row : table.rows)
    for (auto& cell : row) cell = text_of_cell(cell);
  return table;
}

}  // namespace mien
