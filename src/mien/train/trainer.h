// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/loading/loader.h"
#include "mien/methods/compute.h"
#include "mien/methods/inference.h"
#include "mien/methods/method.h"
#include "mien/train/data_plan.h"
#include "mien/train/deciding_facts.h"
#include "mien/train/step_runner.h"
#include "mien/train/training_state.h"

namespace mien {

/// What the trainer tells its owner at the end of an epoch.
struct EpochResult {
  std::int64_t epoch = 0;
  bool best = false;
  DatasetAnswers validation;
  ClassificationMetrics metrics;
  std::map<std::string, double> measured;  ///< means of Method::measure
};

/// The loop: epochs, training steps, iterations. Every iteration is a pure function of the state before it (all randomness
/// is keyed by seed, step and iteration), so a training can stop and go on anywhere.
class Trainer {
 public:
  /// @param deciding  stored with the state and compared on resume
  /// Throws Error{usage} when the method measures no metric named `config.select`.
  Trainer(Method& method, const DataPlan& data, const TrainConfig& config, const ComputePlan& plan, DecidingFacts deciding);
  ~Trainer();

  /// Restores a state that `run` saved.
  void restore(const std::filesystem::path& state_file);
  /// No epoch is left: the last one is done, or `patience` is over.
  bool is_finished() const;
  /// Saves the state in `state_file` now and then, and runs until it is finished. `on_epoch` is called after each validation with the
  /// averaged weights in place (module in eval mode), before the state is saved.
  void run(const std::filesystem::path& state_file, Progress& progress, const StopFlag& stop, const std::function<void(const EpochResult&)>& on_epoch);
  /// Calls `use` while the module holds the averaged weights (the plain ones when there is no average).
  void with_average(const std::function<void()>& use);

  const TrainingCounters& counters() const { return counters_; }
  const std::vector<BadSample>& bad_samples() const { return counters_.bad; }

 private:
  void run_step(StepRunner& step, Progress& progress, const StopFlag& stop);
  void validate(Progress& progress, const StopFlag& stop, const std::function<void(const EpochResult&)>& on_epoch);
  void finish_epoch(Progress& progress, const std::function<void(const EpochResult&)>& on_epoch);
  /// Whether an epoch's score is better than the best so far; kept if so.
  bool take_score(const EpochResult& result);
  void append_history(const EpochResult& result);
  /// Counts files that could not be read and lists each once.
  void note_bad(const std::vector<BadSample>& found);
  TrainingParts parts();
  void save();

  Method& method_;
  const DataPlan& data_;
  const TrainConfig& config_;
  ComputePlan plan_;
  std::filesystem::path state_file_;
  DecidingFacts deciding_;
  std::vector<std::unique_ptr<StepRunner>> steps_;
  std::unique_ptr<MovingAverage> average_;
  TrainingCounters counters_;
  bool lower_is_better_ = false;  ///< the score that selects the best epoch
};

}  // namespace mien
