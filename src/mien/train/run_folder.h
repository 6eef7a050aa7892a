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
  explicit RunFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& path() const { return folder_; }
  std::filesystem::path config_file() const { return folder_ / "config.toml"; }
  std::filesystem::path state_file() const { return folder_ / "weights" / "last.state.safetensors"; }
  std::filesystem::path best_weights() const { return folder_ / "weights" / "best.safetensors"; }
  std::filesystem::path last_weights() const { return folder_ / "weights" / "last.safetensors"; }

  /// run.json: command, versions, data, hardware, seed, status ("running", "finished", "interrupted", "failed: ...").
  void write_run_json(const TrainConfig& config, const ProgramInfo& program, const DataPlan& data, const ComputePlan& plan,
                      const std::string& status, double seconds) const;
  /// The ids that validated, so that an evaluation can leave them out.
  void write_validation_ids(const DataPlan& data) const;
  /// Contact sheets of the first augmented training batches and of validation images.
  void write_sample_sheets(const TrainConfig& config, const DataPlan& data) const;
  void write_bad_files(const std::vector<BadSample>& bad) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace mien
