// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/step_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "mien/base/error.h"

namespace mien {
namespace {

/// Purposes that keep the random draws of a training apart.
enum Purpose : std::uint64_t { kLoader = 101, kIteration = 102, kTransform = 103 };

/// Of a pass over the smallest part of the data.
std::int64_t iterations_of(const TrainingStep& step, std::int64_t batch_size, bool drop_last, const DataPlan& data) {
  std::int64_t fewest = std::numeric_limits<std::int64_t>::max();
  for (const EpochData& part : data.parts) {
    const auto samples = static_cast<std::int64_t>(epoch_indices(step.sampler, *part.train, 0, 0).size());
    const std::int64_t batches = drop_last ? samples / batch_size : (samples + batch_size - 1) / batch_size;
    fewest = std::min(fewest, std::max<std::int64_t>(batches, 1));
  }
  return step.iterations > 0 ? std::min(step.iterations, fewest) : fewest;
}

/// Neither the module's own parameters nor those of its parts are trained; false for a module without any.
bool is_left_alone(const torch::nn::Module& module, const std::string& prefix, const TrainingStep& step) {
  bool any = false;
  for (const auto& item : module.named_parameters()) {
    if (is_trained(step, prefix + item.key())) return false;
    any = true;
  }
  return any;
}

void tell(const StepRunner::Lap& lap, StepPart part) {
  if (lap) lap(part);
}

}  // namespace

StepRunner::StepRunner(Method& method, TrainingStep spec, std::size_t index, const DataPlan& data, const TrainConfig& config,
                       const ComputePlan& plan)
    : method_(method), spec_(std::move(spec)), index_(index), data_(data), config_(config), plan_(plan) {
  batch_size_ = spec_.batch_size > 0 ? spec_.batch_size : config_.batch_size;
  part_size_ = std::max<std::int64_t>(batch_size_ / config_.accumulate, 1);
  if (!spec_.precision.empty()) plan_.bf16 = spec_.precision == "bf16";
  if (spec_.iterations > 0) spec_.sampler.samples = spec_.iterations * batch_size_;
  iterations_per_epoch_ = iterations_of(spec_, part_size_ * config_.accumulate, config_.drop_last, data_);
  epochs_ = std::max<std::int64_t>(std::min(spec_.last_epoch, config_.epochs) - spec_.first_epoch, 0);
  for (auto& [name, parameter] : named_parameters(method_.module()))
    if (is_trained(spec_, name)) parameters_.emplace_back(name, parameter);
  if (parameters_.empty()) throw Error(ErrorCode::usage, "training step '" + spec_.name + "' has no parameters to train");
  optimizer_.emplace(spec_.optimizer, parameters_, spec_.groups);
}

ScheduleValue StepRunner::schedule(std::int64_t iteration) const {
  return schedule_at(spec_.schedule, spec_.optimizer.lr, iteration, iterations_per_epoch_, epochs_);
}

Loader& StepRunner::start_loader(std::int64_t epoch, std::int64_t first_iteration) {
  const EpochData& part = data_.at(epoch);
  auto& loader = loaders_[part.train.get()];
  if (!loader) {
    LoaderOptions options;
    options.batch_size = part_size_;
    options.threads = config_.loader_threads;
    options.max_bad_share = config_.max_bad_share;
    options.drop_last = config_.drop_last && part.train->size() >= part_size_;
    options.seed = Random(static_cast<std::uint64_t>(config_.seed), kLoader, index_).next();
    loader = std::make_unique<Loader>(part.train, config_.input, spec_.augment.value_or(config_.augment), spec_.sampler, options);
  }
  loader->start(epoch, first_iteration * config_.accumulate);
  return *loader;
}

void StepRunner::prepare() {
  auto& module = method_.module();
  module.train();
  for (auto& item : module.named_parameters()) item.value().set_requires_grad(is_trained(spec_, item.key()));
  for (auto& item : module.named_modules(std::string(), /*include_self=*/false))
    if (is_left_alone(*item.value(), item.key() + ".", spec_) || starts_with_any(item.key() + ".", spec_.frozen)) item.value()->eval();
  for (auto* companion : method_.companions()) companion->eval();
}

void StepRunner::run_iteration(const NextBatch& next, TrainingCounters& counters, MovingAverage* average, const Lap& lap) {
  const std::vector<HostBatch> parts = load_parts(next);
  std::int64_t images = 0;
  for (const HostBatch& part : parts) images += part.size;
  StepContext context;
  context.epoch = counters.epoch;
  context.iteration = counters.total_iterations[index_];
  context.progress = static_cast<double>(counters.epoch) / static_cast<double>(config_.epochs);
  optimizer_->apply_schedule(schedule(context.iteration));
  for (auto& [name, parameter] : parameters_) parameter.mutable_grad() = torch::Tensor();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto draw = static_cast<std::uint64_t>(context.iteration * config_.accumulate) + i;
    context.seed = Random(static_cast<std::uint64_t>(config_.seed), kIteration, index_, draw).next();
    torch::manual_seed(context.seed);
    accumulate_part(parts[i], static_cast<double>(parts[i].size) / static_cast<double>(images), draw, context, counters, lap);
  }
  if (parts.empty()) return;
  update(average);
  tell(lap, StepPart::update);
}

