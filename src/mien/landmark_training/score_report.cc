// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/landmark_training/score_report.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "mien/base/csv.h"
#include "mien/base/text.h"
#include "mien/report/gnuplot.h"
#include "mien/report/html_page.h"

namespace mien {
namespace {

constexpr int curve_steps = 160;
constexpr std::array<const char*, 8> palette{"#2563eb", "#ea8a00", "#159a6b", "#c2387f",
                                             "#7c4ddb", "#0e94b8", "#8a6d3b", "#64748b"};

std::string percent(double share) { return std::isfinite(share) ? fmt::format("{:.2f}", 100 * share) : "-"; }
std::string percent(const Interval& interval) { return percent(interval.low) + ".." + percent(interval.high); }

std::string name_of(const LandmarkResult& result) { return fmt::format("{} ({})", result.landmarks, result.boxes); }

/// In file names of gnuplot's data only digits matter.
std::string data_file(std::size_t i) { return fmt::format("curve_{}.dat", i); }

}  // namespace

LandmarkResult landmark_result(std::string landmarks, std::string boxes, LandmarkScore score,
                               const LandmarkErrorOptions& options) {
  LandmarkErrorOptions plain = options, without = options, each = options;
  plain.remove_offset = without.remove_point_offsets = plain.remove_point_offsets = false;
  without.remove_offset = each.remove_point_offsets = true;
  LandmarkResult result{std::move(landmarks), std::move(boxes), std::move(score), {}, {}, {}, {}};
  result.plain = landmark_errors(result.score.answers, plain);
  result.without_offset = landmark_errors(result.score.answers, without);
  result.point_by_point = landmark_errors(result.score.answers, each);
  return result;
}

std::vector<std::string> result_columns() {
  std::vector<std::string> columns{"landmarks",
                                   "boxes",
                                   "faces",
                                   "missing",
                                   "error_pct",
                                   "error_interval",
                                   "no_offset_pct",
                                   "no_offset_interval",
                                   "no_offset_median",
                                   "by_point_pct",
                                   "by_point_interval",
                                   "failures_pct",
                                   "failures_interval",
                                   "area",
                                   "area_interval",
                                   "offset_right_pct",
                                   "offset_down_pct"};
  for (const char* region : {"jaw", "brows", "nose", "eyes", "mouth"}) columns.push_back(std::string(region) + "_pct");
  for (const char* name : {"unsteady_pct", "unsteady_interval", "ms"}) columns.emplace_back(name);
  return columns;
}

std::vector<std::vector<std::string>> result_rows(const std::vector<LandmarkResult>& results) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& r : results) {
    const LandmarkErrors &a = r.plain, &b = r.without_offset;
    std::vector<std::string> row{r.landmarks,
                                 r.boxes,
                                 std::to_string(a.n),
                                 std::to_string(a.missing),
                                 percent(a.mean),
                                 percent(a.mean_interval),
                                 percent(b.mean),
                                 percent(b.mean_interval),
                                 percent(b.median),
                                 percent(r.point_by_point.mean),
                                 percent(r.point_by_point.mean_interval),
                                 percent(b.failure_rate),
                                 percent(b.failure_interval),
                                 fmt::format("{:.3f}", b.area),
                                 fmt::format("{:.3f}..{:.3f}", b.area_interval.low, b.area_interval.high),
                                 percent(a.offset.x),
                                 percent(a.offset.y)};
    for (const auto& region : b.regions) row.push_back(percent(region.mean));
    row.push_back(r.unsteadiness.n > 0 ? percent(r.unsteadiness.mean) : "-");
    row.push_back(r.unsteadiness.n > 0 ? percent(r.unsteadiness.interval) : "-");
    row.push_back(std::isfinite(r.score.median_ms) ? fmt::format("{:.2f}", r.score.median_ms) : "-");
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string faces_csv(const std::vector<LandmarkResult>& results) {
  std::string text = csv_line({"image", "identity", "landmarks", "boxes", "error_pct", "error_without_offset_pct"});
  const auto cell = [](double error) { return std::isfinite(error) ? fmt::format("{:.4f}", 100 * error) : std::string(); };
  for (const auto& r : results)
    for (std::size_t i = 0; i < r.score.answers.size(); ++i)
      text += csv_line({r.score.answers[i].id, r.score.answers[i].identity, r.landmarks, r.boxes, cell(r.plain.errors[i]),
                        cell(r.without_offset.errors[i])});
  return text;
}

void plot_error_curves(const std::vector<LandmarkResult>& results, double limit, const std::filesystem::path& png,
                       const std::string& gnuplot) {
  GnuplotScript script;
  script.width_px = 820;
  script.height_px = 560;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto shares = cumulative_errors(results[i].without_offset, 2 * limit, curve_steps);
    std::string lines;
    for (std::size_t k = 0; k < shares.size(); ++k)
      lines += fmt::format("{} {}\n", 200 * limit * static_cast<double>(k) / curve_steps, 100 * shares[k]);
    script.data.emplace_back(data_file(i), lines);
    parts.push_back(fmt::format("'{}' using 1:2 with lines lw 2 lc rgb '{}' title {}", data_file(i), palette[i % palette.size()],
                                gnuplot_quoted(name_of(results[i]))));
  }
  script.commands = fmt::format(
      "set border 3 lc rgb '#94a3b8'\nset tics nomirror textcolor rgb '#334155'\nset grid lc rgb '#e2e8f0' lw 1 dt 1\n"
      "set title 'Cumulative landmark error, mean offset taken off' font ',13' textcolor rgb '#1b2430'\n"
      "set xlabel 'mean error of a face, % of the eye distance'\nset ylabel 'faces, %'\nset xrange [0:{}]\nset yrange [0:100]\n"
      "set key right bottom\nset arrow from {},0 to {},100 nohead dt 2 lc rgb '#64748b'\nplot {}\n",
      200 * limit, 100 * limit, 100 * limit, join(parts, ", "));
  run_gnuplot(script, png, gnuplot);
}

std::string error_curves_html(const std::vector<LandmarkResult>& results, double limit) {
  HtmlPage page("Landmark errors", "landmarks");
  Chart chart;
  chart.title = "Cumulative error, mean offset taken off";
  chart.x_title = "mean error of a face, % of the eye distance";
  chart.y_title = "faces, %";
  chart.y_min = 0;
  chart.y_max = 100;
  for (int k = 0; k <= curve_steps; k += 2) chart.labels.push_back(fmt::format("{:.1f}", 200 * limit * k / curve_steps));
  for (const auto& r : results) {
    ChartSeries series;
    series.name = name_of(r);
    for (const double share : cumulative_errors(r.without_offset, 2 * limit, curve_steps / 2))
      series.values.push_back(100 * share);
    chart.series.push_back(std::move(series));
  }
  page.begin_section("Cumulative error", "A face that was not found never counts as within the error.");
  page.chart(chart);
  page.end_section();
  page.begin_section("Scores", "Shares in % of the distance of the outer eye corners; 95 % intervals over people.");
  const auto columns = result_columns();
  for (const auto& row : result_rows(results)) {
    std::vector<std::pair<std::string, std::string>> facts;
    for (std::size_t c = 0; c < columns.size(); ++c) facts.emplace_back(columns[c], row[c]);
    page.facts(facts);
  }
  page.end_section();
  return page.finish();
}

}  // namespace mien
