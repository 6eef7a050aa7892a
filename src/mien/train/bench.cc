// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/data/cached_source.h"
#include "mien/image/encode.h"
#include "mien/image/resize.h"
#include "mien/loading/loader.h"
#include "mien/methods/batch.h"
#include "mien/methods/compute.h"
#include "mien/methods/losses.h"
#include "mien/nn/network.h"
#include "mien/optim/optimizer.h"

namespace mien {
namespace {

using Clock = std::chrono::steady_clock;

double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1) + 0.5)];
}

/// Seconds of each part, step after step.
class PartTimes {
 public:
  void lap(std::size_t part) {
    const auto now = Clock::now();
    current_[part] += std::chrono::duration<double>(now - last_).count();
    last_ = now;
  }
  void begin() {
    current_.assign(5, 0);
    last_ = Clock::now();
  }
  void end(bool counts) {
    if (!counts) return;
    double sum = 0;
    for (std::size_t p = 0; p < 5; ++p) {
      parts_[p].push_back(current_[p]);
      sum += current_[p];
    }
    steps_.push_back(sum);
  }
  StepTimes summary(std::int64_t batch_size) const {
    StepTimes t;
    double* fields[] = {&t.load, &t.forward, &t.loss, &t.backward, &t.update};
    for (std::size_t p = 0; p < 5; ++p) *fields[p] = quantile(parts_[p], 0.5);
    t.step = quantile(steps_, 0.5);
    t.images_per_s = static_cast<double>(batch_size) / t.step;
    t.spread = (quantile(steps_, 0.75) - quantile(steps_, 0.25)) / t.step;
    return t;
  }

 private:
  std::vector<double> current_, steps_;
  std::vector<double> parts_[5];
  Clock::time_point last_;
};

}  // namespace

StepTimes bench_training(const BenchCase& bench, const std::filesystem::path& folder, Progress& progress) {
  TrainConfig config = bench.config;
  config.input.width = config.input.height = static_cast<int>(config.input_size);
  ComputePlan plan = plan_compute(config.precision, config.device, config.threads);
  apply_plan(plan);
  DatasetOptions data;
  data.spec = "folder:" + folder.string();
  const auto dataset = std::make_shared<Dataset>(with_cache(open_dataset(data), config.cache_mb * 1'000'000));

  torch::manual_seed(1);
  NetworkOptions network = config.method.network;
  network.num_classes = dataset->labels.size();
  network.in_channels = config.input.channels();
  network.input_size = config.input_size;
  const auto net = create_network(network);
  net->train();
  place_module(*net, plan);
  const auto optimizer = make_optimizer(config.method.optimizer, net->parameters());

  LoaderOptions options;
  options.batch_size = config.batch_size;
  options.threads = config.loader_threads;
  options.drop_last = true;
  Loader loader(dataset, config.input, config.augment, SamplerOptions{}, options);
  PartTimes times;
  std::int64_t epoch = 0, done = 0;
  loader.start(epoch);
  if (loader.batches() == 0)
    throw Error(ErrorCode::usage, fmt::format("{} images do not fill a batch of {}", dataset->size(), config.batch_size));
  progress.begin(bench.name, bench.warmup + bench.steps);
  while (done < bench.warmup + bench.steps) {
    times.begin();
    auto host = loader.next();
    if (!host) {
      loader.start(++epoch);
      continue;
    }
    const Batch batch = to_batch(*host, plan.device, plan.channels_last);
    times.lap(0);
    optimizer->zero_grad();
    torch::Tensor loss;
    {
      AutocastGuard autocast(plan.bf16, plan.device);
      const auto logits = net->logits(batch.images).to(torch::kFloat32);
      times.lap(1);
      loss = soft_cross_entropy(logits, batch.targets);
      if (!std::isfinite(loss.item<double>())) throw Error(ErrorCode::numeric, bench.name + ": the loss is not finite");
      times.lap(2);
    }
    loss.backward();
    times.lap(3);
    optimizer->step();
    times.lap(4);
    times.end(done >= bench.warmup);
    progress.advance(++done, "");
  }
  progress.end(bench.name);
  return times.summary(config.batch_size);
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
