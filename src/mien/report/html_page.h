// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mien {

/// Text for HTML content and attribute values.
std::string escape_html(std::string_view text);
/// "data:image/png;base64,..." for `mime` "image/png".
std::string data_url(const std::vector<std::uint8_t>& bytes, std::string_view mime);

/// One line, dashed line, area, cloud of points or set of bars of a chart; NaN leaves a gap.
struct ChartSeries {
  std::string name;
  std::vector<double> values;
  std::string kind = "line";   ///< "line", "dashed", "bar"; with positions also "area" and "points"
  int color = 0;               ///< 1..12 of the page's palette; 0 = by position
  std::vector<double> x = {};  ///< the series' own positions, as many as values; empty = the chart's
};

/// A chart over categories, over epochs when the labels are numbers, or over a numeric axis when positions are given.
struct Chart {
  std::string title, x_title, y_title;
  std::vector<std::string> labels;
  std::vector<ChartSeries> series;
  std::optional<double> y_min, y_max;
  bool stacked = false, touching = false, logarithmic = false;
  std::vector<double> x = {};  ///< positions of the values, ascending
  std::optional<double> x_min = {}, x_max = {};
  bool x_is_time = false;      ///< positions are seconds, shown as min:s
  std::vector<int> band = {};  ///< colours of a band above the plot, one a position of `x` at equal distances; 0 = none there
  std::string shape = {};      ///< "", "tall" or "square"
};

/// A page that carries its style, scripts, charts and pictures inside: it opens without a network and from any folder.
/// Follows the reader's light or dark setting. Arguments named `html` are taken as they are; all else is escaped.
class HtmlPage {
 public:
  HtmlPage(std::string title, std::string kind) : title_(std::move(title)), kind_(std::move(kind)) {}

  void html(std::string_view html) { body_ += html; }
  void begin_section(std::string_view title, std::string_view note = {});
  void end_section() { body_ += "</section>\n"; }
  /// Places the chart here; it is drawn by Chart.js when the page is opened.
  void chart(const Chart& chart);
  /// Rows of two columns, names left.
  void facts(const std::vector<std::pair<std::string, std::string>>& facts);
  std::string finish() const;

 private:
  std::string title_, kind_, body_, charts_;
  int chart_count_ = 0;
};

/// A small box with a headline number; `range` may be empty.
std::string headline_card(std::string_view name, std::string_view value, std::string_view range);

}  // namespace mien
