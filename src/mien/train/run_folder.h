// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mien/loading/host_batch.h"
#include "mien/methods/compute.h"
#include "mien/train/data_plan.h"
#include "mien/train/train.h"
#include "mien/train/trainer.h"

namespace mien {

/// The files of one run and what goes into them.
class RunFolder {
 public:
  /// @param started_in  where the program stood when the run began: what relative paths of its configuration mean
  RunFolder(std::filesystem::path folder, std::filesystem::path started_in) : folder_(std::move(folder)), started_in_(std::move(started_in)) {}

  const std::filesystem::path& path() const { return folder_; }
  const std::filesystem::path& started_in() const { return started_in_; }
  std::filesystem::path config_file() const { return folder_ / "config.toml"; }
  std::filesystem::path state_file() const { return folder_ / "weights" / "last.state.safetensors"; }
  std::filesystem::path best_weights() const { return folder_ / "weights" / "best.safetensors"; }
  std::filesystem::path last_weights() const { return folder_ / "weights" / "last.safetensors"; }

  /// run.json: command, versions, data, hardware, seed, status: "running", "finished", "interrupted" (or "interrupted: why", after a full
  /// disk), "failed: why". A killed run says "running", too: see status_of_run. Also how far the run has come.
  void write_run_json(const TrainConfig& config, const ProgramInfo& program, const DataPlan& data, const ComputePlan& plan,
                      const std::string& status, const TrainingCounters& counters) const;
  /// The ids that validated, so that an evaluation can leave them out.
  void write_validation_ids(const DataPlan& data) const;
  /// Contact sheets of the first augmented training batches and of validation images. Returns why one was left out, or "".
  std::string write_sample_sheets(const TrainConfig& config, const DataPlan& data) const;
  void write_bad_files(const std::vector<BadSample>& bad) const;

 private:
  std::filesystem::path folder_, started_in_;
};

/// The status in a run folder's run.json; "killed" where it says "running" and no process works in the folder; "" without run.json.
std::string status_of_run(const std::filesystem::path& run_folder);

/// Where the run began, as its run.json says; empty where it does not.
std::filesystem::path started_in(const std::filesystem::path& run_folder);

}  // namespace mien
