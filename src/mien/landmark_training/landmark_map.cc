// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/landmark_training/landmark_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien {
namespace {

int point_number(const CsvTable& table, std::size_t row, int column, int count) {
  const auto number = parse_integer(trim(table.rows[row][static_cast<std::size_t>(column)]), table.where(row));
  if (number < 0 || number >= count)
    throw Error(ErrorCode::bad_data,
                fmt::format("{}: {} is no point of {} (they are counted from 0)", table.where(row), number, count));
  return static_cast<int>(number);
}

bool is_exact(const std::string& match, const std::string& where) {
  if (match == "exact") return true;
  if (match == "approx") return false;
  throw Error(ErrorCode::bad_data, fmt::format("{}: expected exact or approx in the column 'match', found '{}'", where, match));
}

/// The only column beside the two that are known by name.
int table_column(const CsvTable& table, int of_68, int match) {
  if (table.header.size() != 3)
    throw Error(ErrorCode::bad_file, fmt::format("{}: expected the columns ibug68, match and one more, found: {}", table.file,
                                                 join(table.header, ", ")));
  return 3 - of_68 - match;
}

}  // namespace

std::vector<Counterpart> read_landmark_map(const std::filesystem::path& file, int table_points) {
  const CsvTable table = read_csv(file, true);
  const int of_68 = table.column("ibug68"), match = table.column("match"), of_table = table_column(table, of_68, match);
  std::vector<Counterpart> map;
  std::set<int> seen;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    Counterpart one{point_number(table, row, of_68, 68), point_number(table, row, of_table, table_points),
                    is_exact(trim(table.rows[row][static_cast<std::size_t>(match)]), table.where(row))};
    if (!seen.insert(one.of_68).second)
      throw Error(ErrorCode::bad_data, fmt::format("{}: point {} has a counterpart already", table.where(row), one.of_68));
    map.push_back(one);
  }
  for (const int corner : {36, 45})
    if (std::none_of(map.begin(), map.end(), [&](const Counterpart& c) { return c.of_68 == corner && c.exact; }))
      throw Error(
          ErrorCode::bad_data,
          fmt::format("{}: the outer eye corner (point {}) has no exact counterpart, errors are divided by their distance",
                      table.file, corner));
  return map;
}

}  // namespace mien
