// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "mien/metrics/classification.h"

/// Shared inside the metrics module: what both a whole test set and a bootstrap resample are scored with.
namespace mien {

constexpr int calibration_bins = 15;

/// 0..14, the bin (k/15,(k+1)/15] of a confidence.
int calibration_bin(double confidence);

/// Scores of a flat [K*K] confusion matrix, rows = true class.
struct MacroScores {
  double n = 0, accuracy = 0, balanced_accuracy = 0, precision = 0, recall = 0, f1 = 0;
};
MacroScores macro_scores(const std::vector<std::int64_t>& confusion, int classes);

/// The 2.5 and 97.5 % percentiles, linearly interpolated; at least one value.
Interval percentile_interval(std::vector<double> values);

/// Fills nll, ece, mce, brier, mean_confidence and reliability.
void calibration_into(const Predictions& predictions, const std::vector<int>& predicted, ClassificationMetrics& metrics);

}  // namespace mien
