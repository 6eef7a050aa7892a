// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/evaluation_report.h"

#include <fmt/format.h>

#include <numeric>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/encode.h"
#include "mien/report/evaluation_html.h"
#include "mien/report/plots.h"
#include "mien/report/predictions_csv.h"

namespace mien {
namespace {

std::string confusion_csv(const EvaluationResult& result, bool normalized) {
  std::vector<std::string> header{normalized ? "rows = true class; columns = predicted class; share of the row"
                                             : "rows = true class; columns = predicted class; images"};
  header.insert(header.end(), result.class_names.begin(), result.class_names.end());
  std::string text = csv_line(header);
  for (std::size_t r = 0; r < result.class_names.size(); ++r) {
    const auto& row = result.metrics.confusion[r];
    const auto sum = std::accumulate(row.begin(), row.end(), std::int64_t{0});
    std::vector<std::string> fields{result.class_names[r]};
    for (const auto count : row) {
      if (!normalized)
        fields.push_back(std::to_string(count));
      else
        fields.push_back(sum > 0 ? fmt::format("{:.6f}", static_cast<double>(count) / static_cast<double>(sum)) : "");
    }
    text += csv_line(fields);
  }
  return text;
}

void check(const EvaluationResult& result) {
  check_predictions(result.predictions);
  check_class_names(result.class_names, result.predictions.classes);
  if (result.metrics.n != result.predictions.size() || result.metrics.support.size() != result.class_names.size())
    throw Error(ErrorCode::bad_data,
                fmt::format("metrics of {} images and {} classes for predictions of {} and {}", result.metrics.n,
                            result.metrics.support.size(), result.predictions.size(), result.predictions.classes));
}

}  // namespace

std::string write_evaluation_report(const EvaluationResult& result, const std::filesystem::path& folder,
                                    const std::string& gnuplot) {
  check(result);
  fs::create_directories(folder);
  write_predictions_csv(result.predictions, result.class_names, folder / "predictions.csv");
  write_atomically(folder / "confusion_matrix.csv", confusion_csv(result, false));
  write_atomically(folder / "confusion_matrix_normalized.csv", confusion_csv(result, true));
  if (!result.hardest.empty())
    write_image(folder / "hardest.png", contact_sheet(result.hardest, 7, 144, "Hardest images, highest loss first"));
  write_atomically(folder / "report.html", evaluation_html(result));
  write_atomically(folder / "report.json", evaluation_json(result));
  if (!plotting_available(gnuplot))
    return fmt::format("PNG plots were left out: the program '{}' was not found (install gnuplot); report.html has the charts",
                       gnuplot);
  plot_confusion(result.metrics.confusion, result.class_names, false, folder / "confusion_matrix.png", gnuplot);
  plot_confusion(result.metrics.confusion, result.class_names, true, folder / "confusion_matrix_normalized.png", gnuplot);
  plot_reliability(result.metrics.reliability, result.metrics.ece, folder / "reliability.png", gnuplot);
  return "";
}

}  // namespace mien
