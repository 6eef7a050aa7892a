// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/data/cached_source.h"
#include "mien/image/encode.h"
#include "mien/image/resize.h"
#include "mien/optim/ema.h"
#include "mien/train/step_timer.h"

namespace mien {
namespace {

std::shared_ptr<const Dataset> images_below(const fs::path& folder, const TrainConfig& config) {
  DatasetOptions data;
  data.spec = "folder:" + folder.string();
  auto dataset = std::make_shared<Dataset>(with_cache(open_dataset(data), config.cache_mb * 1'000'000));
  if (dataset->size() < config.batch_size)
    throw Error(ErrorCode::usage, fmt::format("{} images do not fill a batch of {}", dataset->size(), config.batch_size));
  return dataset;
}

}  // namespace

StepTimes bench_training(const BenchCase& bench, const std::filesystem::path& folder, Progress& progress) {
  TrainConfig config = bench.config;
  config.drop_last = true;  // every batch is whole
  config.input.width = config.input.height = static_cast<int>(config.input_size);
  ComputePlan plan = plan_compute(config.precision, config.device, config.threads);
  apply_plan(plan);
  const DataPlan data = plan_all(images_below(folder, config));

  torch::manual_seed(static_cast<std::uint64_t>(config.seed));
  const auto method = create_method(config.method, {data.labels, data.class_counts, config.input, config.epochs, data.parts[0].train});
  place_module(method->module(), plan);
  StepRunner runner(*method, first_step(*method), 0, data, config, plan);
  MovingAverage average(method->module(), config.ema);
  runner.prepare();
  TrainingCounters counters;
  counters.total_iterations = {0};
  Loader* loader = &runner.start_loader(0);
  const auto next = [&] {
    auto batch = loader->next();
    if (batch) return batch;
    loader = &runner.start_loader(++counters.epoch);
    return loader->next();
  };
  StepTimer times;
  progress.begin(bench.name, bench.warmup + bench.steps);
  for (std::int64_t done = 0; done < bench.warmup + bench.steps; ++done) {
    times.begin();
    runner.run_iteration(next, counters, config.ema > 0 ? &average : nullptr, [&](StepPart part) { times.lap(part); });
    ++counters.total_iterations[0];
    if (done >= bench.warmup) times.end();
    progress.advance(done + 1, "");
  }
  progress.end(bench.name);
  return {times.median(StepPart::load),   times.median(StepPart::forward), times.median(StepPart::backward),
          times.median(StepPart::update), times.median(),                  static_cast<double>(config.batch_size) / times.median(),
          times.spread()};
}

void export_class_folders(const DatasetOptions& options, const std::string& split, std::int64_t count, int size_px, const std::filesystem::path& folder) {
  Dataset data = open_dataset(options);
  if (!split.empty()) data = select_split(data, split);
  for (std::int64_t i = 0; i < std::min(count, data.size()); ++i) {
    const Sample sample = data.load(i);
    if (sample.annotations.label < 0) continue;
    const fs::path class_folder = folder / data.labels.names()[static_cast<std::size_t>(sample.annotations.label)];
    fs::create_directories(class_folder);
    write_image(class_folder / fmt::format("{:06}.png", i), size_px > 0 ? resize_image(sample.image, size_px, size_px, ResizeFilter::bilinear) : sample.image);
  }
}

}  // namespace mien
