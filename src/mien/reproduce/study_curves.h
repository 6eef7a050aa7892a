// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mien/reproduce/study_table.h"

namespace mien {

/// What a row's method measured on unseen faces, epoch by epoch, over the seeds that have got there.
struct MeasurementCurve {
  std::string row, title;
  std::string measurement;  ///< "valid/prior_correlation"
  std::vector<Summary> epochs;
  std::vector<std::int64_t> seeds;  ///< behind each epoch
};

/// "#rrggbb" of the n-th line of a plot; they repeat after eight.
const char* curve_color(std::size_t number);

/// Reads results.csv of every run folder that has one; measurements as the table names them. An epoch without a value ends a curve.
std::vector<MeasurementCurve> read_curves(const StudyTable& table);

/// One line a row, measurement and epoch.
std::string curves_csv(const std::vector<MeasurementCurve>& curves);

/// A PNG per measurement would hide how they relate: one picture, two panels across, a panel a measurement, a line a row with the
/// range over seeds.
/// Throws as run_gnuplot does, and Error{bad_data} without curves.
void plot_curves(const std::vector<MeasurementCurve>& curves, const std::string& title, const std::filesystem::path& png, const std::string& gnuplot);

}  // namespace mien