/// Of a batch, those that are large enough for batch statistics.
std::vector<HostBatch> StepRunner::load_parts(const NextBatch& next) const {
  std::vector<HostBatch> parts;
  for (std::int64_t i = 0; i < config_.accumulate; ++i) {
    auto host = next();
    if (!host) break;
    if (host->size >= 2) parts.push_back(std::move(*host));
  }
  return parts;
}

/// @param share  of the batch's images  @param draw  keys what is random in this part
void StepRunner::accumulate_part(const HostBatch& host, double share, std::uint64_t draw, const StepContext& context, TrainingCounters& counters,
                                 const Lap& lap) {
  Batch batch = to_batch(host, plan_.device, plan_.channels_last);
  if (spec_.transform) {
    Random random(static_cast<std::uint64_t>(config_.seed), kTransform, index_, draw);
    spec_.transform(batch, random);
  }
  tell(lap, StepPart::load);
  const torch::Tensor total = total_loss(batch, context, counters);
  counters.images += host.size;
  tell(lap, StepPart::forward);
  (share < 1 ? total * share : total).backward();
  tell(lap, StepPart::backward);
}

torch::Tensor StepRunner::total_loss(const Batch& batch, const StepContext& context, TrainingCounters& counters) {
  torch::Tensor total;
  std::vector<LossTerm> terms;
  {
    AutocastGuard autocast(plan_.bf16, plan_.device);
    terms = spec_.losses(batch, context);
    for (const LossTerm& term : terms) total = total.defined() ? total + term.weight * term.value : term.weight * term.value;
  }
  const auto note = [&](const std::string& name, double value) {
    counters.sums[spec_.name + "/" + name] += value;
    ++counters.counts[spec_.name + "/" + name];
  };
  for (const LossTerm& term : terms) {
    const double value = term.value.item<double>();
    if (!std::isfinite(value))
      throw Error(
          ErrorCode::numeric,
          fmt::format("loss term '{}' is {} in epoch {}, iteration {} of step '{}'", term.name, value, counters.epoch + 1,
                      counters.iteration + 1, spec_.name),
          "Lower the learning rate, clip the gradient (--clip-norm 1), or use --precision fp32; the last saved state is kept.");
    note(term.name, value);
  }
  note("loss", total.item<double>());
  return total;
}

void StepRunner::update(MovingAverage* average) {
  for (const ClipGroup& group : spec_.clip) {
    std::vector<torch::Tensor> members;
    for (const auto& [name, parameter] : parameters_)
      if (name.rfind(group.prefix, 0) == 0 && parameter.grad().defined()) members.push_back(parameter);
    torch::nn::utils::clip_grad_norm_(members, group.max_norm);
  }
  optimizer_->step();
  if (average && spec_.averaged) average->update(method_.module());
}

}  // namespace mien
