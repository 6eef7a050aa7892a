// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "mien/base/csv_cells.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/report/training_report.h"

namespace mien {

TrainingHistory read_history(const std::filesystem::path& results_csv) {
  const CsvTable table = read_own_csv(results_csv, true);
  TrainingHistory history;
  for (const auto& name : table.header) history.columns.push_back(trim(name));
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    std::vector<double> values;
    for (std::size_t c = 0; c < history.columns.size(); ++c) {
      const std::string field = trim(table.rows[r][c]);
      values.push_back(field.empty() ? std::numeric_limits<double>::quiet_NaN() : parse_real(field, table.where(r)));
    }
    history.rows.push_back(std::move(values));
  }
  return history;
}

void write_history(const TrainingHistory& history, const std::filesystem::path& results_csv) {
  std::string text = csv_line(history.columns);
  for (std::size_t r = 0; r < history.rows.size(); ++r) {
    if (history.rows[r].size() != history.columns.size())
      throw Error(ErrorCode::bad_data, fmt::format("{}: row {} has {} values for {} columns", results_csv.string(), r + 1,
                                                   history.rows[r].size(), history.columns.size()));
    std::vector<std::string> fields;
    for (const double value : history.rows[r]) fields.push_back(std::isfinite(value) ? fmt::format("{}", value) : "");
    text += csv_line(fields);
  }
  write_atomically(results_csv, text);
}

}  // namespace mien
