// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <optional>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/cli/command_bench.h"
#include "mien/cli/flags.h"
#include "mien/cli/locations.h"
#include "mien/cli/result_table.h"
#include "mien/runtime/runtime.h"
#include "mien/runtime_bench/bench.h"
#include "mien/runtime_bench/worker.h"
#ifdef MIEN_WITH_TORCH
#include "mien/exporting/random_model.h"
#include "mien/nn/architectures.h"
#endif

namespace mien::cli {
namespace {

using runtime_bench::BenchModel;
using runtime_bench::BenchOptions;
using runtime_bench::BenchRow;
using runtime_bench::LayerRow;

struct RuntimeArguments {
  std::vector<std::string> models, architectures;
  std::string onnxruntime;
  BenchOptions options;
  bool profile = false, no_peak = false, floor = false;
};

std::string optional_text(const std::optional<double>& value) { return value ? fmt::format("{:.2f}", *value) : ""; }

const std::vector<std::string> kColumns = {"model",
                                           "batch",
                                           "threads",
                                           "busy",
                                           "program",
                                           "precision",
                                           "ms_per_image",
                                           "spread",
                                           "mean_ms_per_image",
                                           "ratio_to_onnxruntime",
                                           "gflop_per_s",
                                           "share_of_peak",
                                           "floor_ms_per_image",
                                           "memory_growth_mb",
                                           "weights_mb",
                                           "activations_mb",
                                           "file_mb",
                                           "max_difference",
                                           "top1_agreement"};

std::vector<std::string> cells(const BenchRow& row) {
  const auto megabytes = [&](double mb) { return row.program == "mien" ? fmt::format("{:.1f}", mb) : std::string(); };
  return {row.model,
          std::to_string(row.batch),
          std::to_string(row.threads),
          std::to_string(row.busy),
          row.program,
          row.precision,
          fmt::format("{:.3f}", row.ms_per_image),
          fmt::format("{:.3f}", row.spread),
          fmt::format("{:.3f}", row.mean_ms_per_image),
          optional_text(row.ratio),
          fmt::format("{:.1f}", row.gflops),
          optional_text(row.peak_share),
          row.floor_ms_per_image ? fmt::format("{:.3f}", *row.floor_ms_per_image) : std::string(),
          fmt::format("{:.1f}", row.resident_mb),
          megabytes(row.weights_mb),
          megabytes(row.activations_mb),
          fmt::format("{:.1f}", row.file_mb),
          fmt::format("{:.2e}", row.max_difference),
          fmt::format("{:.4f}", row.top1)};
}

const std::vector<std::string> kLayerColumns = {"model",          "batch",        "precision", "layer", "operation",
                                                "implementation", "output_shape", "gflop",     "ms",    "gflop_per_s"};

std::vector<std::string> cells(const LayerRow& row) {
  const double speed = row.ms > 0 ? row.gflop / row.ms * 1000 : 0;
  return {row.model,
          std::to_string(row.batch),
          row.precision,
          row.layer,
          row.operation,
          row.implementation,
          row.output_shape,
          fmt::format("{:.4f}", row.gflop),
          fmt::format("{:.4f}", row.ms),
          fmt::format("{:.1f}", speed)};
}

template <typename Row>
void print_rows(const Session& session, const std::vector<std::string>& columns, const std::vector<Row>& rows) {
  std::vector<std::vector<std::string>> table;
  for (const Row& row : rows) table.push_back(cells(row));
  print_table(session, columns, table);
}

/// The files given, and networks of the catalogue with random weights, written below `folder`.
std::vector<BenchModel> models_of(const RuntimeArguments& arguments, [[maybe_unused]] const fs::path& folder,
                                  [[maybe_unused]] Progress& progress) {
  std::vector<BenchModel> models;
  for (const auto& file : arguments.models) models.push_back({fs::path(file).stem().string(), file});
#ifdef MIEN_WITH_TORCH
  auto names = arguments.architectures;
  if (names.empty() && models.empty()) names = architecture_names();
  for (const auto& name : names) architecture(name);  // a wrong name ends here, not after minutes
  for (const auto& name : names) {
    progress.info(fmt::format("writing {} with random weights", name));
    models.push_back({name, folder / (name + ".onnx")});
    exporting::write_random_model(name, arguments.options.seed, models.back().file);
  }
#else
  if (!arguments.architectures.empty() || models.empty())
    throw Error(ErrorCode::usage, "this mien was built without libtorch and makes no networks of its own",
                "Name ONNX files with --model.");
#endif
  return models;
}

int run_bench_runtime(Session& session, RuntimeArguments& arguments) {
  const auto progress = make_progress(session, true);
  BenchOptions& options = arguments.options;
  for (const auto& precision : options.precisions)
    if (runtime::precision_from(precision) == runtime::Precision::automatic)
      throw Error(ErrorCode::usage, "--precision auto: name the precisions to compare", "Any of fp32, bf16, int8.");
  for (const auto& file : arguments.models)
    if (!fs::is_regular_file(file)) throw Error(ErrorCode::not_found, file + ": no such file");
  options.worker = {fs::read_symlink("/proc/self/exe").string(), "bench", "runtime-worker"};
  if (arguments.floor) options.floor_rounds = 15;
  if (!arguments.profile) {
    options.onnxruntime = runtime_bench::find_onnxruntime(arguments.onnxruntime);
    if (options.onnxruntime)
      options.onnxruntime->script = find_installed("scripts", "bench_onnxruntime", ".mjs");
    else
      progress->warn(
          "ONNX Runtime is left out: no folder node_modules/onnxruntime-node here (npm install onnxruntime-node "
          "--ignore-scripts)");
  }
  const TemporaryFolder folder("mien-bench-models");
  const auto models = models_of(arguments, folder.path(), *progress);
  if (arguments.profile) {
    std::vector<LayerRow> layers;
    for (const auto& model : models)
      for (auto& row : profile_model(model, options, *progress, session.stop)) layers.push_back(std::move(row));
    print_rows(session, kLayerColumns, layers);
    return 0;
  }
  progress->info(fmt::format("processor: {}{}", runtime::processor_isa(),
                             options.onnxruntime ? ", ONNX Runtime " + options.onnxruntime->version : ""));
  const auto peaks = arguments.no_peak ? runtime_bench::Peaks{} : measure_peaks(options, *progress, session.stop);
  std::vector<BenchRow> rows;
  for (const auto& model : models)
    for (auto& row : bench_model(model, options, peaks, *progress, session.stop)) rows.push_back(std::move(row));
  print_rows(session, kColumns, rows);
  return 0;
}

void add_worker(CLI::App& bench, Session& session) {
  auto* command = bench.add_subcommand("runtime-worker", "One side of 'bench runtime'");
  command->group("");  // not for people: no line in the help
  command->callback([&session] {
    session.action = [] {
      runtime_bench::serve(std::cin, std::cout);
      return 0;
    };
  });
}

}  // namespace

void add_bench_runtime(CLI::App& bench, Session& session) {
  auto* command = bench.add_subcommand("runtime", "Time networks in mien's runtime, beside ONNX Runtime when it is there");
  auto a = std::make_shared<RuntimeArguments>();
  BenchOptions& o = a->options;
  command->add_option("--model", a->models, "ONNX files")->check(refuse_flag_as_value);
#ifdef MIEN_WITH_TORCH
  command
      ->add_option("--arch", a->architectures,
                   "Networks of the catalogue, with random weights; default: all of them when no --model is given")
      ->delimiter(',');
#endif
  command->add_option("--batch", o.batches, "Images a run")->delimiter(',')->check(CLI::Range(1, 4096))->capture_default_str();
  command->add_option("--precision", o.precisions, "Arithmetic of our side")
      ->delimiter(',')
      ->check(CLI::IsMember({"fp32", "bf16", "int8"}))
      ->capture_default_str();
  command->add_option("--threads", o.threads, "Computing threads of every side")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--rounds", o.rounds, "Turns of every side")->check(CLI::Range(1, 1000000))->capture_default_str();
  command->add_option("--burst", o.burst_seconds, "Seconds of a turn")->check(CLI::Range(0.0, 3600.0))->capture_default_str();
  command->add_option("--examples", o.examples, "Random images to compare answers on and to calibrate int8 with")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command->add_option("--input-size", o.input_size, "Pixels, for files that leave height and width open")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  command->add_option("--seed", o.seed, "Seed of random weights and images")->capture_default_str();
  command->add_option("--onnxruntime", a->onnxruntime, "Folder of the npm package onnxruntime-node; default: ./node_modules")
      ->check(refuse_flag_as_value);
  command->add_flag("--no-peak", a->no_peak, "Do not measure the machine's peak; the column share_of_peak stays empty");
  command
      ->add_option("--busy", o.busy,
                   "Measure beside so many threads that compute without end, as other programs do: one number or several, 0,1,2")
      ->delimiter(',')
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_flag("--floor", a->floor,
                    "Measure every convolution and product alone, too: floor_ms_per_image is their sum, what the kernels allow");
  command->add_flag("--profile", a->profile, "Print the time of every layer instead");
  command->callback([&session, a] { session.action = [&session, a] { return run_bench_runtime(session, *a); }; });
  add_worker(bench, session);
}

}  // namespace mien::cli
