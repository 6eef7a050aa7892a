// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/report/gnuplot.h"
#include "mien/reproduce/study_curves.h"
#include "mien/reproduce/study_files.h"

namespace mien {
namespace {

/// Lines of numbers for gnuplot; a row's place is its number from the top.
struct PlotData {
  std::string seeds, means, published;
};

PlotData plot_data(const StudyTable& table) {
  PlotData data;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const StudyTableRow& row = table.rows[i];
    for (const auto& run : row.runs)
      if (run.record.state == RunState::scored)
        data.seeds += fmt::format("{} {}\n", 100 * run.record.accuracy, static_cast<double>(i) - 0.2);
    if (row.test) {
      const Interval around = row.interval.value_or(Interval{row.test->mean, row.test->mean});
      data.means += fmt::format("{} {} {} {}\n", 100 * row.test->mean, i, 100 * around.low, 100 * around.high);
    }
    if (row.to_published)
      data.published +=
          fmt::format("{} {} {}\n", row.published->mean, static_cast<double>(i) + 0.22, row.published->sd.value_or(0));
  }
  return data;
}

std::string row_tics(const StudyTable& table) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < table.rows.size(); ++i)
    parts.push_back(fmt::format("{} {}", gnuplot_quoted(table.rows[i].title), i));
  return fmt::format("({})", join(parts, ", "));
}

using Rows = std::vector<const StudyTableRow*>;

/// The finished rows of each curve, in the order of the table.
std::vector<Rows> finished_curves(const StudyTable& table) {
  std::vector<Rows> curves;
  for (const auto& row : table.rows) {
    if (!row.test) continue;
    const auto same = [&](const Rows& rows) { return rows.front()->curve == row.curve; };
    if (const auto found = std::find_if(curves.begin(), curves.end(), same); found != curves.end())
      found->push_back(&row);
    else
      curves.push_back({&row});
  }
  return curves;
}

/// The seeds that every point of a curve has: a mean over other seeds at another level would be a difference of seeds.
std::vector<std::int64_t> common_seeds(const Rows& rows) {
  std::vector<std::int64_t> seeds = rows.front()->scored;
  for (const auto* row : rows)
    std::erase_if(seeds, [&](std::int64_t seed) { return std::find(row->scored.begin(), row->scored.end(), seed) == row->scored.end(); });
  return seeds;
}

std::string level_lines(const Rows& rows) {
  const auto seeds = common_seeds(rows);
  std::string lines;
  for (const auto* row : rows) {
    std::vector<double> accuracies;
    for (const auto& run : row->runs)
      if (run.record.state == RunState::scored && std::find(seeds.begin(), seeds.end(), run.seed) != seeds.end())
        accuracies.push_back(100 * run.record.accuracy);
    if (accuracies.empty()) continue;
    const Summary s = summarize(accuracies);
    lines += fmt::format("{} {} {} {}\n", row->level, s.mean, s.min, s.max);
  }
  return lines;
}

/// Accuracy over the rows' level, a line a curve with the range over seeds.
void plot_levels(const StudyTable& table, const std::filesystem::path& png, const std::string& gnuplot) {
  const auto curves = finished_curves(table);
  GnuplotScript script;
  script.width_px = 900;
  script.height_px = 500 + 24 * static_cast<int>(curves.size());
  std::vector<std::string> parts;
  std::set<double> levels;
  for (std::size_t c = 0; c < curves.size(); ++c) {
    const std::string lines = level_lines(curves[c]);
    if (lines.empty()) continue;
    for (const auto* row : curves[c]) levels.insert(row->level);
    const std::string file = fmt::format("curve{}.dat", c), color = curve_color(c);
    script.data.emplace_back(file, lines);
    parts.push_back(fmt::format("'{}' using 1:2:3:4 with yerrorbars pt 7 ps 0 lw 1.5 lc rgb '{}' notitle", file, color));
    parts.push_back(fmt::format("'{}' using 1:2 with linespoints pt 7 ps 1 lw 2 lc rgb '{}' title {}", file, color,
                                gnuplot_quoted(fmt::format("{}, {} seed{}", curves[c].front()->curve, common_seeds(curves[c]).size(),
                                                           common_seeds(curves[c]).size() == 1 ? "" : "s"))));
  }
  if (parts.empty()) throw Error(ErrorCode::bad_data, fmt::format("{}: no curve has a seed at all its levels", table.heading.study));
  script.commands = fmt::format(
      "set border 3 lc rgb '#94a3b8'\nset tics nomirror textcolor rgb '#334155'\nset grid y lc rgb '#e2e8f0' lw 1 dt 1\n"
      "set title {} font ',12' textcolor rgb '#1b2430'\nset xlabel {}\nset ylabel 'test accuracy, %'\nset xtics ({})\n"
      "set offsets graph 0.04, graph 0.04, graph 0.04, graph 0.04\nset key bmargin center vertical maxcols 2 Left reverse\n"
      "set bmargin {}\nplot {}\n",
      gnuplot_quoted(fmt::format("{}, scale {}, {}: mean and range over seeds", table.heading.study, table.heading.scale,
                                 table.heading.data_format)),
      gnuplot_quoted(table.heading.level_title), fmt::join(levels, ", "), curves.size() + 4, join(parts, ", "));
  run_gnuplot(script, png, gnuplot);
}

}  // namespace

void plot_study(const StudyTable& table, const std::filesystem::path& png, const std::string& gnuplot) {
  const PlotData data = plot_data(table);
  if (data.means.empty()) throw Error(ErrorCode::bad_data, fmt::format("{}: no finished run to draw", table.heading.study));
  if (!table.heading.level_title.empty()) return plot_levels(table, png, gnuplot);
  GnuplotScript script;
  script.width_px = 900;
  script.height_px = 140 + 60 * static_cast<int>(table.rows.size());
  script.data = {{"means.dat", data.means}, {"seeds.dat", data.seeds}};
  std::vector<std::string> parts{
      "'means.dat' using 1:2:3:4 with xerrorbars pt 7 ps 1.3 lw 2 lc rgb '#2563eb' title 'mean, 95 % interval over seeds'",
      "'seeds.dat' using 1:2 with points pt 6 ps 1 lw 1.5 lc rgb '#1b2430' title 'seeds'"};
  if (!data.published.empty()) {
    script.data.emplace_back("published.dat", data.published);
    parts.emplace_back("'published.dat' using 1:2:3 with xerrorbars pt 13 ps 1.4 lw 2 lc rgb '#ea8a00' title 'published, sd'");
  }
  script.commands = fmt::format(
      "set border 3 lc rgb '#94a3b8'\nset tics nomirror textcolor rgb '#334155'\nset grid x lc rgb '#e2e8f0' lw 1 dt 1\n"
      "set title {} font ',12' textcolor rgb '#1b2430'\nset xlabel 'test accuracy, %'\nset yrange [{}.5:-0.5]\nset ytics {} "
      "scale 0\n"
      "set offsets graph 0.04, graph 0.04, 0, 0\nset key tmargin center horizontal\nplot {}\n",
      gnuplot_quoted(fmt::format("{}, scale {}, {}", table.heading.study, table.heading.scale, table.heading.data_format)),
      table.rows.size() - 1, row_tics(table), join(parts, ", "));
  run_gnuplot(script, png, gnuplot);
}

}  // namespace mien
