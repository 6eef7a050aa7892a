// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime_bench/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "mien/base/error.h"
#include "mien/runtime_bench/bench_data.h"
#include "mien/runtime_bench/busy_loops.h"
#include "mien/runtime_bench/statistics.h"

namespace mien::runtime_bench {
namespace {

/// A side and its times.
struct Runner {
  Side side;
  std::vector<double> ms;      ///< every run
  std::vector<double> rounds;  ///< median of every turn
  std::vector<float> answers;

  void turn(std::int64_t batch, double seconds, int runs, const StopFlag& stop, bool counts) {
    const auto answer = side.child->request({{"do", "burst"}, {"batch", batch}, {"seconds", seconds}, {"runs", runs}}, stop);
    const auto times = answer.at("ms").get<std::vector<double>>();
    if (!counts) return;
    ms.insert(ms.end(), times.begin(), times.end());
    rounds.push_back(median(times));
  }
};

/// Starts every side that can take part. ONNX Runtime comes first, then fp32: the reference stands in front.
std::vector<Runner> start_sides(const BenchData& data, const BenchModel& model, const BenchOptions& options, Progress& progress,
                                const StopFlag& stop) {
  std::vector<Runner> runners;
  const auto add = [&](Side side) {
    std::string problem;
    try {
      problem = data.prepare(side, options, stop);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::bad_data) throw;
      problem = error.what();
    }
    if (problem.empty())
      runners.push_back({std::move(side), {}, {}, {}});
    else
      progress.warn(fmt::format("{}: {} is left out: {}", model.name, side.name(), problem));
  };
  if (options.onnxruntime) add(make_side(*options.onnxruntime));
  auto precisions = options.precisions;
  std::stable_partition(precisions.begin(), precisions.end(), [](const std::string& p) { return p == "fp32"; });
  for (const auto& precision : precisions) add(make_side(options.worker, precision));
  return runners;
}

double gflop_of(Child& child, std::int64_t batch, const StopFlag& stop) {
  double sum = 0;
  const auto answer = child.request({{"do", "profile"}, {"batch", batch}, {"rounds", 1}}, stop);
  for (const auto& layer : answer.at("layers")) sum += layer.at("gflop").get<double>();
  return sum;
}

std::optional<double> ratio_to(const Runner& reference, const Runner& runner) {
  if (reference.side.program != "onnxruntime") return std::nullopt;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < runner.rounds.size(); ++i) ratios.push_back(reference.rounds[i] / runner.rounds[i]);
  return median(ratios);
}

void fill_memory(BenchRow& row, Runner& runner, const StopFlag& stop) {
  const auto memory = runner.side.child->request({{"do", "memory"}}, stop);
  row.resident_mb = memory.at("resident").get<double>() / 1e6;
  row.weights_mb = memory.at("weights").get<double>() / 1e6;
  row.activations_mb = memory.at("activations").get<double>() / 1e6;
}

void measure(std::vector<Runner>& runners, std::int64_t batch, const BenchOptions& options, const std::string& stage,
             Progress& progress, const StopFlag& stop) {
  for (auto& runner : runners) {
    runner.ms.clear();
    runner.rounds.clear();
  }
  for (auto& runner : runners) runner.turn(batch, 0, 2, stop, false);
  progress.begin(stage, options.rounds);
  for (std::int64_t round = 0; round < options.rounds; ++round) {
    // There and back: what drifts slowly hits the first and the last side alike.
    if (round % 2 == 0)
      for (auto it = runners.begin(); it != runners.end(); ++it) it->turn(batch, options.burst_seconds, 1, stop, true);
    else
      for (auto it = runners.rbegin(); it != runners.rend(); ++it) it->turn(batch, options.burst_seconds, 1, stop, true);
    progress.advance(round + 1, "");
  }
}

BenchRow row_of(Runner& runner, const Runner& reference, std::int64_t columns, const StopFlag& stop) {
  BenchRow row;
  row.program = runner.side.program;
  row.precision = runner.side.precision;
  row.spread = spread(runner.rounds);
  row.ratio = ratio_to(reference, runner);
  const auto agreed = agreement(runner.answers, reference.answers, columns);
  row.max_difference = agreed.max_difference;
  row.top1 = agreed.top1;
  fill_memory(row, runner, stop);
  return row;
}

std::optional<double> floor_of(Runner& runner, std::int64_t batch, const BenchOptions& options, const StopFlag& stop) {
  if (runner.side.program != "mien" || options.floor_rounds <= 0) return std::nullopt;
  const auto answer = runner.side.child->request({{"do", "floor"}, {"batch", batch}, {"rounds", options.floor_rounds}}, stop);
  return answer.at("ms").get<double>() / static_cast<double>(batch);
}

/// What a network at a batch size is, whatever the machine is doing.
struct BatchFacts {
  const BenchModel& model;
  std::int64_t batch, columns;
  double gflop;
  std::vector<std::optional<double>> floors;  ///< by side
};

