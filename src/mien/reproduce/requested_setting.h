// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/reproduce/study.h"

namespace mien {

/// One `--set`: an option of every row, or of the rows whose key fits a pattern.
struct RequestedSetting {
  std::string text;  ///< as it was given
  std::string rows;  ///< as a shell writes names of files, e.g. "ldg*"; "" = every row
  Setting setting;

  bool is_for(const StudyRow& row) const;
};

/// Reads "OPTION=VALUE" or "ROWS:OPTION=VALUE". Throws Error{usage}.
RequestedSetting parse_requested_setting(const std::string& text);

/// Throws Error{usage} when a pattern fits no row of the study; the message names the rows there are.
void check_rows(const RequestedSetting& requested, const Study& study);

}  // namespace mien
