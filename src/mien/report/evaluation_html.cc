// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/evaluation_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "mien/base/text.h"
#include "mien/image/encode.h"
#include "mien/report/html_page.h"
#include "mien/report/plots.h"
#include "mien/report/show.h"
#include "mien/report/thumbnail.h"

namespace mien {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::string percent(double share, int digits = 1) { return fmt::format("{:.{}f} %", 100 * share, digits); }

std::string range(const Interval& interval) {
  return fmt::format("{:.1f} to {:.1f} (95 %)", 100 * interval.low, 100 * interval.high);
}

void add_headline(HtmlPage& page, const EvaluationResult& result) {
  const auto& m = result.metrics;
  const auto interval = [&](Interval BootstrapIntervals::*member) {
    return result.intervals ? range(*result.intervals.*member) : std::string();
  };
  page.html("<div class=\"cards\">\n");
  page.html(headline_card("Accuracy", percent(m.accuracy), interval(&BootstrapIntervals::accuracy)));
  page.html(headline_card("Balanced accuracy", percent(m.balanced_accuracy), interval(&BootstrapIntervals::balanced_accuracy)));
  page.html(headline_card("Macro F1", percent(m.macro_f1), interval(&BootstrapIntervals::macro_f1)));
  page.html(headline_card("Calibration error", percent(m.ece), interval(&BootstrapIntervals::ece)));
  page.html(headline_card("Top-2 accuracy", percent(m.top2_accuracy), ""));
  page.html(headline_card("Images", with_commas(m.n), fmt::format("{} classes", result.class_names.size())));
  page.html("</div>\n");
}

std::vector<double> where_supported(const ClassificationMetrics& m, const std::vector<double>& values) {
  std::vector<double> result;
  for (std::size_t c = 0; c < values.size(); ++c) result.push_back(m.support[c] > 0 ? 100 * values[c] : nan);
  return result;
}

void add_class_table(HtmlPage& page, const EvaluationResult& result) {
  const auto& m = result.metrics;
  std::string rows;
  for (std::size_t c = 0; c < result.class_names.size(); ++c) {
    rows += fmt::format("<tr><td>{}</td><td>{}</td>", escape_html(result.class_names[c]), with_commas(m.support[c]));
    if (m.support[c] == 0) {
      rows += "<td>-</td><td>-</td><td>-</td><td>-</td></tr>\n";
      continue;
    }
    const Interval interval = wilson_interval(m.confusion[c][c], m.support[c]);
    rows += fmt::format("<td>{:.1f}</td><td>{:.1f}</td><td class=\"note\">{:.1f} to {:.1f}</td><td>{:.1f}</td></tr>\n",
                        100 * m.precision[c], 100 * m.recall[c], 100 * interval.low, 100 * interval.high, 100 * m.f1[c]);
  }
  page.html(
      "<div class=\"scroll\"><table>\n<thead><tr><th>class</th><th>images</th><th>precision</th><th>recall</th>"
      "<th>95 % interval</th><th>F1</th></tr></thead>\n" +
      rows + "</table></div>\n");
}

void add_classes(HtmlPage& page, const EvaluationResult& result) {
  page.begin_section("Classes", "Percent. The interval is Wilson's, for the recall.");
  page.html("<div class=\"columns\"><div>\n");
  add_class_table(page, result);
  page.html("</div><div>\n");
  const auto& m = result.metrics;
  Chart chart;
  chart.y_title = "percent";
  chart.labels = result.class_names;
  chart.series = {{"precision", where_supported(m, m.precision), "bar"},
                  {"recall", where_supported(m, m.recall), "bar"},
                  {"F1", where_supported(m, m.f1), "bar"}};
  chart.y_min = 0;
  chart.y_max = 100;
  page.chart(chart);
  page.html("</div></div>\n");
  page.end_section();
}

std::string heat_cell(std::int64_t count, std::int64_t row_sum, bool diagonal) {
  const double share = row_sum > 0 ? static_cast<double>(count) / static_cast<double>(row_sum) : 0;
  const char* kind = diagonal ? (share > 0.75 ? "hit strong" : "hit") : share > 0.75 ? "strong" : "";
  return fmt::format("<td class=\"{}\" style=\"--v:{:.3f}\"><span class=\"share\">{}</span><span class=\"count\">{}</span></td>",
                     kind, share, row_sum > 0 ? fmt::format("{:.1f}", 100 * share) : "-", with_commas(count));
}

std::string heat_map(const EvaluationResult& result) {
  const auto& names = result.class_names;
  std::string html = fmt::format(
      "<table class=\"heat\">\n<thead><tr><th class=\"axis\">true ↓</th><th class=\"axis\" colspan=\"{}\">predicted "
      "→</th></tr>\n<tr><th></th>",
      names.size());
  for (const auto& name : names) html += fmt::format("<th scope=\"col\">{}</th>", escape_html(name));
  html += "</tr></thead>\n";
  for (std::size_t r = 0; r < names.size(); ++r) {
    const auto& row = result.metrics.confusion[r];
    html += fmt::format("<tr><th scope=\"row\">{}</th>", escape_html(names[r]));
    for (std::size_t c = 0; c < names.size(); ++c) html += heat_cell(row[c], result.metrics.support[r], r == c);
    html += "</tr>\n";
  }
  return html + "</table>\n";
}

/// The most frequent mistakes, at most eight.
std::string top_confusions(const EvaluationResult& result) {
  struct Mistake {
    std::int64_t count;
    std::size_t truth, predicted;
  };
  std::vector<Mistake> mistakes;
  for (std::size_t r = 0; r < result.class_names.size(); ++r)
    for (std::size_t c = 0; c < result.class_names.size(); ++c)
      if (r != c && result.metrics.confusion[r][c] > 0) mistakes.push_back({result.metrics.confusion[r][c], r, c});
  if (mistakes.empty()) return "";
  std::stable_sort(mistakes.begin(), mistakes.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  mistakes.resize(std::min<std::size_t>(mistakes.size(), 8));
  std::string html =
      "<h3>Most frequent mistakes</h3>\n<table>\n<thead><tr><th>true</th><th>predicted</th><th>images</th>"
      "<th>of the true class</th></tr></thead>\n";
  for (const auto& one : mistakes)
    html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", escape_html(result.class_names[one.truth]),
                        escape_html(result.class_names[one.predicted]), with_commas(one.count),
                        percent(static_cast<double>(one.count) / static_cast<double>(result.metrics.support[one.truth])));
  return html + "</table>\n";
}

void add_confusion(HtmlPage& page, const EvaluationResult& result) {
  page.begin_section("Confusion matrix",
                     "Rows are the true class, columns the predicted one. Colours follow the share of the true class.");
  page.html(
      "<div class=\"beside\"><div>\n<p class=\"switch\"><button data-target=\"confusion\" data-view=\"shares\" "
      "aria-pressed=\"true\">% of the true class</button> "
      "<button data-target=\"confusion\" data-view=\"counts\" aria-pressed=\"false\">images</button></p>\n"
      "<div class=\"scroll\"><div id=\"confusion\" class=\"shares\">\n");
  page.html(heat_map(result));
  page.html("</div></div>\n</div><div>\n");
  page.html(top_confusions(result));
  page.html("</div></div>\n");
  page.end_section();
}

Chart reliability_chart(const ClassificationMetrics& m) {
  Chart chart;
  chart.title = "Accuracy by confidence";
  chart.x_title = "confidence of the prediction";
  chart.y_title = "percent right";
  chart.touching = true;
  chart.y_min = 0;
  chart.y_max = 100;
  ChartSeries accuracy{"accuracy", {}, "bar", 1}, ideal{"ideal", {}, "dashed", 8};
  const auto bins = static_cast<double>(m.reliability.size());
  for (std::size_t i = 0; i < m.reliability.size(); ++i) {
    const auto& bin = m.reliability[i];
    chart.labels.push_back(fmt::format("{:.2f}", (static_cast<double>(i) + 0.5) / bins));
    accuracy.values.push_back(bin.count > 0 ? 100 * bin.accuracy : nan);
    ideal.values.push_back(100 * (bin.count > 0 ? bin.confidence : (static_cast<double>(i) + 0.5) / bins));
  }
  chart.series = {ideal, accuracy};
  return chart;
}

Chart confidence_chart(const ClassificationMetrics& m) {
  Chart chart;
  chart.title = "Images by confidence";
  chart.x_title = "confidence of the prediction";
  chart.y_title = "images";
  chart.stacked = chart.touching = true;
  ChartSeries right{"right", {}, "bar", 3}, wrong{"wrong", {}, "bar", 2};
  for (std::size_t i = 0; i < m.reliability.size(); ++i) {
    const auto& bin = m.reliability[i];
    chart.labels.push_back(fmt::format("{:.2f}", (static_cast<double>(i) + 0.5) / static_cast<double>(m.reliability.size())));
    const double hits = std::round(bin.accuracy * static_cast<double>(bin.count));
    right.values.push_back(hits);
    wrong.values.push_back(static_cast<double>(bin.count) - hits);
  }
  chart.series = {right, wrong};
  return chart;
}

/// Accuracy on the most confident share of the images.
Chart coverage_chart(const Predictions& predictions) {
  const std::vector<int> predicted = predicted_classes(predictions);
  const std::vector<double> p = probabilities(predictions);
  std::vector<std::size_t> order(predicted.size());
  std::iota(order.begin(), order.end(), 0);
  const auto confidence = [&](std::size_t i) { return p[i * predictions.classes + predicted[i]]; };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return confidence(a) > confidence(b); });
  Chart chart;
  chart.title = "Accuracy when the least confident answers are withheld";
  chart.x_title = "answered, percent of the images";
  chart.y_title = "percent right";
  chart.y_max = 100;
  ChartSeries series{"accuracy of the answers", {}, "line", 1};
  std::size_t hits = 0, taken = 0;
  for (int step = 1; step <= 20; ++step) {
    const std::size_t until = order.size() * step / 20;
    for (; taken < until; ++taken) hits += predicted[order[taken]] == predictions.labels[order[taken]];
    chart.labels.push_back(std::to_string(step * 5));
    series.values.push_back(taken > 0 ? 100.0 * static_cast<double>(hits) / static_cast<double>(taken) : nan);
  }
  double lowest = 100;
  for (const double value : series.values) lowest = value < lowest ? value : lowest;
  chart.y_min = std::max(0.0, std::floor(lowest / 10) * 10 - 10);
  chart.series = {series};
  return chart;
}

