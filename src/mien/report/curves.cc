// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/curves.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mien {
namespace {

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
  if (panel.metric.find("loss") != std::string::npos) return 0;
  return panel.curves.front().name.empty() ? 2 : 1;
}

}  // namespace

std::vector<CurvePanel> panels_of(const TrainingHistory& history) {
  std::vector<CurvePanel> panels;
  for (std::size_t column = 0; column < history.columns.size(); ++column) {
    const std::string& name = history.columns[column];
    std::vector<double> values = column_values(history, column);
    if (name == "epoch" || std::none_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); })) continue;
    const auto slash = name.find('/');
    const std::string metric = slash == std::string::npos ? name : name.substr(slash + 1);
    const std::string group = slash == std::string::npos ? "" : name.substr(0, slash);
    auto panel = std::find_if(panels.begin(), panels.end(), [&](const auto& one) { return one.metric == metric; });
    if (panel == panels.end()) panel = panels.insert(panels.end(), {metric, epochs_of(history), {}, false});
    panel->curves.push_back({group, std::move(values)});
  }
  for (auto& panel : panels) panel.logarithmic = spans_much(panel.curves);
  std::stable_sort(panels.begin(), panels.end(), [](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return panels;
}

}  // namespace mien
