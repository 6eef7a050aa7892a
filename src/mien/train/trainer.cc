// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "mien/base/error.h"
#include "mien/base/stoppable_progress.h"
#include "mien/base/text.h"
#include "mien/metrics/named_metrics.h"

namespace mien {
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Whether the best epoch has the lowest value of a metric. Throws Error{usage} for one that nobody measures.
bool is_lower_better(const std::string& select, const Method& method) {
  if (const NamedMetric* metric = find_metric(select)) return metric->lower_is_better;
  std::vector<std::string> known;
  for (const NamedMetric& metric : named_metrics()) known.push_back(metric.name);
  for (const MeasuredMetric& metric : method.measured()) {
    if (metric.name == select) return metric.lower_is_better;
    known.push_back(metric.name);
  }
  throw Error(ErrorCode::usage, fmt::format("--select {}: no such validation metric", select), suggestion(select, known));
}

double score_of(const EpochResult& result, const std::string& select) {
  if (const NamedMetric* metric = find_metric(select)) return result.metrics.*metric->value;
  const auto found = result.measured.find(select);
  const double score = found != result.measured.end() ? found->second : std::numeric_limits<double>::quiet_NaN();
  if (std::isfinite(score)) return score;
  throw Error(ErrorCode::bad_data, fmt::format("--select {}: the method could not measure it on the validation samples", select),
              "Give the data that it is measured with (votes, landmarks), or select by another metric.");
}

/// Means of what a method measures, over the samples that have a value.
class MeasuredMeans {
 public:
  void add(const std::vector<Measurement>& found) {
    for (const Measurement& one : found) {
      const auto present = torch::isfinite(one.values);
      auto& [sum, count] = sums_[one.name];
      sum += torch::where(present, one.values, torch::zeros_like(one.values)).to(torch::kFloat64).sum().item<double>();
      count += present.sum().item<std::int64_t>();
    }
  }
  std::map<std::string, double> means() const {
    std::map<std::string, double> out;
    for (const auto& [name, pair] : sums_)
      out[name] = pair.second > 0 ? pair.first / static_cast<double>(pair.second) : std::numeric_limits<double>::quiet_NaN();
    return out;
  }

 private:
  std::map<std::string, std::pair<double, std::int64_t>> sums_;
};

/// Mean of a sum of the epoch; NaN for a step that has seen no batch.
double mean_of(const TrainingCounters& counters, const std::string& key) {
  const auto count = counters.counts.find(key);
  if (count == counters.counts.end() || count->second == 0) return std::numeric_limits<double>::quiet_NaN();
  return counters.sums.at(key) / static_cast<double>(count->second);
}

}  // namespace

Trainer::Trainer(Method& method, const DataPlan& data, const TrainConfig& config, const ComputePlan& plan, DecidingFacts deciding)
    : method_(method), data_(data), config_(config), plan_(plan), deciding_(std::move(deciding)), lower_is_better_(is_lower_better(config.select, method)) {
  for (TrainingStep& spec : method_.steps())
    steps_.push_back(std::make_unique<StepRunner>(method_, std::move(spec), steps_.size(), data_, config_, plan_));
  counters_.total_iterations.assign(steps_.size(), 0);
  if (config_.ema > 0) average_ = std::make_unique<MovingAverage>(method_.module(), config_.ema);
}

Trainer::~Trainer() = default;

TrainingParts Trainer::parts() {
  std::vector<torch::optim::Optimizer*> optimizers;
  for (auto& step : steps_) optimizers.push_back(&step->optimizer());
  return {method_.module(), average_.get(), std::move(optimizers), counters_, method_.training_state()};
}

void Trainer::restore(const std::filesystem::path& state_file) { load_training_state(state_file, parts(), deciding_); }
void Trainer::save() { save_training_state(state_file_, parts(), deciding_); }

bool Trainer::is_finished() const {
  const bool out_of_patience = config_.patience > 0 && counters_.epoch - 1 - counters_.best_epoch >= config_.patience;
  return counters_.epoch >= config_.epochs || (counters_.epoch > 0 && out_of_patience);
}

