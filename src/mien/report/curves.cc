// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/curves.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mien {
namespace {

/// The loss that is the negative log likelihood of the labels, as the validation's "nll" is.
const std::string kTrainedLikelihood = "cross_entropy";

std::vector<double> column_values(const TrainingHistory& history, std::size_t column) {
  std::vector<double> values;
  for (const auto& row : history.rows)
    values.push_back(column < row.size() ? row[column] : std::numeric_limits<double>::quiet_NaN());
  return values;
}

std::vector<double> epochs_of(const TrainingHistory& history) {
  const auto found = std::find(history.columns.begin(), history.columns.end(), "epoch");
  if (found != history.columns.end()) return column_values(history, static_cast<std::size_t>(found - history.columns.begin()));
  std::vector<double> epochs;
  for (std::size_t i = 0; i < history.rows.size(); ++i) epochs.push_back(static_cast<double>(i + 1));
  return epochs;
}

bool spans_much(const std::vector<Curve>& curves) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const auto& curve : curves)
    for (const double value : curve.values) {
      if (!std::isfinite(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  return low > 0 && high > 50 * low;
}

/// 0 losses, 1 other grouped metrics, 2 single columns.
int rank(const CurvePanel& panel) {
  if (panel.metric.find("loss") != std::string::npos || panel.metric == kTrainedLikelihood) return 0;
  return panel.curves.front().name.empty() ? 2 : 1;
}

/// A column's name taken apart: "valid/accuracy".
struct Quantity {
  std::string group, metric;
};

Quantity quantity_of(const std::string& column) {
  const auto slash = column.find('/');
  if (slash == std::string::npos) return {"", column};
  return {column.substr(0, slash), column.substr(slash + 1)};
}

bool has_metric(const TrainingHistory& history, const std::string& metric) {
  return std::any_of(history.columns.begin(), history.columns.end(), [&](const std::string& name) { return quantity_of(name).metric == metric; });
}

bool shows_nothing(const Quantity& quantity, const std::vector<double>& values) {
  const bool empty = std::none_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
  const bool zero = std::all_of(values.begin(), values.end(), [](double v) { return v == 0 || !std::isfinite(v); });
  return empty || (zero && quantity.group != "valid");
}

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

/// Whether a column is a step's loss and another of the step's columns has the same values: the loss has one term.
bool repeats_its_term(const TrainingHistory& history, std::size_t column) {
  const Quantity loss = quantity_of(history.columns[column]);
  if (loss.metric != "loss" || loss.group == "valid") return false;
  for (std::size_t other = 0; other < history.columns.size(); ++other)
    if (other != column && quantity_of(history.columns[other]).group == loss.group && same(column_values(history, other), column_values(history, column)))
      return true;
  return false;
}

}  // namespace

std::vector<CurvePanel> panels_of(const TrainingHistory& history) {
  std::vector<CurvePanel> panels;
  const bool likelihood_trained = has_metric(history, kTrainedLikelihood);
  for (std::size_t column = 0; column < history.columns.size(); ++column) {
    Quantity quantity = quantity_of(history.columns[column]);
    std::vector<double> values = column_values(history, column);
    if (quantity.metric == "epoch" || shows_nothing(quantity, values) || repeats_its_term(history, column)) continue;
    if (quantity.group == "valid" && quantity.metric == "nll" && likelihood_trained) quantity.metric = kTrainedLikelihood;
    auto panel = std::find_if(panels.begin(), panels.end(), [&](const auto& one) { return one.metric == quantity.metric; });
    if (panel == panels.end()) panel = panels.insert(panels.end(), {quantity.metric, epochs_of(history), {}, false});
    panel->curves.push_back({quantity.group, std::move(values)});
  }
  for (auto& panel : panels) panel.logarithmic = spans_much(panel.curves);
  std::stable_sort(panels.begin(), panels.end(), [](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return panels;
}

}  // namespace mien
