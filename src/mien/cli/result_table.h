// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/cli/session.h"

namespace mien::cli {

/// Writes rows of cells to stdout in the session's format: aligned columns, CSV, or a JSON array with an object a row.
void print_table(const Session& session, const std::vector<std::string>& columns,
                 const std::vector<std::vector<std::string>>& rows);

}  // namespace mien::cli
