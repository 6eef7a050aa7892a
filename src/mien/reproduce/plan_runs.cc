// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/reproduce/catalogue.h"
#include "mien/reproduce/folder_settings.h"
#include "mien/reproduce/reproduce.h"

namespace mien {
namespace {

std::size_t position_of(const Study& study, const StudyRow& row) { return static_cast<std::size_t>(&row - study.rows.data()); }

void add_after_teacher(const Study& study, const StudyRow& row, std::vector<std::size_t>& rows) {
  const std::size_t position = position_of(study, row);
  if (std::find(rows.begin(), rows.end(), position) != rows.end()) return;
  if (const StudyRow* teacher = teacher_of(study, row)) add_after_teacher(study, *teacher, rows);
  rows.push_back(position);
}

std::vector<std::size_t> wanted_rows(const Study& study, const std::vector<std::string>& only) {
  std::vector<std::string> keys;
  for (const auto& row : study.rows) keys.push_back(row.key);
  for (const auto& key : only)
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      throw Error(ErrorCode::usage, fmt::format("{} has no row '{}'", study.name, key), suggestion(key, keys));
  std::vector<std::size_t> rows;
  for (const auto& row : study.rows)
    if (only.empty() || std::find(only.begin(), only.end(), row.key) != only.end()) add_after_teacher(study, row, rows);
  return rows;
}

/// A run that is there was made with the same configuration.
void check_run(const PlannedRun& run) {
  const fs::path file = run.folder / "config.toml";
  if (!fs::exists(file)) return;
  TrainConfig found;
  OptionTable table;
  describe(found, table);
  table.read_toml(file);
  if (const auto different = differences(found, run.config); !different.empty())
    throw Error(ErrorCode::mismatch, fmt::format("{}: {}", file.string(), join(different, "; ")),
                "This run was made with other settings. Give another folder with --output, or remove the run's folder.");
}

}  // namespace

std::vector<PlannedRun> plan_runs(const Study& study, const ReproduceRequest& request, const DataFacts& facts) {
  const std::int64_t seeds = request.seeds > 0 ? request.seeds : scale_named(study, request.scale).seeds;
  const auto rows = wanted_rows(study, request.only);
  std::vector<PlannedRun> runs;
  for (std::int64_t seed = 1; seed <= seeds; ++seed)
    for (const std::size_t row : rows) {
      PlannedRun run{
          row, seed, run_folder(request, study.rows[row], seed), configure(study, study.rows[row], seed, request, facts), {}};
      if (const StudyRow* teacher = teacher_of(study, study.rows[row])) run.teacher = run_folder(request, *teacher, seed);
      runs.push_back(std::move(run));
    }
  check_folder_settings(request);
  for (auto& run : runs) {
    check_run(run);
    run.state = read_run_record(run.folder, run.config.select).state;
  }
  return runs;
}

EvaluateConfig scoring_of(const PlannedRun& run, const ReproduceRequest& request, const DataFacts& facts) {
  EvaluateConfig config;
  config.weights = (run.folder / "weights" / "best.safetensors").string();
  config.data = run.config.data;
  config.data.landmark_table.clear();
  config.split = facts.test_split;
  config.exclude = request.exclude;
  if (run.config.validation.source == "test_part") config.exclude.push_back((run.folder / "validation_ids.txt").string());
  config.compute.precision = run.config.precision;
  config.compute.device = run.config.device;
  config.compute.threads = run.config.threads;
  config.loader_threads = std::max<std::int64_t>(run.config.loader_threads, 1);
  config.max_bad_share = run.config.max_bad_share;
  return config;
}

EvaluateConfig scoring_of(const PlannedRun& run, const ReproduceRequest& request, const OtherTest& other) {
  EvaluateConfig config = scoring_of(run, request, DataFacts{});
  config.data = {};
  config.data.spec = other.spec;
  config.split = other.split;
  config.exclude = request.exclude;
  return config;
}

}  // namespace mien
