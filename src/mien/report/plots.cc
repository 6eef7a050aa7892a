// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/plots.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/report/gnuplot.h"

namespace mien {
namespace {

constexpr std::array<const char*, 8> palette{"#2563eb", "#ea8a00", "#159a6b", "#c2387f",
                                             "#7c4ddb", "#0e94b8", "#8a6d3b", "#64748b"};

constexpr const char* frame_style =
    "set border 3 lc rgb '#94a3b8'\nset tics nomirror textcolor rgb '#334155'\nset grid lc rgb '#e2e8f0' lw 1 dt 1\n";

/// Labels of tics are format strings.
std::string tic_label(const std::string& name) {
  std::string doubled;
  for (const char c : name) doubled += c == '%' ? std::string("%%") : std::string(1, c);
  return gnuplot_quoted(doubled);
}

std::string tics(const std::vector<std::string>& names) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < names.size(); ++i) parts.push_back(fmt::format("{} {}", tic_label(names[i]), i));
  return fmt::format("({})", join(parts, ", "));
}

std::size_t longest(const std::vector<std::string>& names) {
  std::size_t length = 0;
  for (const auto& name : names) length = std::max(length, name.size());
  return length;
}

/// Lines "column row share text": of each cell, of those whose text is dark, and of those whose text is white.
struct CellLines {
  std::string all, dark, white;
};

CellLines cell_lines(const std::vector<std::vector<std::int64_t>>& confusion, bool normalized) {
  constexpr double white_above = 0.55;
  double largest = 1;
  for (const auto& row : confusion)
    for (const auto count : row) largest = std::max(largest, static_cast<double>(count));
  CellLines lines;
  for (std::size_t r = 0; r < confusion.size(); ++r) {
    const auto sum = static_cast<double>(std::accumulate(confusion[r].begin(), confusion[r].end(), std::int64_t{0}));
    for (std::size_t c = 0; c < confusion[r].size(); ++c) {
      const auto count = static_cast<double>(confusion[r][c]);
      const double share = sum > 0 ? count / sum : 0;
      std::string label = normalized ? (sum > 0 ? fmt::format("{:.1f}", 100 * share) : "-") : with_commas(confusion[r][c]);
      const double shade = normalized ? share : count / largest;
      const std::string line = fmt::format("{} {} {} \"{}\"\n", c, r, shade, label);
      lines.all += line;
      (shade > white_above ? lines.white : lines.dark) += line;
    }
  }
  return lines;
}

/// The plots of a heat map's cells and texts. A plot of no texts, or an image of a single cell, is too much for gnuplot.
std::string cell_plots(const CellLines& lines, int classes, int font) {
  std::vector<std::string> plots{classes > 1 ? "'cells.dat' using 1:2:3 with image"
                                             : "'cells.dat' using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid noborder linecolor palette"};
  if (!lines.dark.empty()) plots.push_back(fmt::format("'dark.dat' using 1:2:4 with labels font ',{}' textcolor rgb '#1b2430'", font));
  if (!lines.white.empty()) plots.push_back(fmt::format("'white.dat' using 1:2:4 with labels font ',{}' textcolor rgb '#ffffff'", font));
  return join(plots, ", ");
}

std::string curve_lines(const CurvePanel& panel, const Curve& curve) {
  std::string text;
  for (std::size_t i = 0; i < curve.values.size(); ++i)
    if (std::isfinite(curve.values[i]) && std::isfinite(panel.epochs[i]))
      text += fmt::format("{} {}\n", panel.epochs[i], curve.values[i]);
  return text;
}

}  // namespace

bool plotting_available(const std::string& gnuplot) { return gnuplot_runs(gnuplot); }

void plot_confusion(const std::vector<std::vector<std::int64_t>>& confusion, const std::vector<std::string>& names,
                    bool normalized, const std::filesystem::path& png, const std::string& gnuplot) {
  const int classes = static_cast<int>(confusion.size());
  if (classes == 0 || names.size() != confusion.size())
    throw Error(ErrorCode::bad_data, fmt::format("a confusion matrix of {} classes with {} names", classes, names.size()));
  const int cell_px = std::clamp(900 / classes, 26, 72);
  const int margin_px = 70 + static_cast<int>(longest(names)) * 8;
  GnuplotScript script;
  script.width_px = std::max(460, cell_px * classes + margin_px + 130);
  script.height_px = cell_px * classes + margin_px + 60;
  const CellLines lines = cell_lines(confusion, normalized);
  script.data = {{"cells.dat", lines.all}, {"dark.dat", lines.dark}, {"white.dat", lines.white}};
  const int font = cell_px >= 56 ? 11 : cell_px >= 40 ? 9 : 7;
  script.commands = fmt::format(
      "set title {} font ',13' textcolor rgb '#1b2430'\nset xlabel 'predicted class'\nset ylabel 'true class (rows)'\n"
      "set xrange [-0.5:{}.5]\nset yrange [{}.5:-0.5]\nset size ratio -1\nset border lc rgb '#94a3b8'\nset tmargin 3\n"
      "set xtics {} rotate by 40 right scale 0 textcolor rgb '#1b2430'\nset ytics {} scale 0 textcolor rgb '#1b2430'\nunset "
      "key\nset cbrange [0:1]\n"
      "set palette defined (0 '#f5f8ff', 0.5 '#7ba4f4', 1 '#1d3f9c')\n{}"
      "plot {}\n",
      gnuplot_quoted(normalized ? "Confusion matrix, % of each true class" : "Confusion matrix, images"), classes - 1,
      classes - 1, tics(names), tics(names),
      normalized ? "set cbtics textcolor rgb '#1b2430' ('0 %%' 0, '50 %%' 0.5, '100 %%' 1)\n" : "unset colorbox\n",
      cell_plots(lines, classes, font));
  run_gnuplot(script, png, gnuplot);
}

