// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mien/landmark_training/scoring.h"

namespace mien {

/// A landmark model scored with one kind of boxes, ready for tables and pictures.
struct LandmarkResult {
  std::string landmarks;  ///< the model: a file or "dlib"
  std::string boxes;      ///< "dlib", "reference", "dlib, perturbed", ...
  LandmarkScore score;
  LandmarkErrors plain;           ///< as the answers are
  LandmarkErrors without_offset;  ///< with the mean offset taken off
  LandmarkErrors point_by_point;  ///< with each point's mean offset taken off
  Unsteadiness unsteadiness;      ///< n = 0 when it was not measured
};
LandmarkResult landmark_result(std::string landmarks, std::string boxes, LandmarkScore score,
                               const LandmarkErrorOptions& options);

/// Column names and one row a result: shares as % of the eye distance, intervals as "low..high", time in ms.
std::vector<std::string> result_columns();
std::vector<std::vector<std::string>> result_rows(const std::vector<LandmarkResult>& results);

/// "image,identity,landmarks,boxes,error_pct,error_without_offset_pct", a row a face and result; empty errors for missing faces.
std::string faces_csv(const std::vector<LandmarkResult>& results);

/// Cumulative error curves without offset up to twice the limit, drawn by gnuplot. Throws like report/plots.h.
void plot_error_curves(const std::vector<LandmarkResult>& results, double limit, const std::filesystem::path& png,
                       const std::string& gnuplot = "gnuplot");
/// The same as a page that opens anywhere, with the table.
std::string error_curves_html(const std::vector<LandmarkResult>& results, double limit);

}  // namespace mien
