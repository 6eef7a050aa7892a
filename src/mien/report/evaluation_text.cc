// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "mien/base/text.h"
#include "mien/report/evaluation_report.h"
#include "mien/report/predictions_csv.h"

namespace mien {
namespace {

/// Code points, which is what a terminal aligns by for the scripts that class names use.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string left(const std::string& text, std::size_t columns) {
  return text + std::string(columns - std::min(columns, width(text)), ' ');
}
std::string right(const std::string& text, std::size_t columns) {
  return std::string(columns - std::min(columns, width(text)), ' ') + text;
}

std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

std::string line(const std::string& name, const std::string& value, const std::optional<Interval>& interval = {}) {
  std::string text = fmt::format("  {}{}", left(name, 20), right(value, 10));
  if (interval) text += fmt::format("   [{:.2f}, {:.2f}]", 100 * interval->low, 100 * interval->high);
  return text + "\n";
}

std::size_t name_columns(const EvaluationResult& result) {
  std::size_t columns = 5;
  for (const auto& name : result.class_names) columns = std::max(columns, width(name));
  return columns;
}

std::string class_table(const EvaluationResult& result) {
  const std::size_t names = name_columns(result);
  const auto& m = result.metrics;
  const auto row = [&](const std::string& name, const std::string& images, const std::string& precision,
                       const std::string& recall, const std::string& f1) {
    return fmt::format("  {}{}{}{}{}\n", left(name, names), right(images, 9), right(precision, 11), right(recall, 9),
                       right(f1, 9));
  };
  std::string text = row("class", "images", "precision", "recall", "F1");
  for (std::size_t c = 0; c < result.class_names.size(); ++c) {
    const auto share = [&](double value) { return m.support[c] > 0 ? fmt::format("{:.1f}", 100 * value) : std::string("-"); };
    text += row(result.class_names[c], with_commas(m.support[c]), share(m.precision[c]), share(m.recall[c]), share(m.f1[c]));
  }
  return text;
}

std::string confusion_table(const EvaluationResult& result) {
  const std::size_t names = name_columns(result);
  std::string text = "  Confusion: rows = true class, columns = predicted class in the same order\n";
  for (std::size_t r = 0; r < result.class_names.size(); ++r) {
    text += fmt::format("  {}", left(result.class_names[r], names));
    for (const auto count : result.metrics.confusion[r]) text += right(std::to_string(count), 7);
    text += "\n";
  }
  return text;
}

std::string dimension(const std::string& name, const RegressionMetrics& m) {
  return fmt::format("  {} CCC {:.3f}  PCC {:.3f}  RMSE {:.3f}  MAE {:.3f}  same sign {:.1f} %\n", left(name, 20), m.ccc, m.pcc,
                     m.rmse, m.mae, 100 * m.sagr);
}

}  // namespace

std::string evaluation_text(const EvaluationResult& result) {
  check_class_names(result.class_names, static_cast<int>(result.metrics.support.size()));
  const auto& m = result.metrics;
  const auto interval = [&](Interval BootstrapIntervals::*member) {
    return result.intervals ? std::optional<Interval>(*result.intervals.*member) : std::nullopt;
  };
  std::string text = result.title + "\n";
  text += line("images", with_commas(m.n));
  text += line("accuracy", percent(m.accuracy), interval(&BootstrapIntervals::accuracy));
  text += line("balanced accuracy", percent(m.balanced_accuracy), interval(&BootstrapIntervals::balanced_accuracy));
  text += line("macro F1", percent(m.macro_f1), interval(&BootstrapIntervals::macro_f1));
  text += line("top-2 accuracy", percent(m.top2_accuracy));
  text += line("calibration error", percent(m.ece), interval(&BootstrapIntervals::ece));
  text += line("NLL", fmt::format("{:.4f}", m.nll));
  if (result.valence) text += dimension("valence", *result.valence);
  if (result.arousal) text += dimension("arousal", *result.arousal);
  if (!result.failures.empty()) text += line("unreadable images", with_commas(static_cast<long long>(result.failures.size())));
  text += fmt::format("\n{}", class_table(result));
  if (result.class_names.size() <= 12) text += fmt::format("\n{}", confusion_table(result));
  return text;
}

}  // namespace mien
