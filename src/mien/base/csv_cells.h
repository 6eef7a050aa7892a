// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "mien/base/csv.h"

namespace mien {

/// A cell as CSV files of mien hold it: spreadsheets run a cell that begins with = + - @, a tab or a carriage return as a
/// formula, so an apostrophe is put before such text (also before text that begins with apostrophes and then one of these, so
/// that it can be taken away again). Numbers stay as they are, and so does a single character.
std::string spreadsheet_cell(std::string_view text);
/// The text that `spreadsheet_cell` was given.
std::string text_of_cell(std::string_view cell);

/// `read_csv` for files that mien wrote: every cell as it was before `csv_line`.
CsvTable read_own_csv(const std::filesystem::path& file, bool has_header);

}  // namespace mien
