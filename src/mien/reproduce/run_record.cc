// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/run_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/metrics/named_metrics.h"
#include "mien/report/predictions_csv.h"
#include "mien/report/training_report.h"

namespace mien {
namespace {

nlohmann::json read_object(const fs::path& file) {
  auto object = parse_json(read_text(file), file.string(), "Remove this run's folder to train it again.");
  if (!object.is_object())
    throw Error(ErrorCode::bad_file, fmt::format("{}: not a JSON object", file.string()),
                "Remove this run's folder to train it again.");
  return object;
}

void read_status(const fs::path& folder, RunRecord& record) {
  const auto run = read_object(folder / "run.json");
  const std::string status = run.value("status", ""), failed = "failed: ";
  record.state = status == "finished" ? RunState::trained : RunState::started;
  if (status.starts_with(failed)) {
    record.state = RunState::failed;
    record.reason = status.substr(failed.size());
  }
  record.seconds = run.value("seconds", 0.0);
  record.commit = run.value("commit", "");
  if (status == "finished") record.best_epoch = run.value("best_epoch", std::int64_t{0});
  if (run.contains("data") && run["data"].is_object()) record.data_hash = run["data"].value("hash", "");
}

/// The row that the trainer calls best, of a run that has not said so yet: the first among equals.
std::size_t best_row(const TrainingHistory& history, const std::string& select) {
  const auto column = std::find(history.columns.begin(), history.columns.end(), "valid/" + select) - history.columns.begin();
  if (column == static_cast<std::ptrdiff_t>(history.columns.size())) return history.rows.size() - 1;
  const NamedMetric* metric = find_metric(select);
  const bool lower_is_better = metric && metric->lower_is_better;
  std::size_t best = 0;
  for (std::size_t r = 1; r < history.rows.size(); ++r) {
    const double value = history.rows[r][static_cast<std::size_t>(column)],
                 so_far = history.rows[best][static_cast<std::size_t>(column)];
    if (lower_is_better ? value < so_far : value > so_far) best = r;
  }
  return best;
}

void read_best_epoch(const fs::path& folder, const std::string& select, RunRecord& record) {
  static const std::set<std::string> of_trainer{"valid/balanced_accuracy", "valid/macro_f1", "valid/nll", "valid/ece"};
  if (!fs::exists(folder / "results.csv")) return;
  const TrainingHistory history = read_history(folder / "results.csv");
  if (history.rows.empty()) return;
  const bool told = record.best_epoch > 0 && record.best_epoch <= static_cast<std::int64_t>(history.rows.size());
  if (!told) record.best_epoch = static_cast<std::int64_t>(best_row(history, select)) + 1;
  const auto best = static_cast<std::size_t>(record.best_epoch - 1);
  for (std::size_t c = 0; c < history.columns.size(); ++c) {
    const std::string& name = history.columns[c];
    if (name == "valid/accuracy")
      record.validation = history.rows[best][c];
    else if (name.starts_with("valid/") && !of_trainer.count(name))
      record.measurements.emplace_back(name, history.rows[best][c]);
  }
}

void read_scores(const fs::path& folder, RunRecord& record) {
  if (!fs::exists(folder / "report.json") || !fs::exists(folder / "predictions.csv")) return;
  record.test = read_predictions_csv(folder / "predictions.csv", record.class_names);
  record.accuracy = classification_metrics(record.test).accuracy;
  record.unreadable = read_object(folder / "report.json").value("failed", std::int64_t{0});
  record.state = RunState::scored;
}

void read_other_scores(const fs::path& folder, RunRecord& record) {
  if (!fs::is_directory(folder)) return;
  std::set<fs::path> tests;
  for (const auto& entry : fs::directory_iterator(folder))
    if (fs::exists(entry.path() / "report.json") && !entry.path().filename().string().starts_with(unfinished_prefix)) tests.insert(entry.path());
  for (const auto& test : tests) {
    std::vector<std::string> names;
    const auto metrics = classification_metrics(read_predictions_csv(test / "predictions.csv", names));
    record.measurements.emplace_back(test.filename().string() + "/accuracy", metrics.accuracy);
    record.measurements.emplace_back(test.filename().string() + "/balanced_accuracy", metrics.balanced_accuracy);
  }
}

}  // namespace

std::string to_text(RunState state) {
  switch (state) {
    case RunState::absent: return "to do";
    case RunState::started: return "started";
    case RunState::failed: return "failed";
    case RunState::trained: return "trained";
    case RunState::scored: return "finished";
  }
  return "";
}

RunRecord read_run_record(const fs::path& folder, const std::string& select) {
  RunRecord record;
  if (!fs::exists(folder / "config.toml")) return record;
  record.state = RunState::started;
  if (fs::exists(folder / "run.json")) read_status(folder, record);
  read_best_epoch(folder, select, record);
  if (record.state == RunState::trained) read_scores(folder / test_folder, record);
  if (record.state == RunState::scored) read_other_scores(folder / other_tests_folder, record);
  return record;
}

}  // namespace mien
