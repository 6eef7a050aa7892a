// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mien/metrics/classification.h"
#include "mien/metrics/valence_arousal.h"

namespace mien {

/// One image on a contact sheet.
struct SheetTile {
  cv::Mat image;
  std::string caption;
};

/// Everything an evaluation produced; the writer below turns it into files.
struct EvaluationResult {
  std::string title;  ///< e.g. "resnet18 on ferplus/valid"
  std::vector<std::string> class_names;
  Predictions predictions;
  ClassificationMetrics metrics;
  std::optional<BootstrapIntervals> intervals;
  std::optional<RegressionMetrics> valence, arousal;
  std::vector<SheetTile> hardest;                          ///< highest loss first
  std::vector<std::pair<std::string, std::string>> facts;  ///< model, data, command, commit, excluded and failed images, ...
  struct Failure {
    std::string id, reason;
  };
  std::vector<Failure> failures;
};

/// Writes predictions.csv, report.json, confusion_matrix{,_normalized}.{csv,png}, reliability.png, hardest.png and one
/// self-contained report.html into `folder`: first what was computed, then what shows it. What only shows it (pictures, page) may fail:
/// it is left out, and the returned text says why (empty = all written). PNG plots need gnuplot; `gnuplot` is its name or path.
std::string write_evaluation_report(const EvaluationResult& result, const std::filesystem::path& folder,
                                    const std::string& gnuplot = "gnuplot");

/// The object of `--format json`: n, accuracy, balanced_accuracy, macro_f1, per_class (recall by class name), ece, ...
std::string evaluation_json(const EvaluationResult& result, int indent = 2);
/// The table of `--format text`, for a terminal.
std::string evaluation_text(const EvaluationResult& result);

}  // namespace mien
