// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mien/loading/loader.h"
#include "mien/methods/compute.h"
#include "mien/methods/method.h"
#include "mien/train/data_plan.h"
#include "mien/train/training_state.h"

namespace mien {

/// What an iteration does, in this order; a batch in several parts goes through the first three once a part.
enum class StepPart : std::uint8_t {
  load,     ///< waits for the batch, makes tensors of it and mixes its samples
  forward,  ///< forward pass and loss terms
  backward,
  update,  ///< clipping, optimizer, moving average
};

/// A training step of a method with its parameters and its optimizer. It makes the iterations of every training, and of the
/// benchmarks that say what they cost. An iteration is a pure function of the tensors before it and of the counters.
class StepRunner {
 public:
  /// `index` tells the steps of a method apart; all references are kept. Throws Error{usage} for a step without parameters.
  StepRunner(Method& method, TrainingStep spec, std::size_t index, const DataPlan& data, const TrainConfig& config,
             const ComputePlan& plan);

  const TrainingStep& spec() const { return spec_; }
  std::size_t index() const { return index_; }
  std::int64_t batch_size() const { return batch_size_; }                      ///< samples of one optimizer step
  std::int64_t iterations_per_epoch() const { return iterations_per_epoch_; }  ///< the fewest over all parts of the data plan
  bool is_active(std::int64_t epoch) const { return epoch >= spec_.first_epoch && epoch < spec_.last_epoch; }
  torch::optim::Optimizer& optimizer() { return optimizer_->torch(); }
  /// The rate of an iteration, counted over the whole training.
  ScheduleValue schedule(std::int64_t iteration) const;

  /// Batches of the part that trains in `epoch`, started there. The same object serves every epoch that trains on the same part.
  Loader& start_loader(std::int64_t epoch, std::int64_t first_iteration = 0);
  /// Puts the method's networks in the mode of this step: before its first iteration, and after another step's or a validation.
  void prepare();

  using NextBatch = std::function<std::optional<HostBatch>()>;
  using Lap = std::function<void(StepPart)>;
  /// Makes iteration `counters.total_iterations[index]`: adds to the sums of its losses and to the images seen, and leaves the
  /// counting of iterations to the caller. A batch that is computed in parts counts each by its images; one of fewer than two images has
  /// no batch statistics and is left out. `average` may be null; `lap` is called at the end of each part. Throws Error{numeric} for a
  /// loss that is not finite.
  void run_iteration(const NextBatch& next, TrainingCounters& counters, MovingAverage* average, const Lap& lap = {});

 private:
  std::vector<HostBatch> load_parts(const NextBatch& next) const;
  void accumulate_part(const HostBatch& host, double share, std::uint64_t draw, const StepContext& context, TrainingCounters& counters, const Lap& lap);
  torch::Tensor total_loss(const Batch& batch, const StepContext& context, TrainingCounters& counters);
  void update(MovingAverage* average);

  Method& method_;
  TrainingStep spec_;
  std::size_t index_;
  const DataPlan& data_;
  const TrainConfig& config_;
  ComputePlan plan_;
  NamedParameters parameters_;  ///< that the step trains
  std::optional<GroupedOptimizer> optimizer_;
  std::map<const Dataset*, std::unique_ptr<Loader>> loaders_;
  std::int64_t batch_size_ = 0;  ///< of one optimizer step
  std::int64_t part_size_ = 0;   ///< of what is computed at once
  std::int64_t iterations_per_epoch_ = 0;
  std::int64_t epochs_ = 0;  ///< in which the step is active
};

}  // namespace mien
