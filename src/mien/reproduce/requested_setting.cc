// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/requested_setting.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien {

bool RequestedSetting::is_for(const StudyRow& row) const {
  return rows.empty() || fnmatch(rows.c_str(), row.key.c_str(), 0) == 0;
}

RequestedSetting parse_requested_setting(const std::string& text) {
  const auto equals = text.find('='), colon = text.find(':');
  const bool for_rows = colon < equals;
  const std::size_t option = for_rows ? colon + 1 : 0;
  if (equals == std::string::npos || equals == option || colon == 0)
    throw Error(ErrorCode::usage, fmt::format("--set {}: expected option=value or rows:option=value", text),
                "For example --set epochs=4, or --set 'ldg*:epochs=4' for the rows whose keys begin with ldg.");
  return {text, for_rows ? trim(text.substr(0, colon)) : "",
          {trim(text.substr(option, equals - option)), trim(text.substr(equals + 1))}};
}

void check_rows(const RequestedSetting& requested, const Study& study) {
  if (std::any_of(study.rows.begin(), study.rows.end(), [&](const StudyRow& row) { return requested.is_for(row); })) return;
  std::vector<std::string> keys;
  for (const auto& row : study.rows) keys.push_back(row.key);
  throw Error(ErrorCode::usage, fmt::format("--set {}: {} has no row '{}'", requested.text, study.name, requested.rows),
              fmt::format("Its rows are {}.", join(keys, ", ")));
}

}  // namespace mien
