// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mien/loading/host_batch.h"
#include "mien/nn/torch.h"
#include "mien/optim/ema.h"
#include "mien/report/training_report.h"
#include "mien/train/deciding_facts.h"

namespace mien {

/// Everything that decides how a training goes on, beside tensors: counters, running sums of the epoch, best result, history.
struct TrainingCounters {
  std::int64_t epoch = 0;                        ///< epoch in progress
  std::int64_t step = 0;                         ///< training step in progress within the epoch
  std::int64_t iteration = 0;                    ///< iterations done of that step in this epoch
  std::vector<std::int64_t> total_iterations;    ///< per step, over the whole training
  std::map<std::string, double> sums;            ///< "<step>/<term>" summed over the epoch's iterations
  std::map<std::string, std::int64_t> counts;    ///< iterations behind each sum
  std::int64_t images = 0, bad_files = 0;        ///< of the epoch
  std::vector<BadSample> bad;                    ///< every sample that could not be read, once
  double epoch_seconds = 0, total_seconds = 0;
  std::int64_t best_epoch = -1;
  double best_score = 0;
  TrainingHistory history;
};

/// The live parts of a training that a state file holds.
struct TrainingParts {
  torch::nn::Module& module;
  MovingAverage* average;  ///< may be null
  std::vector<torch::optim::Optimizer*> optimizers;
  TrainingCounters& counters;
  std::vector<std::pair<std::string, torch::Tensor>> method_state;  ///< Method::training_state
};

/// One atomic file: weights, averages, optimizer states, counters. A reader sees the old state or the new one.
void save_training_state(const std::filesystem::path& file, const TrainingParts& parts, const DecidingFacts& deciding);
/// Restores all of it in place. Throws Error{mismatch} when the file belongs to another configuration or data set.
void load_training_state(const std::filesystem::path& file, const TrainingParts& parts, const DecidingFacts& deciding);

}  // namespace mien
