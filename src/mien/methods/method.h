// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mien/base/random.h"
#include "mien/loading/sampler.h"
#include "mien/loading/transform.h"
#include "mien/methods/batch.h"
#include "mien/optim/optimizer.h"
#include "mien/optim/schedule.h"

namespace mien {

/// What a method answers for a batch.
struct MethodOutput {
  torch::Tensor logits;                            ///< [N,K]
  torch::Tensor features;                          ///< [N,D] before the classifier; undefined when the method has none
  torch::Tensor valence_arousal;                   ///< [N,2] in [-1,1]; undefined when the method has none
  std::map<std::string, torch::Tensor> pictures;   ///< named maps to look at, [N,1|3,h,w] in [0,1]
};

/// One named part of a loss; the total is the sum of weight * value.
struct LossTerm {
  std::string name;
  torch::Tensor value;  ///< scalar
  double weight = 1;
};

/// A metric of the validation part that a method measures itself.
struct MeasuredMetric {
  std::string name;
  bool lower_is_better = false;
};

/// A number that a method knows about each sample of a batch, beside its answer.
struct Measurement {
  std::string name;
  torch::Tensor values;  ///< [N]; NaN where the sample has none
};

/// A picture of what goes on inside a method when it answers.
struct InnerMap {
  std::string name;
  torch::Tensor values;       ///< [N,h,w], 0 = nothing
  torch::Tensor correlation;  ///< [N] with the method's prior; undefined when it has none, NaN where a sample has none
};

/// Where the training stands when a loss is computed.
struct StepContext {
  std::int64_t epoch = 0;
  std::int64_t iteration = 0;   ///< of this training step, over the whole training
  double progress = 0;          ///< [0,1) share of the training that is done; moves once an epoch
  std::uint64_t seed = 0;       ///< for draws inside a loss: Random(seed, ...); another one for every part of a batch
};

/// Part of the parameters whose gradient norm is limited together.
struct ClipGroup {
  std::string prefix;  ///< parameters whose name starts so; "" = all
  double max_norm = 0;
};

/// One pass that an epoch makes: its own samples, losses, optimizer, schedule, frozen part and clipping. A plain
/// classifier has one; the Pattern-map (report 003) has three in every epoch; "head first, then everything" (report 004)
/// is two whose epoch ranges follow each other.
struct TrainingStep {
  std::string name = "train";
  SamplerOptions sampler;
  std::int64_t batch_size = 0;    ///< 0 = the trainer's
  std::int64_t iterations = 0;    ///< per epoch; 0 = the sampler's whole pass
  std::int64_t first_epoch = 0;   ///< active in [first_epoch, last_epoch)
  std::int64_t last_epoch = std::numeric_limits<std::int64_t>::max();
  OptimizerOptions optimizer;
  ScheduleOptions schedule;
  std::vector<ParameterGroup> groups;     ///< rates and decays of parts of the parameters
  std::optional<AugmentOptions> augment;  ///< of its samples; empty = the training's
  std::string precision;                  ///< "" = the training's | fp32 | bf16
  bool averaged = true;                   ///< the moving average is updated after its iterations
  /// Prefixes of the parameters this step trains; empty = all. Modules whose parameters it does not train run in eval mode.
  std::vector<std::string> trained;
  std::vector<std::string> frozen;   ///< prefixes taken out of the trained ones; their norm layers run in eval mode
  std::vector<ClipGroup> clip;
  /// Changes a batch before the loss sees it (mixed samples); may be empty. `random` is keyed by (seed, step, iteration, part of the
  /// batch).
  std::function<void(Batch&, Random&)> transform;
  /// The loss terms of a batch, graph attached.
  std::function<std::vector<LossTerm>(const Batch&, const StepContext&)> losses;
};

/// Whether a step trains a parameter.
bool is_trained(const TrainingStep& step, const std::string& parameter);
/// Whether a name starts with one of the prefixes.
bool starts_with_any(const std::string& name, const std::vector<std::string>& prefixes);

/// A system that can be trained and asked. It owns its networks, frozen companions (teachers) included; the trainer owns
/// epochs, files and devices. Not thread-safe.
class Method {
 public:
  virtual ~Method() = default;
  /// What is trained and saved; its names are the names in the weights file.
  virtual torch::nn::Module& module() = 0;
  /// Frozen networks used during training, moved to the device but neither trained nor saved.
  virtual std::vector<torch::nn::Module*> companions() { return {}; }
  /// Called once before training. What needs files or the training samples is prepared here, or in `companions`: a method that only
  /// answers has neither.
  virtual std::vector<TrainingStep> steps() = 0;
  /// Tensors beside the weights that decide how a training goes on (memory banks). They are in the state file of a training, never in
  /// a weights file; restored in place, after `steps` was called.
  virtual std::vector<std::pair<std::string, torch::Tensor>> training_state() { return {}; }
  /// Answers for a batch in the module's present mode. Only `images` of the batch may be relied on.
  virtual MethodOutput forward(const Batch& batch) = 0;
  /// The names that `measure` gives, so that the best epoch may be selected by them.
  virtual std::vector<MeasuredMetric> measured() const { return {}; }
  /// What is worth knowing of unseen samples during training; the trainer writes the means over the validation part into
  /// results.csv as "valid/NAME". Called in eval mode; may use gradients and every field of the batch.
  virtual std::vector<Measurement> measure(const Batch& batch) { return (void)batch, std::vector<Measurement>{}; }
  /// What `mien explain` shows of the method itself. As for `measure`.
  virtual std::vector<InnerMap> inner_maps(const Batch& batch) { return (void)batch, std::vector<InnerMap>{}; }
};

}  // namespace mien
