// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/evaluation_report.h"

#include <fmt/format.h>

#include <functional>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/encode.h"
#include "mien/report/confusion_files.h"
#include "mien/report/evaluation_html.h"
#include "mien/report/plots.h"
#include "mien/report/predictions_csv.h"
#include "mien/report/show.h"

namespace mien {
namespace {

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
  write_atomically(folder / "report.json", evaluation_json(result));
  std::vector<std::string> notes{write_confusion_files(result.metrics.confusion, result.class_names, folder, gnuplot)};
  const auto show = [&](const char* name, const std::function<void(const fs::path&)>& write) {
    notes.push_back(write_or_say(folder / name, [&] { write(folder / name); }));
  };
  if (!result.hardest.empty())
    show("hardest.png", [&](const fs::path& png) {
      write_image(png, contact_sheet(result.hardest, 7, 144, "Hardest images, highest loss first"));
    });
  show("report.html", [&](const fs::path& page) { write_atomically(page, evaluation_html(result)); });
  if (plotting_available(gnuplot))
    show("reliability.png", [&](const fs::path& png) { plot_reliability(result.metrics.reliability, result.metrics.ece, png, gnuplot); });
  else
    notes.push_back(fmt::format("PNG plots were left out: the program '{}' was not found (install gnuplot); report.html has the charts",
                                gnuplot));
  return joined_notes(notes);
}

}  // namespace mien
