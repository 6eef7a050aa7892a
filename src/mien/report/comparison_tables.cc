// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/json_text.h"
#include "mien/base/text.h"
#include "mien/report/markdown.h"
#include "mien/report/run_comparison.h"

namespace mien {
namespace {

using Json = nlohmann::ordered_json;
using Cells = std::vector<std::vector<std::string>>;

std::string spread(const Summary& summary, std::size_t runs) {
  return runs > 1 ? fmt::format("{:.2f} ± {:.2f}", 100 * summary.mean, 100 * summary.sd)
                  : fmt::format("{:.2f}", 100 * summary.mean);
}

std::string difference(const ComparisonRow& row) {
  if (!row.to_first) return "";
  const auto& d = *row.to_first;
  return fmt::format("{:+.2f} [{:+.2f}, {:+.2f}]", 100 * d.accuracy, 100 * d.interval.low, 100 * d.interval.high);
}

/// Header and rows as people read them, in percent.
Cells readable(const Comparison& comparison) {
  Cells cells{
      {"configuration", "runs", "accuracy", "min / median / max", "balanced", "macro F1", "ECE", "accuracy to first [95 %]"}};
  for (const auto& row : comparison.rows) {
    const std::size_t n = row.runs.size();
    cells.push_back(
        {row.group, std::to_string(n), spread(row.accuracy, n),
         fmt::format("{:.2f} / {:.2f} / {:.2f}", 100 * row.accuracy.min, 100 * row.accuracy.median, 100 * row.accuracy.max),
         spread(row.balanced_accuracy, n), spread(row.macro_f1, n), spread(row.ece, n), difference(row)});
  }
  return cells;
}

std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void push_summary(std::vector<std::string>& fields, const Summary& summary) {
  for (const double value : {summary.mean, summary.sd, summary.min, summary.median, summary.max})
    fields.push_back(fmt::format("{:.6f}", value));
}

Json summary_json(const Summary& s) {
  return {{"mean", s.mean}, {"sd", s.sd}, {"min", s.min}, {"median", s.median}, {"max", s.max}};
}

}  // namespace

std::string comparison_text(const Comparison& comparison) {
  const Cells cells = readable(comparison);
  std::vector<std::size_t> widths(cells.front().size());
  for (const auto& row : cells)
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width(row[c]));
  std::string text;
  for (const auto& row : cells) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string pad(widths[c] - width(row[c]), ' ');
      line += c == 0 ? row[c] + pad : fmt::format("  {}{}", pad, row[c]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  for (const auto& note : comparison.notes)
    text += fmt::format("{}note: {}\n", &note == &comparison.notes.front() ? "\n" : "", note);
  return text;
}

std::string comparison_markdown(const Comparison& comparison) {
  std::string text = markdown_table(readable(comparison));
  text += '\n';
  for (const auto& note : comparison.notes) text += fmt::format("{}\n", escape_markdown(note));
  return text;
}

std::string comparison_csv(const Comparison& comparison) {
  std::vector<std::string> header{"configuration", "runs"};
  for (const char* metric : {"accuracy", "balanced_accuracy", "macro_f1", "ece"})
    for (const char* part : {"mean", "sd", "min", "median", "max"}) header.push_back(fmt::format("{}_{}", metric, part));
  for (const char* name : {"common_images", "accuracy_to_first", "accuracy_to_first_low", "accuracy_to_first_high"})
    header.emplace_back(name);
  std::string text = csv_line(header);
  for (const auto& row : comparison.rows) {
    std::vector<std::string> fields{row.group, std::to_string(row.runs.size())};
    for (const Summary* summary : {&row.accuracy, &row.balanced_accuracy, &row.macro_f1, &row.ece})
      push_summary(fields, *summary);
    if (row.to_first) {
      fields.push_back(std::to_string(row.to_first->n));
      for (const double value : {row.to_first->accuracy, row.to_first->interval.low, row.to_first->interval.high})
        fields.push_back(fmt::format("{:.6f}", value));
    } else {
      fields.insert(fields.end(), 4, "");
    }
    text += csv_line(fields);
  }
  return text;
}

std::string comparison_json(const Comparison& comparison) {
  Json rows = Json::array(), runs = Json::array();
  for (const auto& row : comparison.rows) {
    Json one{{"configuration", row.group},
             {"runs", row.runs},
             {"accuracy", summary_json(row.accuracy)},
             {"balanced_accuracy", summary_json(row.balanced_accuracy)},
             {"macro_f1", summary_json(row.macro_f1)},
             {"ece", summary_json(row.ece)},
             {"accuracy_to_first", nullptr}};
    if (row.to_first)
      one["accuracy_to_first"] = {{"n", row.to_first->n},
                                  {"difference", row.to_first->accuracy},
                                  {"interval", {row.to_first->interval.low, row.to_first->interval.high}}};
    rows.push_back(one);
  }
  for (const auto& run : comparison.runs)
    runs.push_back({{"name", run.name},
                    {"configuration", run.group},
                    {"n", run.metrics.n},
                    {"accuracy", run.metrics.accuracy},
                    {"balanced_accuracy", run.metrics.balanced_accuracy},
                    {"macro_f1", run.metrics.macro_f1},
                    {"ece", run.metrics.ece}});
  return json_text(Json{{"rows", rows}, {"runs", runs}, {"notes", comparison.notes}}, 2) +
         "\n";
}

}  // namespace mien
