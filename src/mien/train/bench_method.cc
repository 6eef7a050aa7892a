// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/bench_method.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>

#include "mien/base/error.h"
#include "mien/optim/ema.h"
#include "mien/train/step_timer.h"

namespace mien {
namespace {

template <class Result, class Class, class Pointer, class Size, class Total, class Reserved, class Device>
Total type_of_total(Result (Class::*)(Pointer, Size, Total, Reserved, Device));
using TotalBytes = decltype(type_of_total(&c10::MemoryReportingInfoBase::reportMemoryUsage));  // differs between versions

/// Hears of every allocation of a tensor on the CPU. Freed memory counts against what was allocated while it listened.
class TensorMemory : public c10::MemoryReportingInfoBase {
 public:
  void reportMemoryUsage(void*, std::int64_t size, TotalBytes, TotalBytes, c10::Device) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    now_ += size;
    peak_ = std::max(peak_, now_);
  }
  bool memoryProfilingEnabled() const override { return true; }
  std::int64_t peak() const { return peak_; }

 private:
  std::mutex mutex_;
  std::int64_t now_ = 0, peak_ = 0;
};

class Bench {
 public:
  Bench(const MethodBench& bench, Progress& progress)
      : bench_(bench), progress_(progress), plan_(plan_compute(bench.config.precision, bench.config.device, bench.config.threads)) {
    apply_plan(plan_);
    load_batches();
  }

  /// Appends the seconds of each iteration, loading left out; returns the peak of tensor memory.
  double time(const std::string& name, std::vector<double>& seconds) {
    const auto memory = std::make_shared<TensorMemory>();
    const c10::DebugInfoGuard listen(c10::DebugInfoKind::PROFILER_STATE, memory);
    torch::manual_seed(1);
    MethodConfig config = bench_.config.method;
    config.method = name;
    const auto method = create_method(config, {dataset_->labels, data_.class_counts, bench_.config.input, bench_.config.epochs, dataset_});
    ComputePlan plan = plan_;
    place_module(method->module(), plan);
    ComputePlan of_companions = plan;
    for (auto* companion : method->companions()) place_module(*companion, of_companions);
    StepRunner runner(*method, first_step(*method), 0, data_, bench_.config, plan);
    const auto average = bench_.config.ema > 0 ? std::make_unique<MovingAverage>(method->module(), bench_.config.ema) : nullptr;
    runner.prepare();
    TrainingCounters counters;
    counters.total_iterations = {0};
    StepTimer timer;
    for (std::int64_t i = 0; i < bench_.warmup + bench_.steps; ++i) {
      const auto next = [&] { return std::optional<HostBatch>(batches_[static_cast<std::size_t>(i) % batches_.size()]); };
      timer.begin();
      runner.run_iteration(next, counters, average.get(), [&](StepPart part) {
        if (part == StepPart::update && plan.device.is_cuda()) torch::cuda::synchronize();
        timer.lap(part);
      });
      ++counters.total_iterations[0];
      if (i >= bench_.warmup) timer.end();
      progress_.advance(++done_, name);
    }
    const auto found = timer.wholes(false);
    seconds.insert(seconds.end(), found.begin(), found.end());
    return plan.device.is_cuda() ? 0 : static_cast<double>(memory->peak());
  }

  void begin() { progress_.begin("training steps", bench_.rounds * static_cast<std::int64_t>(bench_.methods.size()) * (bench_.warmup + bench_.steps)); }
  void end() { progress_.end("training steps timed"); }

 private:
  void load_batches() {
    TrainConfig c = bench_.config;
    dataset_ = std::make_shared<Dataset>(open_dataset(c.data));
    data_ = plan_all(dataset_);
    LoaderOptions options;
    options.batch_size = std::max<std::int64_t>(c.batch_size / c.accumulate, 1);
    options.drop_last = true;
    Loader loader(dataset_, c.input, c.augment, SamplerOptions{}, options);
    loader.start(0);
    for (int i = 0; i < 2; ++i)
      if (auto batch = loader.next()) batches_.push_back(std::move(*batch));
    if (batches_.empty())
      throw Error(ErrorCode::usage, fmt::format("{} images do not fill a batch of {}", dataset_->size(), c.batch_size));
  }

  const MethodBench& bench_;
  Progress& progress_;
  ComputePlan plan_;
  std::shared_ptr<Dataset> dataset_;
  DataPlan data_;
  std::vector<HostBatch> batches_;
  std::int64_t done_ = 0;
};

}  // namespace

std::vector<MethodCost> bench_methods(const MethodBench& given, Progress& progress) {
  MethodBench bench = given;
  bench.config.input.width = bench.config.input.height = static_cast<int>(bench.config.input_size);
  Bench timer(bench, progress);
  std::vector<MethodCost> costs;
  std::vector<std::vector<double>> seconds(bench.methods.size());
  for (const auto& method : bench.methods) costs.push_back({.method = method});
  timer.begin();
  for (std::int64_t round = 0; round < bench.rounds; ++round)
    for (std::size_t m = 0; m < costs.size(); ++m) costs[m].peak_bytes = std::max(costs[m].peak_bytes, timer.time(costs[m].method, seconds[m]));
  timer.end();
  for (std::size_t m = 0; m < costs.size(); ++m) {
    MethodCost& cost = costs[m];
    cost.step_s = StepTimer::quantile(seconds[m], 0.5);
    cost.spread = (StepTimer::quantile(seconds[m], 0.75) - StepTimer::quantile(seconds[m], 0.25)) / cost.step_s;
    cost.step_ratio = cost.step_s / costs[0].step_s;
    if (costs[0].peak_bytes > 0) cost.memory_ratio = cost.peak_bytes / costs[0].peak_bytes;
  }
  return costs;
}

}  // namespace mien
