// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "mien/results/number_text.h"
#include "mien/base/csv_cells.h"

namespace mien {

/// One line of a CSV file, built cell by cell. Missing and not finite numbers are empty cells.
class TableRow {
 public:
  void begin() {
    line_.clear();
    first_ = true;
  }
  void text(std::string_view text) { cell() += csv_field(spreadsheet_cell(text)); }
  void integer(std::int64_t value) { cell() += std::to_string(value); }
  void fixed(double value, int decimals) { append_fixed(cell(), value, decimals); }
  /// 0 instead of an empty cell.
  void fixed_or_zero(double value, int decimals) { append_fixed(cell(), std::isfinite(value) ? value : 0, decimals); }
  void empty(std::size_t count = 1) { repeat("", count); }
  void repeat(std::string_view content, std::size_t count) {
    for (; count > 0; --count) cell() += content;
  }
  /// With "\n".
  const std::string& end() { return line_ += '\n'; }

 private:
  std::string& cell() {
    if (!first_) line_ += ',';
    first_ = false;
    return line_;
  }

  std::string line_;
  bool first_ = true;
};

}  // namespace mien
