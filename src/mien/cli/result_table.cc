// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/result_table.h"

#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/json_text.h"
#include "mien/cli/text_table.h"

namespace mien::cli {

void print_table(const Session& session, const std::vector<std::string>& columns,
                 const std::vector<std::vector<std::string>>& rows) {
  if (session.json()) {
    nlohmann::ordered_json j = nlohmann::ordered_json::array();
    for (const auto& row : rows) {
      nlohmann::ordered_json object;
      for (std::size_t c = 0; c < columns.size(); ++c) object[columns[c]] = row[c];
      j.push_back(object);
    }
    print_result(json_text(j, 2));
  } else if (session.csv()) {
    std::string text = csv_line(columns);
    for (const auto& row : rows) text += csv_line(row);
    print_result(text);
  } else {
    print_result(text_table(columns, rows));
  }
}

}  // namespace mien::cli
