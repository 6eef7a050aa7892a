// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "mien/reproduce/study_table.h"

namespace mien {

/// Replaces table.csv, runs.csv, table.md, table.json, curves.csv (what the method measured, epoch by epoch), plot.png and curves.png
/// (with gnuplot, once there is something to draw) and report.html in `folder`, each as a whole. Returns a note when plots were left out. `gnuplot` is the program's name or path.
std::string write_study_files(const StudyTable& table, const std::filesystem::path& folder,
                              const std::string& gnuplot = "gnuplot");

/// Accuracies in percent: every seed a point, mean and 95 % interval a row, published values of the same data set as marks; for a
/// study over levels a line a curve instead.
/// Throws Error{bad_data} when no run is scored and Error{not_found} without gnuplot.
void plot_study(const StudyTable& table, const std::filesystem::path& png, const std::string& gnuplot = "gnuplot");

/// A self-contained page; the pictures are placed inside when they exist.
std::string study_page(const StudyTable& table, const std::filesystem::path& png, const std::filesystem::path& curves_png);

}  // namespace mien