void plot_reliability(const std::vector<ClassificationMetrics::Bin>& bins, double ece, const std::filesystem::path& png,
                      const std::string& gnuplot) {
  if (bins.empty()) throw Error(ErrorCode::bad_data, "a reliability diagram without bins");
  std::string lines;
  const auto width = 1.0 / static_cast<double>(bins.size());
  std::int64_t images = 0;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    images += bins[i].count;
    lines += fmt::format("{} {} {} {}\n", (static_cast<double>(i) + 0.5) * width,
                         bins[i].count > 0 ? fmt::format("{}", bins[i].accuracy) : "?",
                         bins[i].count > 0 ? fmt::format("{}", bins[i].confidence) : "?", bins[i].count);
  }
  GnuplotScript script;
  script.width_px = 640;
  script.height_px = 720;
  script.data.emplace_back("bins.dat", lines);
  script.commands = fmt::format(
      "{}set xrange [0:1]\nset lmargin 10\nset rmargin 3\nset style fill solid 1.0 border rgb '#ffffff'\nset boxwidth {}\n"
      "set multiplot\nset size 1,0.68\nset origin 0,0.32\nset yrange [0:1]\nset ylabel 'share right'\nset format x ''\n"
      "set title {} font ',13' textcolor rgb '#1b2430'\nset key bmargin center horizontal\n"
      "plot 'bins.dat' using 1:2 with boxes lc rgb '#7ba4f4' title 'accuracy', "
      "'' using 3:2 with points pt 7 ps 1.1 lc rgb '#1d3f9c' title 'mean confidence', x with lines dt 2 lw 2 lc rgb '#64748b' "
      "title 'ideal'\n"
      "unset title\nset size 1,0.32\nset origin 0,0\nset yrange [0:*]\nset format x '%g'\nset xlabel 'confidence of the "
      "prediction'\n"
      "set ylabel 'images'\nunset key\nplot 'bins.dat' using 1:4 with boxes lc rgb '#94a3b8'\nunset multiplot\n",
      frame_style, width, gnuplot_quoted(fmt::format("Reliability, {} images, ECE {:.2f} %", with_commas(images), 100 * ece)));
  run_gnuplot(script, png, gnuplot);
}

void plot_curves(const std::vector<CurvePanel>& panels, const std::filesystem::path& png, const std::string& gnuplot) {
  if (panels.empty()) throw Error(ErrorCode::bad_data, "training curves without any value");
  const int count = static_cast<int>(std::min<std::size_t>(panels.size(), 8));
  const int columns = count > 1 ? 2 : 1, rows = (count + columns - 1) / columns;
  GnuplotScript script;
  script.width_px = 560 * columns;
  script.height_px = 350 * rows;
  script.commands = fmt::format("{}set multiplot layout {},{}\nset key tmargin right horizontal\nset xlabel 'epoch'\n",
                                frame_style, rows, columns);
  for (int p = 0; p < count; ++p) {
    const CurvePanel& panel = panels[p];
    std::vector<std::string> parts;
    for (std::size_t c = 0; c < panel.curves.size(); ++c) {
      const std::string file = fmt::format("curve_{}_{}.dat", p, c);
      script.data.emplace_back(file, curve_lines(panel, panel.curves[c]));
      parts.push_back(fmt::format("'{}' using 1:2 with linespoints lw 2 pt 7 ps 0.5 lc rgb '{}' {}", file,
                                  palette[c % palette.size()],
                                  panel.curves[c].name.empty() ? "notitle" : "title " + gnuplot_quoted(panel.curves[c].name)));
    }
    script.commands += fmt::format("set title {} font ',12' textcolor rgb '#1b2430'\n{}plot {}\n", gnuplot_quoted(panel.metric),
                                   panel.logarithmic ? "set logscale y\n" : "unset logscale y\n", join(parts, ", "));
  }
  script.commands += "unset multiplot\n";
  run_gnuplot(script, png, gnuplot);
}

}  // namespace mien
