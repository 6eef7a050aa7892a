// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace mien::cli {

/// Rows of cells with a header, in aligned columns for a terminal. Columns whose cells are all numbers are set flush right.
std::string text_table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows);

}  // namespace mien::cli