void add_calibration(HtmlPage& page, const EvaluationResult& result) {
  const auto& m = result.metrics;
  page.begin_section(
      "Confidence",
      fmt::format("Mean confidence {}, accuracy {}. ECE {}, largest gap {}, NLL {:.4f}, Brier score {:.4f}, temperature {:.3f}.",
                  percent(m.mean_confidence), percent(m.accuracy), percent(m.ece, 2), percent(m.mce, 1), m.nll, m.brier,
                  result.predictions.temperature));
  page.html("<div class=\"columns\"><div>\n");
  page.chart(reliability_chart(m));
  page.html("</div><div>\n");
  page.chart(confidence_chart(m));
  page.html("</div></div>\n");
  page.chart(coverage_chart(result.predictions));
  page.end_section();
}

void add_dimensions(HtmlPage& page, const EvaluationResult& result) {
  if (!result.valence && !result.arousal) return;
  page.begin_section("Valence and arousal", "CCC and PCC: 1 is perfect, 0 is no relation.");
  page.html("<table>\n<thead><tr><th></th><th>CCC</th><th>PCC</th><th>RMSE</th><th>MAE</th><th>same sign, %</th></tr></thead>\n");
  const auto row = [&](const char* name, const std::optional<RegressionMetrics>& m) {
    if (m)
      page.html(fmt::format("<tr><td>{}</td><td>{:.3f}</td><td>{:.3f}</td><td>{:.3f}</td><td>{:.3f}</td><td>{:.1f}</td></tr>\n",
                            name, m->ccc, m->pcc, m->rmse, m->mae, 100 * m->sagr));
  };
  row("valence", result.valence);
  row("arousal", result.arousal);
  page.html("</table>\n");
  page.end_section();
}

