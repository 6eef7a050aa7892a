// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>

#include "mien/metrics/classification.h"
#include "mien/metrics/counts.h"

namespace mien {
namespace {

/// log sum exp(logits / temperature) of one row.
double log_partition(const float* row, int classes, double temperature) {
  const double largest = *std::max_element(row, row + classes) / temperature;
  double sum = 0;
  for (int c = 0; c < classes; ++c) sum += std::exp(row[c] / temperature - largest);
  return largest + std::log(sum);
}

double mean_nll(const Predictions& predictions, double temperature) {
  double sum = 0;
  for (std::int64_t i = 0; i < predictions.size(); ++i) {
    const float* row = predictions.logits.data() + i * predictions.classes;
    sum += log_partition(row, predictions.classes, temperature) - row[predictions.labels[i]] / temperature;
  }
  return sum / static_cast<double>(predictions.size());
}

double brier_of_row(const double* row, int classes, int label) {
  double sum = 0;
  for (int c = 0; c < classes; ++c) sum += std::pow(row[c] - (c == label ? 1 : 0), 2);
  return sum;
}

/// Sums of correctness and confidence become means; the two errors come from them.
void finish_bins(ClassificationMetrics& metrics) {
  for (auto& bin : metrics.reliability) {
    if (bin.count == 0) continue;
    const auto count = static_cast<double>(bin.count);
    bin.accuracy /= count;
    bin.confidence /= count;
    const double gap = std::abs(bin.accuracy - bin.confidence);
    metrics.ece += gap * count / static_cast<double>(metrics.n);
    metrics.mce = std::max(metrics.mce, gap);
  }
}

}  // namespace

int calibration_bin(double confidence) {
  return std::clamp(static_cast<int>(std::ceil(confidence * calibration_bins)) - 1, 0, calibration_bins - 1);
}

std::vector<double> probabilities(const Predictions& predictions) {
  check_predictions(predictions);
  const int classes = predictions.classes;
  std::vector<double> result(predictions.logits.size());
  for (std::int64_t i = 0; i < predictions.size(); ++i) {
    const float* row = predictions.logits.data() + i * classes;
    const double partition = log_partition(row, classes, predictions.temperature);
    for (int c = 0; c < classes; ++c) result[i * classes + c] = std::exp(row[c] / predictions.temperature - partition);
  }
  return result;
}

std::vector<double> negative_log_likelihoods(const Predictions& predictions) {
  check_predictions(predictions);
  std::vector<double> result(predictions.labels.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    const float* row = predictions.logits.data() + i * predictions.classes;
    result[i] =
        log_partition(row, predictions.classes, predictions.temperature) - row[predictions.labels[i]] / predictions.temperature;
  }
  return result;
}

void calibration_into(const Predictions& predictions, const std::vector<int>& predicted, ClassificationMetrics& metrics) {
  const std::vector<double> p = probabilities(predictions);
  const int classes = predictions.classes;
  metrics.reliability.assign(calibration_bins, {});
  for (std::int64_t i = 0; i < predictions.size(); ++i) {
    const double* row = p.data() + i * classes;
    const double confidence = row[predicted[i]];
    auto& bin = metrics.reliability[calibration_bin(confidence)];
    ++bin.count;
    bin.accuracy += predicted[i] == predictions.labels[i];
    bin.confidence += confidence;
    metrics.mean_confidence += confidence / static_cast<double>(metrics.n);
    metrics.brier += brier_of_row(row, classes, predictions.labels[i]) / static_cast<double>(metrics.n);
  }
  metrics.nll = mean_nll(predictions, predictions.temperature);
  finish_bins(metrics);
}

double fit_temperature(const Predictions& predictions) {
  check_predictions(predictions);
  // The NLL is convex in 1/T, so it has one minimum in log T as well.
  constexpr double golden = std::numbers::phi - 1;
  double low = std::log(0.05), high = std::log(20.0);
  double inner_low = high - golden * (high - low), inner_high = low + golden * (high - low);
  double value_low = mean_nll(predictions, std::exp(inner_low)), value_high = mean_nll(predictions, std::exp(inner_high));
  while (high - low > 1e-7) {
    if (value_low <= value_high) {
      high = inner_high;
      inner_high = inner_low;
      value_high = value_low;
      inner_low = high - golden * (high - low);
      value_low = mean_nll(predictions, std::exp(inner_low));
    } else {
      low = inner_low;
      inner_low = inner_high;
      value_low = value_high;
      inner_high = low + golden * (high - low);
      value_high = mean_nll(predictions, std::exp(inner_high));
    }
  }
  return std::exp((low + high) / 2);
}

}  // namespace mien