void Trainer::with_average(const std::function<void()>& use) {
  if (average_) average_->swap(method_.module());
  try {
    use();
  } catch (...) {
    if (average_) average_->swap(method_.module());
    throw;
  }
  if (average_) average_->swap(method_.module());
}

void Trainer::run(const std::filesystem::path& state_file, Progress& progress, const StopFlag& stop,
                  const std::function<void(const EpochResult&)>& on_epoch) {
  state_file_ = state_file;
  while (!is_finished()) {
    for (; counters_.step < static_cast<std::int64_t>(steps_.size()); ++counters_.step, counters_.iteration = 0) {
      StepRunner& step = *steps_[static_cast<std::size_t>(counters_.step)];
      if (step.is_active(counters_.epoch)) run_step(step, progress, stop);
    }
    validate(progress, stop, on_epoch);
  }
  if (counters_.epoch < config_.epochs) progress.info(fmt::format("no better epoch for {} epochs: stopped", config_.patience));
}

/// Stopped while it validates, the training has lost nothing: it goes on with the validation.
void Trainer::validate(Progress& progress, const StopFlag& stop, const std::function<void(const EpochResult&)>& on_epoch) {
  StoppableProgress stoppable(progress, "", stop);
  try {
    finish_epoch(stoppable, on_epoch);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::interrupted) throw;
    save();
    throw Error(ErrorCode::interrupted, fmt::format("stopped in the validation of epoch {}", counters_.epoch + 1));
  }
}

void Trainer::run_step(StepRunner& step, Progress& progress, const StopFlag& stop) {
  step.prepare();
  Loader& loader = step.start_loader(counters_.epoch, counters_.iteration);
  const std::int64_t samples = step.iterations_per_epoch() * step.batch_size();
  const std::string stage = steps_.size() > 1 ? " " + step.spec().name : "";
  progress.begin(fmt::format("epoch {}/{}{}", counters_.epoch + 1, config_.epochs, stage), samples);
  auto saved = Clock::now();
  while (counters_.iteration < step.iterations_per_epoch()) {
    const auto started = Clock::now();
    step.run_iteration([&] { return loader.next(); }, counters_, average_.get());
    ++counters_.iteration;
    ++counters_.total_iterations[step.index()];
    const double took = seconds_since(started);
    counters_.epoch_seconds += took;
    counters_.total_seconds += took;
    progress.advance(std::min(counters_.iteration * step.batch_size(), samples), fmt::format("loss {:.4f}", mean_of(counters_, step.spec().name + "/loss")));
    const bool asked = stop.requested();
    if (asked || seconds_since(saved) >= config_.save_every_s) {
      save();
      saved = Clock::now();
    }
    if (asked) throw Error(ErrorCode::interrupted, fmt::format("stopped in epoch {} after iteration {}", counters_.epoch + 1, counters_.iteration));
  }
  note_bad(loader.bad());
}

void Trainer::note_bad(const std::vector<BadSample>& found) {
  counters_.bad_files += static_cast<std::int64_t>(found.size());
  for (const BadSample& bad : found)
    if (std::none_of(counters_.bad.begin(), counters_.bad.end(), [&](const BadSample& b) { return b.id == bad.id; })) counters_.bad.push_back(bad);
}

