// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace mien {

/// Text that Markdown shows as it is.
std::string escape_markdown(const std::string& text);

/// A table whose first row is the header; the first column is flush left, the others flush right. Cells are escaped.
std::string markdown_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace mien
