// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mien {

/// confusion_matrix.csv and confusion_matrix_normalized.csv in `folder` and, when gnuplot is there, their PNG pictures. Rows are
/// the true classes, which the first cell says. Returns a note when gnuplot could not draw them, "" when there is none to say.
std::string write_confusion_files(const std::vector<std::vector<std::int64_t>>& confusion, const std::vector<std::string>& names,
                           const std::filesystem::path& folder, const std::string& gnuplot = "gnuplot");

}  // namespace mien
