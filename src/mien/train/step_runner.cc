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

bool starts_with_any(const std::string& name, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& p) { return name.rfind(p, 0) == 0; });
}

bool is_trained(const TrainingStep& step, const std::string& name) {
  return (step.trained.empty() || starts_with_any(name, step.trained)) && !starts_with_any(name, step.frozen);
}

/// Of a pass over the smallest part of the data.
std::int64_t iterations_of(const TrainingStep& step, std::int64_t batch_size, const DataPlan& data) {
  std::int64_t smallest = std::numeric_limits<std::int64_t>::max();
  for (const EpochData& part : data.parts) {
    const auto samples = static_cast<std::int64_t>(epoch_indices(step.sampler, *part.train, 0, 0).size());
    smallest = std::min(smallest, std::max<std::int64_t>(samples / batch_size, 1));
  }
  return step.iterations > 0 ? std::min(step.iterations, smallest) : smallest;
}

void tell(const StepRunner::Lap& lap, StepPart part) {
  if (lap) lap(part);
}

}  // namespace

StepRunner::StepRunner(Method& method, TrainingStep spec, std::size_t index, const DataPlan& data, const TrainConfig& config,
                       const ComputePlan& plan)
    : method_(method), spec_(std::move(spec)), index_(index), data_(data), config_(config), plan_(plan) {
  batch_size_ = spec_.batch_size > 0 ? spec_.batch_size : config_.batch_size;
  if (spec_.iterations > 0) spec_.sampler.samples = spec_.iterations * batch_size_;
  iterations_per_epoch_ = iterations_of(spec_, batch_size_, data_);
  epochs_ = std::max<std::int64_t>(std::min(spec_.last_epoch, config_.epochs) - spec_.first_epoch, 0);
  std::vector<torch::Tensor> trained;
  for (const auto& item : method_.module().named_parameters())
    if (is_trained(spec_, item.key())) {
      parameters_.emplace_back(item.key(), item.value());
      trained.push_back(item.value());
    }
  if (trained.empty()) throw Error(ErrorCode::usage, "training step '" + spec_.name + "' has no parameters to train");
  optimizer_ = make_optimizer(spec_.optimizer, trained);
}

ScheduleValue StepRunner::schedule(std::int64_t iteration) const {
  return schedule_at(spec_.schedule, spec_.optimizer.lr, iteration, iterations_per_epoch_, epochs_);
}

std::unique_ptr<Loader> StepRunner::make_loader(std::int64_t epoch) const {
  const EpochData& part = data_.at(epoch);
  LoaderOptions options;
  options.batch_size = std::max<std::int64_t>(batch_size_ / config_.accumulate, 1);
  options.threads = config_.loader_threads;
  options.max_bad_share = config_.max_bad_share;
  options.drop_last = part.train->size() >= options.batch_size;
  options.seed = Random(static_cast<std::uint64_t>(config_.seed), kLoader, index_).next();
  return std::make_unique<Loader>(part.train, config_.input, config_.augment, spec_.sampler, options);
}

void StepRunner::prepare() {
  method_.module().train();
  for (auto& item : method_.module().named_parameters()) item.value().set_requires_grad(is_trained(spec_, item.key()));
  for (auto& item : method_.module().named_modules(std::string(), /*include_self=*/false))
    if (starts_with_any(item.key() + ".", spec_.frozen)) item.value()->eval();
  for (auto* companion : method_.companions()) companion->eval();
}

void StepRunner::run_iteration(const NextBatch& next, TrainingCounters& counters, MovingAverage* average, const Lap& lap) {
  const std::int64_t iteration = counters.total_iterations[index_];
  const auto seed = static_cast<std::uint64_t>(config_.seed);
  StepContext context;
  context.epoch = counters.epoch;
  context.iteration = iteration;
  context.progress = static_cast<double>(counters.epoch) / static_cast<double>(config_.epochs);
  context.seed = Random(seed, kIteration, index_, static_cast<std::uint64_t>(iteration)).next();
  torch::manual_seed(context.seed);
  apply_schedule(*optimizer_, schedule(iteration));
  for (auto& [name, parameter] : parameters_) parameter.mutable_grad() = torch::Tensor();
  bool any = false;
  for (std::int64_t part = 0; part < config_.accumulate; ++part) {
    const auto host = next();
    if (!host) break;
    any = accumulate_part(*host, context, counters, lap) || any;
  }
  if (!any) return;
  update(average);
  tell(lap, StepPart::update);
}

/// Returns false for a batch too small for batch statistics.
bool StepRunner::accumulate_part(const HostBatch& host, const StepContext& context, TrainingCounters& counters, const Lap& lap) {
  if (host.size < 2) return false;
  Batch batch = to_batch(host, plan_.device, plan_.channels_last);
  if (spec_.transform) {
    Random random(static_cast<std::uint64_t>(config_.seed), kTransform, index_, static_cast<std::uint64_t>(context.iteration));
    spec_.transform(batch, random);
  }
  tell(lap, StepPart::load);
  const torch::Tensor total = total_loss(batch, context, counters);
  counters.images += host.size;
  tell(lap, StepPart::forward);
  (config_.accumulate > 1 ? total / static_cast<double>(config_.accumulate) : total).backward();
  tell(lap, StepPart::backward);
  return true;
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
  if (average) average->update(method_.module());
}

}  // namespace mien
