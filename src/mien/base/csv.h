// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mien {

/// A CSV file in memory. Fields keep their text; quotes are removed, CRLF, a byte order mark and UTF-16 are accepted.
struct CsvTable {
  std::string file;                            ///< for messages
  std::vector<std::string> header;             ///< empty when read without one
  std::vector<std::vector<std::string>> rows;  ///< data rows; blank lines are dropped
  std::vector<int> lines;                      ///< 1-based line of each row in the file

  /// Position of a column by name (blanks around header names are ignored). Throws Error{bad_file} that lists the
  /// columns found when `required`, else returns -1.
  int column(const std::string& name, bool required = true) const;
  /// "file:line" of row `row`, for messages.
  std::string where(std::size_t row) const;
};

/// Reads a comma separated file (RFC 4180 quoting, parsed by libcsv). Throws Error{not_found} or Error{bad_file}, the
/// latter also for rows shorter than the header.
CsvTable read_csv(const std::filesystem::path& file, bool has_header);

/// The fields of one line; none for a blank one. Throws Error{bad_file} that names `where`.
std::vector<std::string> csv_fields(std::string_view line, const std::string& where);
/// One field, quoted when it needs to be.
std::string csv_field(std::string_view text);
/// One line with "\n" from fields, each as spreadsheets may show it: text that they would run as a formula gets an apostrophe
/// (csv_cells.h, where `read_own_csv` takes it away).
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace mien
