// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mien {

/// A picture for gnuplot: commands and the data files that they name.
struct GnuplotScript {
  int width_px = 800, height_px = 600;
  std::string commands;
  std::vector<std::pair<std::string, std::string>> data;  ///< file name, content
};

/// A string for a gnuplot command, in single quotes: nothing inside is interpreted.
std::string gnuplot_quoted(std::string_view text);

/// True when `program` runs and answers to --version.
bool gnuplot_runs(const std::string& program);

/// Draws the script into `png`, which is replaced as a whole. Throws Error{not_found} when `program` does not start and
/// Error{io} with gnuplot's own words when it fails.
void run_gnuplot(const GnuplotScript& script, const std::filesystem::path& png, const std::string& program);

}  // namespace mien
