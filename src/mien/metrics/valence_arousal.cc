// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/valence_arousal.h"

#include <fmt/format.h>

#include <cmath>

#include "mien/base/error.h"

namespace mien {
namespace {

void check(const std::vector<double>& truth, const std::vector<double>& predicted) {
  if (truth.empty()) throw Error(ErrorCode::bad_data, "no values: a metric needs at least one image");
  if (truth.size() != predicted.size())
    throw Error(ErrorCode::bad_data, fmt::format("{} true values but {} predicted ones", truth.size(), predicted.size()));
  for (std::size_t i = 0; i < truth.size(); ++i)
    if (!std::isfinite(truth[i]) || !std::isfinite(predicted[i]))
      throw Error(ErrorCode::numeric, fmt::format("row {}: true value {}, predicted value {}", i, truth[i], predicted[i]));
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

int sign(double value) { return (value > 0) - (value < 0); }

}  // namespace

RegressionMetrics regression_metrics(const std::vector<double>& truth, const std::vector<double>& predicted) {
  check(truth, predicted);
  const auto n = static_cast<double>(truth.size());
  const double mean_true = mean(truth), mean_predicted = mean(predicted);
  double squares = 0, absolutes = 0, agreeing = 0, variance_true = 0, variance_predicted = 0, covariance = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double t = truth[i], p = predicted[i];
    squares += (p - t) * (p - t);
    absolutes += std::abs(p - t);
    agreeing += sign(t) == sign(p);
    variance_true += (t - mean_true) * (t - mean_true) / n;
    variance_predicted += (p - mean_predicted) * (p - mean_predicted) / n;
    covariance += (t - mean_true) * (p - mean_predicted) / n;
  }
  const double spread = std::sqrt(variance_true * variance_predicted);
  const double shift = mean_true - mean_predicted;
  const double agreement = variance_true + variance_predicted + shift * shift;
  return {std::sqrt(squares / n), absolutes / n, spread > 0 ? covariance / spread : 0,
          agreement > 0 ? 2 * covariance / agreement : 0, agreeing / n};
}

}  // namespace mien