void add_hardest(HtmlPage& page, const EvaluationResult& result) {
  if (result.hardest.empty()) return;
  page.begin_section("Hardest images",
                     "Highest loss first. Look for wrong labels, covered faces and bad crops before blaming the model.");
  page.html("<div class=\"tiles\">\n");
  for (const auto& tile : result.hardest) {
    const std::string note = show_or_say(tile.caption, [&] {
      page.html(fmt::format("<figure><img alt=\"\" loading=\"lazy\" src=\"{}\"><figcaption>{}</figcaption></figure>\n",
                            data_url(encode_jpeg(thumbnail(tile.image, 160), 85), "image/jpeg"), escape_html(tile.caption)));
    });
    if (!note.empty()) page.html(fmt::format("<p class=\"note\">{}</p>\n", escape_html(note)));
  }
  page.html("</div>\n");
  page.end_section();
}

void add_failures(HtmlPage& page, const EvaluationResult& result) {
  if (result.failures.empty()) return;
  constexpr std::size_t shown = 500;
  page.begin_section(
      "Failures", fmt::format("{} images could not be processed.", with_commas(static_cast<long long>(result.failures.size()))));
  page.html("<details><summary>List</summary>\n<table class=\"facts\">\n");
  for (std::size_t i = 0; i < std::min(shown, result.failures.size()); ++i)
    page.html(fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escape_html(result.failures[i].id),
                          escape_html(result.failures[i].reason)));
  page.html("</table>\n");
  if (result.failures.size() > shown) page.html("<p class=\"note\">The rest is in report.json.</p>\n");
  page.html("</details>\n");
  page.end_section();
}

void add_limits(HtmlPage& page, const EvaluationResult& result) {
  page.begin_section("What these numbers do not say");
  page.html("<ul>\n");
  for (const auto& limit : limits_of(result)) page.html(fmt::format("<li>{}</li>\n", escape_html(limit)));
  page.html("</ul>\n");
  page.end_section();
}

}  // namespace

std::string evaluation_html(const EvaluationResult& result) {
  HtmlPage page(result.title, "Evaluation of an expression classifier");
  add_headline(page, result);
  if (!result.facts.empty()) {
    page.begin_section("Facts");
    page.facts(result.facts);
    page.end_section();
  }
  add_classes(page, result);
  add_confusion(page, result);
  add_calibration(page, result);
  add_dimensions(page, result);
  add_hardest(page, result);
  add_failures(page, result);
  add_limits(page, result);
  return page.finish();
}

}  // namespace mien
