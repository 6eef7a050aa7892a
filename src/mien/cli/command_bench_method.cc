// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>

#include "mien/cli/command_bench.h"
#include "mien/cli/flags.h"
#include "mien/cli/result_table.h"
#include "mien/train/bench_method.h"

namespace mien::cli {
namespace {

struct MethodBenchArguments {
  MethodBench bench;
  OptionTable table;
  std::unique_ptr<OptionFlags> flags;
};

int run_bench_method(Session& session, MethodBenchArguments& arguments) {
  arguments.flags->apply();
  const auto progress = make_progress(session, true);
  std::vector<std::vector<std::string>> rows;
  for (const MethodCost& cost : bench_methods(arguments.bench, *progress))
    rows.push_back({cost.method, fmt::format("{:.1f}", 1000 * cost.step_s), fmt::format("{:.2f}", cost.spread), fmt::format("{:.3f}", cost.step_ratio),
                    fmt::format("{:.0f}", cost.peak_bytes / 1e6), fmt::format("{:.3f}", cost.memory_ratio)});
  print_table(session, {"method", "step_ms", "spread", "step_ratio", "peak_mb", "memory_ratio"}, rows);
  return 0;
}

}  // namespace

void add_bench_method(CLI::App& bench, Session& session) {
  auto* command = bench.add_subcommand("method", "Time and memory of a training step, method beside method on the same network");
  auto a = std::make_shared<MethodBenchArguments>();
  TrainConfig& config = a->bench.config;
  config.data.spec = "procedural:64";
  config.method.network.arch = "vgg16";
  config.input_size = 224;
  config.batch_size = 16;
  config.method.optimizer.kind = "adam";
  config.method.optimizer.lr = 5e-5;
  config.ema = 0;  // the same for every method; --ema brings it back
  describe(config, a->table);
  a->flags = std::make_unique<OptionFlags>(*command, a->table, OptionFlags::Files::config_and_recipe);
  command->add_option("--methods", a->bench.methods, "Methods to time; ratios are to the first")->delimiter(',')->capture_default_str();
  command->add_option("--steps", a->bench.steps, "Steps timed in each round")->check(CLI::Range(2, 100000))->capture_default_str();
  command->add_option("--rounds", a->bench.rounds, "Rounds, the methods in turn")->check(CLI::Range(1, 1000))->capture_default_str();
  command->callback([&session, a] { session.action = [&session, a] { return run_bench_method(session, *a); }; });
}

}  // namespace mien::cli
