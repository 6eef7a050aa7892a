// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "mien/base/text.h"
#include "mien/explain/explain_files.h"
#include "mien/image/encode.h"
#include "mien/report/html_page.h"
#include "mien/report/show.h"
#include "mien/report/thumbnail.h"

namespace mien {
namespace {

std::string with_range(const MeanInterval& mean, int digits = 3) {
  if (mean.n == 0) return "<td>-</td>";
  return fmt::format("<td>{:.{}f} <span class=\"note\">{:.{}f} to {:.{}f}</span></td>", mean.mean, digits, mean.interval.low,
                     digits, mean.interval.high, digits);
}

/// Green where the whole interval is above 0, red where it is below.
std::string gain_cell(const MeanInterval& gain) {
  const char* color = gain.interval.low > 0 ? "var(--good)" : gain.interval.high < 0 ? "var(--bad)" : "inherit";
  return fmt::format("<td><span style=\"color:{}\">{:+.3f}</span> <span class=\"note\">{:+.3f} to {:+.3f}</span></td>", color,
                     gain.mean, gain.interval.low, gain.interval.high);
}

void add_methods(HtmlPage& page) {
  page.begin_section("The methods");
  page.html("<table class=\"facts\">\n");
  for (const auto& info : map_methods())
    page.html(fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escape_html(info.name), escape_html(info.summary)));
  page.html("</table>\n");
  page.end_section();
}

std::string summary_table(const ExplainResult& result) {
  const bool measured = result.methods.front().deletion.n > 0;
  std::string html = "<div class=\"scroll\"><table>\n<thead><tr><th>method</th><th>ms an image</th><th>empty maps</th>";
  if (measured) html += "<th>deletion area (low is good)</th><th>insertion area (high is good)</th>";
  html += "</tr></thead>\n";
  for (const auto& one : result.methods) {
    html += fmt::format("<tr><td>{}</td><td>{:.1f}</td><td>{}</td>", escape_html(one.method.label()), one.ms_per_image,
                        one.empty_maps);
    if (measured) html += with_range(one.deletion) + with_range(one.insertion);
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

/// Empty without controls.
std::string gain_table(const ExplainResult& result) {
  std::string rows, header;
  for (const auto& one : result.methods) {
    if (one.gains.empty()) continue;
    const bool first = header.empty();
    rows += fmt::format("<tr><td>{}</td>", escape_html(one.method.label()));
    for (const auto& gain : one.gains) {
      rows += gain_cell(gain.deletion) + gain_cell(gain.insertion);
      if (first) header += fmt::format("<th>{0}: deletion</th><th>insertion</th>", escape_html(gain.control));
    }
    rows += "</tr>\n";
  }
  if (rows.empty()) return "";
  return "<h3>Better than the controls by</h3>\n<div class=\"scroll\"><table>\n<thead><tr><th>method</th>" + header +
         "</tr></thead>\n" + rows + "</table></div>\n";
}

Chart curve_chart(const ExplainResult& result, const std::string& title, std::vector<double> MethodSummary::*curve) {
  Chart chart;
  chart.title = title;
  chart.x_title = "share of the pixels";
  chart.y_title = "probability of the class";
  chart.y_min = 0;
  const std::size_t points = (result.methods.front().*curve).size();
  for (std::size_t k = 0; k < points; ++k)
    chart.labels.push_back(fmt::format("{:.2f}", static_cast<double>(k) / static_cast<double>(points - 1)));
  for (const auto& one : result.methods)
    chart.series.push_back({one.method.label(), one.*curve, map_method(one.method.name).is_control ? "dashed" : "line"});
  return chart;
}

void add_summary(HtmlPage& page, const ExplainResult& result) {
  const bool measured = result.methods.front().deletion.n > 0;
  page.begin_section(measured ? "Do the maps tell the truth?" : "Time",
                     measured
                         ? "Pixels are removed (deletion) or shown (insertion) from the highest value of the map down, and the "
                           "probability of the explained class is watched. Brackets are 95 % bootstrap intervals over images; "
                           "gains are paired, image by image, and green where the whole interval is above 0."
                         : "");
  page.html(summary_table(result) + gain_table(result));
  if (measured) {
    page.html("<div class=\"columns\"><div>\n");
    page.chart(curve_chart(result, "Deletion", &MethodSummary::deletion_curve));
    page.html("</div><div>\n");
    page.chart(curve_chart(result, "Insertion", &MethodSummary::insertion_curve));
    page.html("</div></div>\n");
  }
  page.end_section();
}

Chart share_chart(const ExplainResult& result, const std::string& title, std::vector<MeanInterval> MethodSummary::*shares) {
  Chart chart;
  chart.title = title;
  chart.y_title = "percent";
  chart.y_min = 0;
  for (const auto& region : FaceRegions::names()) chart.labels.push_back(region);
  ChartSeries area{"by area", {}, "bar", 8};
  for (const double share : result.mean_areas) area.values.push_back(100 * share);
  chart.series.push_back(area);
  int color = 0;
  for (const auto& one : result.methods) {
    if (map_method(one.method.name).is_control) continue;
    ChartSeries series{one.method.label(), {}, "bar", color++ % 7 + 1};
    for (const auto& share : one.*shares) series.values.push_back(100 * share.mean);
    chart.series.push_back(std::move(series));
  }
  return chart;
}

void add_shares(HtmlPage& page, const ExplainResult& result) {
  if (result.mean_areas.empty()) return;
  const auto known =
      std::count_if(result.images.begin(), result.images.end(), [](const auto& image) { return !image.areas.empty(); });
  page.begin_section(
      "Where the maps are",
      fmt::format("Share of each map in the parts of the face, mean over {} images with landmarks. A map without any "
                  "preference would follow the area.",
                  with_commas(known)));
  page.chart(share_chart(result, "Positive values", &MethodSummary::positive_shares));
  page.chart(share_chart(result, "Sizes of all values", &MethodSummary::absolute_shares));
  page.end_section();
}

void add_measurements(HtmlPage& page, const ExplainResult& result) {
  if (result.own_numbers.empty()) return;
  page.begin_section("What the method measures of itself", "Means over the images with 95 % bootstrap intervals.");
  page.html("<table>\n<thead><tr><th>measurement</th><th>model</th><th>mean</th><th>images</th></tr></thead>\n");
  for (std::size_t k = 0; k < result.own_numbers.size(); ++k)
    page.html(fmt::format("<tr><td>{}</td><td>{}</td>{}<td>{}</td></tr>\n", escape_html(result.own_numbers[k].name),
                          escape_html(result.own_numbers[k].model.empty() ? "explained" : result.own_numbers[k].model),
                          with_range(result.own_means[k]), result.own_means[k].n));
  page.html("</table>\n");
  page.end_section();
}

void add_averages(HtmlPage& page, const ExplainResult& result, Grouping grouping) {
  const std::string what = fmt::format("Mean maps by {} class", grouping == Grouping::truth ? "true" : "predicted");
  const std::string note = show_or_say(what, [&] {
    if (const cv::Mat figure = averages_figure(result, grouping); !figure.empty())
      page.html(fmt::format("<img class=\"picture\" alt=\"{}\" src=\"{}\">\n", what, data_url(encode_jpeg(fitted_for_jpeg(figure), 90), "image/jpeg")));
  });
  if (!note.empty()) page.html(fmt::format("<p class=\"note\">{}</p>\n", escape_html(note)));
}

void add_averages(HtmlPage& page, const ExplainResult& result) {
  if (result.images.size() < 2) return;
  page.begin_section("Mean maps of the classes", "One scale a column. Each image's map counts alike.");
  for (const Grouping grouping : {Grouping::truth, Grouping::predicted})
    add_averages(page, result, grouping);
  page.end_section();
}

void add_panels(HtmlPage& page, const ExplainResult& result) {
  const auto shown =
      std::count_if(result.images.begin(), result.images.end(), [](const auto& image) { return !image.picture.empty(); });
  if (shown == 0) return;
  page.begin_section("Images", fmt::format("{} of {}. Each map is drawn on its own scale.", shown, result.images.size()));
  for (const auto& image : result.images)
    if (!image.picture.empty())
      page.html(fmt::format("<img class=\"picture\" loading=\"lazy\" alt=\"Maps of {}\" src=\"{}\">\n", escape_html(image.id),
                            data_url(image.picture, "image/jpeg")));
  page.end_section();
}

void add_failures(HtmlPage& page, const ExplainResult& result) {
  if (result.failures.empty()) return;
  page.begin_section("Failures", fmt::format("{} images could not be read.", result.failures.size()));
  page.html("<table class=\"facts\">\n");
  for (const auto& bad : result.failures)
    page.html(fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escape_html(bad.id), escape_html(bad.reason)));
  page.html("</table>\n");
  page.end_section();
}

void add_limits(HtmlPage& page) {
  page.begin_section("What maps do not say");
  page.html(
      "<ul>\n<li>A map shows what moves this network's number for this picture, not what a person shows or feels.</li>\n"
      "<li>Methods answer different questions and may disagree; a map that looks right need not be faithful. Read the deletion "
      "and "
      "insertion curves beside those of the controls.</li>\n"
      "<li>Pictures with removed pixels are unlike any that the network was trained on; curves depend on what takes the pixels' "
      "place, "
      "and on whether removed pixels are scattered or connected: compare a method with the control that is as smooth as it "
      "is.</li>\n"
      "<li>The landmarks and the boxes around them are approximate, so are the shares of facial parts.</li>\n</ul>\n");
  page.end_section();
}

}  // namespace

std::string explanation_html(const ExplainResult& result) {
  HtmlPage page(result.title, "Explanation of an expression classifier");
  page.begin_section("Facts");
  page.facts(result.facts);
  page.end_section();
  add_summary(page, result);
  add_shares(page, result);
  add_measurements(page, result);
  add_averages(page, result);
  add_panels(page, result);
  add_failures(page, result);
  add_methods(page);
  add_limits(page);
  return page.finish();
}

}  // namespace mien