BatchFacts facts_of(const BenchModel& model, const BenchData& data, std::int64_t batch, std::vector<Runner>& runners,
                    const BenchOptions& options, const StopFlag& stop) {
  BatchFacts facts{model, batch, 0, 0, {}};
  for (auto& runner : runners) {
    runner.answers = data.answers(runner.side, batch, stop, facts.columns);
    facts.floors.push_back(floor_of(runner, batch, options, stop));
    if (runner.side.program == "mien" && facts.gflop == 0) facts.gflop = gflop_of(*runner.side.child, batch, stop);
  }
  return facts;
}

std::vector<BenchRow> rows_of(std::vector<Runner>& runners, const BatchFacts& facts, int busy, const BenchOptions& options,
                              const Peaks& peaks, const StopFlag& stop) {
  std::vector<BenchRow> rows;
  for (auto& runner : runners) {
    BenchRow row = row_of(runner, runners.front(), facts.columns, stop);
    const double ms = median(runner.rounds), images = static_cast<double>(facts.batch);
    row.model = facts.model.name;
    row.batch = facts.batch;
    row.threads = options.threads;
    row.busy = busy;
    row.ms_per_image = ms / images;
    row.mean_ms_per_image = mean(runner.ms) / images;
    row.gflops = facts.gflop / (ms / 1000);
    row.fastest_gflops = facts.gflop / (quantile(runner.ms, 0) / 1000);
    row.file_mb = static_cast<double>(fs::file_size(facts.model.file)) / 1e6;
    row.floor_ms_per_image = facts.floors[rows.size()];
    if (const auto peak = peaks.find(row.precision); peak != peaks.end()) row.peak_share = row.gflops / peak->second;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string summary_of(const std::vector<BenchRow>& rows) {
  std::string summary;
  for (const BenchRow& row : rows)
    summary +=
        fmt::format("{}{} {} {:.2f}", summary.empty() ? "ms an image: " : ", ", row.program, row.precision, row.ms_per_image);
  return summary;
}

std::vector<BenchRow> bench_batch(const BenchModel& model, const BenchData& data, std::int64_t batch, const BenchOptions& options,
                                  const Peaks& peaks, Progress& progress, const StopFlag& stop) {
  auto runners = start_sides(data, model, options, progress, stop);
  if (runners.empty()) return {};
  const auto facts = facts_of(model, data, batch, runners, options, stop);
  std::vector<BenchRow> all;
  for (const int busy : options.busy) {
    const BusyLoops others(busy);
    const std::string beside = busy > 0 ? fmt::format(" beside {} busy loop{}", busy, busy == 1 ? "" : "s") : "";
    measure(runners, batch, options, fmt::format("{} batch {}{}", model.name, batch, beside), progress, stop);
    auto rows = rows_of(runners, facts, busy, options, peaks, stop);
    progress.end(summary_of(rows));
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
  }
  return all;
}

/// Calls `work` for each batch size that the file allows.
template <typename Work>
void for_each_batch(const BenchModel& model, const BenchData& data, const BenchOptions& options, Progress& progress,
                    Work&& work) {
  for (const std::int64_t batch : options.batches) {
    if (data.allows(batch))
      work(batch);
    else
      progress.warn(fmt::format("{}: batch {} is left out, the file is made for {}", model.name, batch, data.fixed_batch()));
  }
}

}  // namespace

std::vector<BenchRow> bench_model(const BenchModel& model, const BenchOptions& options, const Peaks& peaks, Progress& progress,
                                  const StopFlag& stop) {
  const BenchData data(model, options, stop);
  std::vector<BenchRow> rows;
  for_each_batch(model, data, options, progress, [&](std::int64_t batch) {
    for (auto& row : bench_batch(model, data, batch, options, peaks, progress, stop)) rows.push_back(std::move(row));
  });
  return rows;
}

std::vector<LayerRow> profile_model(const BenchModel& model, const BenchOptions& options, Progress& progress,
                                    const StopFlag& stop) {
  BenchOptions ours = options;
  ours.onnxruntime.reset();
  const BenchData data(model, ours, stop);
  std::vector<LayerRow> rows;
  for_each_batch(model, data, ours, progress, [&](std::int64_t batch) {
    for (auto& runner : start_sides(data, model, ours, progress, stop)) {
      const auto answer =
          runner.side.child->request({{"do", "profile"}, {"batch", batch}, {"rounds", options.profile_rounds}}, stop);
      for (const auto& layer : answer.at("layers"))
        rows.push_back({model.name, runner.side.precision, batch, layer.at("name"), layer.at("operation"),
                        layer.at("implementation"), layer.at("output_shape"), layer.at("gflop"), layer.at("ms")});
    }
  });
  return rows;
}

}  // namespace mien::runtime_bench
