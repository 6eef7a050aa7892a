// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/reproduce/study_table.h"

namespace mien {

/// What must be said under a table: what was scored and how, what the intervals cover, what is missing, what does not fit.
std::vector<std::string> table_notes(const Study& study, const StudyTable& table);

}  // namespace mien