void Trainer::finish_epoch(Progress& progress, const std::function<void(const EpochResult&)>& on_epoch) {
  const auto started = Clock::now();
  EpochResult result;
  result.epoch = counters_.epoch;
  with_average([&] {
    const EpochData& part = data_.at(counters_.epoch);
    LoaderOptions options;
    options.batch_size = 256;
    options.threads = config_.loader_threads;
    options.max_bad_share = config_.max_bad_share;
    SamplerOptions in_order;
    in_order.kind = "sequential";
    Loader loader(part.valid, config_.input, std::nullopt, in_order, options);
    progress.begin(fmt::format("epoch {}/{} validation", counters_.epoch + 1, config_.epochs), part.valid->size());
    InferenceOptions inference;
    inference.bf16 = plan_.bf16;
    inference.channels_last = plan_.channels_last;
    MeasuredMeans measured;
    result.validation = answer_dataset(method_, loader, part.valid->records, plan_.device, inference, progress, [&](const Batch& batch) {
      AutocastGuard autocast(plan_.bf16, plan_.device);
      measured.add(method_.measure(batch));
    });
    result.measured = measured.means();
    note_bad(result.validation.bad);
    result.metrics = classification_metrics(result.validation.predictions);
    result.best = take_score(result);
    append_history(result);
    on_epoch(result);
  });
  std::string losses;
  for (const auto& [key, sum] : counters_.sums)
    if (key.ends_with("/loss")) losses += fmt::format("{} {:.4f}  ", key, mean_of(counters_, key));
  counters_.total_seconds += seconds_since(started);
  progress.end(fmt::format("epoch {}/{}  {}valid accuracy {:.4f}  balanced {:.4f}  nll {:.4f}  {:.0f} images/s{}", counters_.epoch + 1,
                           config_.epochs, losses, result.metrics.accuracy, result.metrics.balanced_accuracy, result.metrics.nll,
                           static_cast<double>(counters_.images) / std::max(counters_.epoch_seconds, 1e-9), result.best ? "  *best" : ""));
  ++counters_.epoch;
  counters_.step = counters_.iteration = counters_.images = counters_.bad_files = 0;
  counters_.epoch_seconds = 0;
  counters_.sums.clear();
  counters_.counts.clear();
  save();
}

bool Trainer::take_score(const EpochResult& result) {
  const double score = score_of(result, config_.select);
  const bool best = counters_.best_epoch < 0 || (lower_is_better_ ? score < counters_.best_score : score > counters_.best_score);
  if (!best) return false;
  counters_.best_epoch = counters_.epoch;
  counters_.best_score = score;
  return true;
}

void Trainer::append_history(const EpochResult& result) {
  std::vector<std::pair<std::string, double>> row = {{"epoch", static_cast<double>(counters_.epoch + 1)}};
  for (const auto& step : steps_)
    if (step->is_active(counters_.epoch))
      row.emplace_back(step->spec().name + "/lr", step->schedule(std::max<std::int64_t>(counters_.total_iterations[step->index()] - 1, 0)).lr);
  for (const auto& [key, sum] : counters_.sums) row.emplace_back(key, mean_of(counters_, key));
  const ClassificationMetrics& m = result.metrics;
  row.insert(row.end(), {{"valid/accuracy", m.accuracy}, {"valid/balanced_accuracy", m.balanced_accuracy}, {"valid/macro_f1", m.macro_f1},
                         {"valid/nll", m.nll}, {"valid/ece", m.ece}, {"bad_files", static_cast<double>(counters_.bad_files)},
                         {"images_per_s", static_cast<double>(counters_.images) / std::max(counters_.epoch_seconds, 1e-9)},
                         {"seconds", counters_.epoch_seconds}});
  const NamedMetric* selecting = find_metric(config_.select);
  if (selecting && std::none_of(row.begin(), row.end(), [&](const auto& cell) { return cell.first == "valid/" + selecting->name; }))
    row.emplace_back("valid/" + selecting->name, m.*selecting->value);
  for (const auto& [name, value] : result.measured) row.emplace_back("valid/" + name, value);
  auto& history = counters_.history;
  history.rows.emplace_back(history.columns.size(), std::numeric_limits<double>::quiet_NaN());
  for (const auto& [name, value] : row) {
    auto found = std::find(history.columns.begin(), history.columns.end(), name);
    if (found == history.columns.end()) {
      history.columns.push_back(name);
      for (auto& earlier : history.rows) earlier.push_back(std::numeric_limits<double>::quiet_NaN());
      found = history.columns.end() - 1;
    }
    history.rows.back()[static_cast<std::size_t>(found - history.columns.begin())] = value;
  }
}

}  // namespace mien
