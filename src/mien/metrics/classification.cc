// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/classification.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mien/base/error.h"
#include "mien/metrics/counts.h"

namespace mien {
namespace {

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

/// Cohen's kappa of the confusion matrix.
double kappa_of(const std::vector<double>& rows, const std::vector<double>& columns, double hits, double n) {
  double chance = 0;
  for (std::size_t c = 0; c < rows.size(); ++c) chance += rows[c] * columns[c] / (n * n);
  return chance < 1 ? (hits / n - chance) / (1 - chance) : 0;
}

/// Share of rows whose label is among the two largest logits; of equal logits the first ones count as larger.
double top2_share(const Predictions& predictions) {
  std::int64_t hits = 0;
  for (std::int64_t i = 0; i < predictions.size(); ++i) {
    const float* row = predictions.logits.data() + i * predictions.classes;
    const int label = predictions.labels[i];
    int larger = 0;
    for (int c = 0; c < predictions.classes; ++c) larger += row[c] > row[label] || (row[c] == row[label] && c < label);
    hits += larger < 2;
  }
  return static_cast<double>(hits) / static_cast<double>(predictions.size());
}

void variance_over_classes(ClassificationMetrics& metrics) {
  double sum = 0, squares = 0;
  int present = 0;
  for (std::size_t c = 0; c < metrics.recall.size(); ++c) {
    if (metrics.support[c] == 0) continue;
    ++present;
    sum += metrics.recall[c];
  }
  metrics.class_accuracy_mean = sum / present;
  for (std::size_t c = 0; c < metrics.recall.size(); ++c)
    if (metrics.support[c] > 0) squares += std::pow(metrics.recall[c] - metrics.class_accuracy_mean, 2);
  metrics.class_accuracy_variance = squares / present;
}

}  // namespace

void check_predictions(const Predictions& predictions) {
  const auto n = predictions.size();
  if (n == 0)
    throw Error(ErrorCode::bad_data, "no predictions: a metric needs at least one image",
                "Was every image excluded or unreadable?");
  if (predictions.classes < 1) throw Error(ErrorCode::bad_data, fmt::format("predictions of {} classes", predictions.classes));
  if (static_cast<std::int64_t>(predictions.logits.size()) != n * predictions.classes)
    throw Error(ErrorCode::bad_data, fmt::format("{} labels and {} classes need {} logits, found {}", n, predictions.classes,
                                                 n * predictions.classes, predictions.logits.size()));
  if (!predictions.ids.empty() && static_cast<std::int64_t>(predictions.ids.size()) != n)
    throw Error(ErrorCode::bad_data, fmt::format("{} labels but {} image ids", n, predictions.ids.size()));
  if (!(predictions.temperature > 0) || !std::isfinite(predictions.temperature))
    throw Error(ErrorCode::bad_data, fmt::format("the temperature must be positive, found {}", predictions.temperature));
  for (std::int64_t i = 0; i < n; ++i)
    if (predictions.labels[i] < 0 || predictions.labels[i] >= predictions.classes)
      throw Error(ErrorCode::bad_data,
                  fmt::format("prediction row {}: label {} is not in 0..{}", i, predictions.labels[i], predictions.classes - 1));
  for (std::size_t i = 0; i < predictions.logits.size(); ++i)
    if (!std::isfinite(predictions.logits[i]))
      throw Error(ErrorCode::numeric,
                  fmt::format("prediction row {}{}: logit {} is {}", i / predictions.classes,
                              predictions.ids.empty() ? "" : " ('" + predictions.ids[i / predictions.classes] + "')",
                              i % predictions.classes, predictions.logits[i]),
                  "The network diverged or its input was not a number.");
}

std::vector<int> predicted_classes(const Predictions& predictions) {
  check_predictions(predictions);
  std::vector<int> classes(predictions.labels.size());
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const float* row = predictions.logits.data() + i * predictions.classes;
    classes[i] = static_cast<int>(std::max_element(row, row + predictions.classes) - row);
  }
  return classes;
}

MacroScores macro_scores(const std::vector<std::int64_t>& confusion, int classes) {
  MacroScores scores;
  int labelled = 0, occurring = 0;
  double recall_sum = 0;
  for (int c = 0; c < classes; ++c) {
    double row = 0, column = 0;
    for (int other = 0; other < classes; ++other) {
      row += static_cast<double>(confusion[c * classes + other]);
      column += static_cast<double>(confusion[other * classes + c]);
    }
    if (row + column == 0) continue;
    const auto hits = static_cast<double>(confusion[c * classes + c]);
    ++occurring;
    scores.precision += ratio(hits, column);
    recall_sum += ratio(hits, row);
    scores.f1 += 2 * hits / (row + column);
    scores.accuracy += hits;
    scores.n += row;
    if (row > 0) {
      ++labelled;
      scores.balanced_accuracy += hits / row;
    }
  }
  scores.accuracy /= scores.n;
  scores.balanced_accuracy /= labelled;
  scores.precision /= occurring;
  scores.recall = recall_sum / occurring;
  scores.f1 /= occurring;
  return scores;
}

ClassificationMetrics classification_metrics(const Predictions& predictions) {
  const std::vector<int> predicted = predicted_classes(predictions);
  const int classes = predictions.classes;
  ClassificationMetrics metrics;
  metrics.n = predictions.size();
  std::vector<std::int64_t> flat(static_cast<std::size_t>(classes) * classes);
  for (std::size_t i = 0; i < predicted.size(); ++i) ++flat[predictions.labels[i] * classes + predicted[i]];

  const MacroScores macro = macro_scores(flat, classes);
  metrics.accuracy = macro.accuracy;
  metrics.balanced_accuracy = macro.balanced_accuracy;
  metrics.macro_precision = macro.precision;
  metrics.macro_recall = macro.recall;
  metrics.macro_f1 = macro.f1;
  metrics.f1_of_macro = ratio(2 * macro.precision * macro.recall, macro.precision + macro.recall);
  metrics.top2_accuracy = top2_share(predictions);

  std::vector<double> rows(classes), columns(classes);
  for (int c = 0; c < classes; ++c) {
    metrics.confusion.emplace_back(flat.begin() + c * classes, flat.begin() + (c + 1) * classes);
    for (int other = 0; other < classes; ++other) {
      rows[c] += static_cast<double>(flat[c * classes + other]);
      columns[c] += static_cast<double>(flat[other * classes + c]);
    }
    const auto hits = static_cast<double>(flat[c * classes + c]);
    metrics.support.push_back(static_cast<std::int64_t>(rows[c]));
    metrics.precision.push_back(ratio(hits, columns[c]));
    metrics.recall.push_back(ratio(hits, rows[c]));
    metrics.f1.push_back(ratio(2 * hits, rows[c] + columns[c]));
  }
  const auto n = static_cast<double>(metrics.n);
  metrics.cohen_kappa = kappa_of(rows, columns, macro.accuracy * n, n);
  variance_over_classes(metrics);
  calibration_into(predictions, predicted, metrics);
  return metrics;
}

Interval wilson_interval(std::int64_t successes, std::int64_t n) {
  if (n <= 0) return {0, 1};
  constexpr double z = 1.959963984540054;
  const auto total = static_cast<double>(n);
  const double share = static_cast<double>(successes) / total, scale = 1 + z * z / total;
  const double centre = (share + z * z / (2 * total)) / scale;
  const double half = z / scale * std::sqrt(share * (1 - share) / total + z * z / (4 * total * total));
  return {successes == 0 ? 0 : centre - half, successes == n ? 1 : centre + half};
}

}  // namespace mien
