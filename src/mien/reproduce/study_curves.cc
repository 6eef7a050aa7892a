// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/study_curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/report/gnuplot.h"
#include "mien/report/training_report.h"

namespace mien {

const char* curve_color(std::size_t number) {
  static constexpr const char* colors[] = {"#1b2430", "#2563eb", "#ea8a00", "#16a34a", "#dc2626", "#7c3aed", "#0891b2", "#a16207"};
  return colors[number % std::size(colors)];
}

namespace {

/// The values of one column, epoch after epoch; they end where it has none.
std::vector<double> column_of(const TrainingHistory& history, const std::string& name) {
  const auto found = std::find(history.columns.begin(), history.columns.end(), name);
  std::vector<double> values;
  if (found == history.columns.end()) return values;
  for (const auto& row : history.rows) {
    const double value = row[static_cast<std::size_t>(found - history.columns.begin())];
    if (!std::isfinite(value)) break;
    values.push_back(value);
  }
  return values;
}

MeasurementCurve curve_of(const StudyTableRow& row, const std::vector<TrainingHistory>& histories, const std::string& measurement) {
  MeasurementCurve curve{row.key, row.title, measurement, {}, {}};
  std::vector<std::vector<double>> by_epoch;
  for (const auto& history : histories) {
    const auto values = column_of(history, measurement);
    if (values.size() > by_epoch.size()) by_epoch.resize(values.size());
    for (std::size_t e = 0; e < values.size(); ++e) by_epoch[e].push_back(values[e]);
  }
  for (const auto& values : by_epoch) {
    curve.epochs.push_back(summarize(values));
    curve.seeds.push_back(static_cast<std::int64_t>(values.size()));
  }
  return curve;
}

/// The different values of a field, in the order in which they come.
std::vector<std::string> distinct(const std::vector<MeasurementCurve>& curves, std::string MeasurementCurve::* field) {
  std::vector<std::string> values;
  for (const auto& curve : curves)
    if (std::find(values.begin(), values.end(), curve.*field) == values.end()) values.push_back(curve.*field);
  return values;
}

/// A row has one color in all panels.
const char* color_of(const std::string& row, const std::vector<std::string>& rows) {
  return curve_color(static_cast<std::size_t>(std::find(rows.begin(), rows.end(), row) - rows.begin()));
}

}  // namespace

std::vector<MeasurementCurve> read_curves(const StudyTable& table) {
  std::vector<MeasurementCurve> curves;
  for (const auto& row : table.rows) {
    std::vector<TrainingHistory> histories;
    for (const auto& run : row.runs)
      if (fs::exists(run.folder / "results.csv")) histories.push_back(read_history(run.folder / "results.csv"));
    for (const auto& measurement : table.measurements) {
      auto curve = curve_of(row, histories, measurement);
      if (!curve.epochs.empty()) curves.push_back(std::move(curve));
    }
  }
  return curves;
}

std::string curves_csv(const std::vector<MeasurementCurve>& curves) {
  std::string text = csv_line({"row", "measurement", "epoch", "seeds", "mean", "sd", "min", "max"});
  const auto number = [](double value) { return fmt::format("{:.6g}", value); };
  for (const auto& curve : curves)
    for (std::size_t e = 0; e < curve.epochs.size(); ++e) {
      const Summary& s = curve.epochs[e];
      text += csv_line({curve.row, curve.measurement, std::to_string(e + 1), std::to_string(curve.seeds[e]), number(s.mean), number(s.sd),
                        number(s.min), number(s.max)});
    }
  return text;
}

void plot_curves(const std::vector<MeasurementCurve>& curves, const std::string& title, const std::filesystem::path& png, const std::string& gnuplot) {
  const auto measurements = distinct(curves, &MeasurementCurve::measurement);
  if (measurements.empty()) throw Error(ErrorCode::bad_data, title + ": no measurement to draw");
  const auto rows = distinct(curves, &MeasurementCurve::row);
  GnuplotScript script;
  const int panels = static_cast<int>(measurements.size()), across = std::min(panels, 2), down = (panels + 1) / 2;
  script.width_px = 520 * across + 60;
  script.height_px = (320 + 20 * static_cast<int>(rows.size())) * down + 20;
  script.commands = fmt::format(
      "set border 3 lc rgb '#94a3b8'\nset tics nomirror textcolor rgb '#334155'\nset grid y lc rgb '#e2e8f0' lw 1 dt 1\nset xtics 1\n"
      "set xlabel 'epoch'\nset key bmargin center vertical maxcols 1 Left reverse\nset bmargin {}\nset style fill transparent solid 0.15 noborder\nset multiplot layout {},{} title {} font ',12'\n",
      rows.size() + 5, down, across, gnuplot_quoted(title));
  for (const auto& measurement : measurements) {
    std::vector<std::string> parts;
    for (const auto& curve : curves) {
      const char* line = color_of(curve.row, rows);
      if (curve.measurement != measurement) continue;
      std::string lines;
      for (std::size_t e = 0; e < curve.epochs.size(); ++e)
        lines += fmt::format("{} {} {} {}\n", e + 1, curve.epochs[e].mean, curve.epochs[e].min, curve.epochs[e].max);
      const std::string file = fmt::format("curve{}.dat", script.data.size());
      script.data.emplace_back(file, lines);
      parts.push_back(fmt::format("'{}' using 1:3:4 with filledcurves lc rgb '{}' notitle", file, line));
      parts.push_back(fmt::format("'{}' using 1:2 with linespoints pt 7 ps 0.8 lw 2 lc rgb '{}' title {}", file, line, gnuplot_quoted(curve.title)));
    }
    script.commands += fmt::format("set title {}\nplot {}\n", gnuplot_quoted(measurement), join(parts, ", "));
  }
  script.commands += "unset multiplot\n";
  run_gnuplot(script, png, gnuplot);
}

}  // namespace mien
