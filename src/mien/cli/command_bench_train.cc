// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/base/parallel.h"
#include "mien/base/text.h"
#include "mien/cli/command_bench.h"
#include "mien/cli/flags.h"
#include "mien/cli/locations.h"
#include "mien/cli/result_table.h"
#include "mien/train/bench.h"

namespace mien::cli {
namespace {

struct BenchArguments {
  std::vector<std::string> cases = {"vgg16", "resnet50", "recipe"};
  DatasetOptions data;
  std::string recipe = "ferplus";
  std::int64_t images = 256, steps = 8, rounds = 1, workers = 2;
  std::string python = "auto";
};

/// One line of the table.
struct BenchRow {
  std::string case_name, program, setting;
  StepTimes times;
};

BenchCase make_case(const std::string& name, const BenchArguments& arguments) {
  BenchCase bench;
  bench.name = name;
  bench.steps = arguments.steps;
  TrainConfig& c = bench.config;
  if (name == "recipe") {
    OptionTable table;
    describe(c, table);
    table.read_toml(find_installed("recipes", arguments.recipe, ".toml"));
    return bench;
  }
  c.method.network.arch = name;
  c.input_size = 224;
  c.batch_size = 16;
  c.augment.rotate_deg = 10;
  c.method.optimizer.lr = 0.001;
  return bench;
}

std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::optional<std::string> output_of(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
  if (!pipe) return std::nullopt;
  std::string text;
  std::array<char, 4096> buffer{};
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) text.append(buffer.data(), n);
  if (::pclose(pipe) != 0) return std::nullopt;
  return text;
}

/// A Python with torch and torchvision, or "".
std::string find_python(const std::string& wanted) {
  if (wanted == "none") return "";
  const std::vector<std::string> candidates = wanted == "auto" ? std::vector<std::string>{"python3", "/usr/bin/python3"} : std::vector<std::string>{wanted};
  for (const auto& program : candidates)
    if (output_of(shell_quoted(program) + " -c 'import torch, torchvision'")) return program;
  if (wanted != "auto") throw Error(ErrorCode::usage, "--python " + wanted + ": cannot import torch and torchvision");
  return "";
}

/// What of a case the Python side does not do, so that nobody takes the ratio for one of equal work.
std::vector<std::string> left_out_by_python(const TrainConfig& c) {
  std::vector<std::string> names;
  const AugmentOptions& a = c.augment;
  const std::pair<std::string, bool> parts[] = {{"shear", a.shear_deg > 0},       {"affine jitter", a.affine_jitter > 0},
                                                {"random resized crop", a.random_resized_crop}, {"padded crop", a.pad_crop > 0},
                                                {"saturation", a.saturation > 0}, {"hue", a.hue > 0},
                                                {"CLAHE", a.clahe > 0},           {"blur", a.blur > 0},
                                                {"mixup", c.method.classifier.mixup_alpha > 0},
                                                {"the method " + c.method.method, c.method.method != "classifier"}};
  for (const auto& [name, present] : parts)
    if (present) names.emplace_back(name);
  return names;
}

StepTimes bench_python(const std::string& python, const BenchCase& bench, const fs::path& folder, bool bf16, std::int64_t workers) {
  const TrainConfig& c = bench.config;
  const AugmentOptions& a = c.augment;
  std::string command = shell_quoted(python) + " " + shell_quoted(find_installed("scripts", "bench_train", ".py").string());
  command += fmt::format(" --folder {} --arch {} --color {} --size {} --batch-size {} --steps {} --warmup {} --workers {} --threads {}",
                         shell_quoted(folder.string()), c.method.network.arch, c.input.color, c.input_size, c.batch_size, bench.steps, bench.warmup,
                         workers, available_cores());
  command += fmt::format(" --rotate-deg {} --translate {} --zoom {} --brightness {} --contrast {} --flip {} --erase {} --lr {} --ema {} --clip-norm {}",
                         a.rotate_deg, a.translate, a.scale, a.brightness, a.contrast, a.flip, a.erase, c.method.optimizer.lr, c.ema,
                         c.method.classifier.clip_norm);
  if (c.method.network.width > 0) command += fmt::format(" --width {}", c.method.network.width);
  if (c.method.network.dropout >= 0) command += fmt::format(" --dropout {}", c.method.network.dropout);
  const auto text = output_of(command + (bf16 ? " --bf16" : ""));
  if (!text) throw Error(ErrorCode::bad_data, "the Python side failed: " + command);
  const auto j = parse_json(*text, "the Python side");
  StepTimes t;
  t.load = j.at("load");
  t.forward = j.at("forward");
  t.backward = j.at("backward");
  t.update = j.at("update");
  t.step = j.at("step");
  t.images_per_s = j.at("images_per_s");
  t.spread = j.at("spread");
  return t;
}

const std::vector<std::string> kColumns = {"case",        "program",   "setting",     "step_ms",  "load_ms",     "forward_ms",
                                           "backward_ms", "update_ms", "images_per_s", "spread", "ratio_to_python_fp32"};

std::vector<std::string> cells(const BenchRow& row, const std::vector<BenchRow>& all) {
  const auto ms = [](double s) { return fmt::format("{:.1f}", 1000 * s); };
  std::string ratio;
  for (const BenchRow& other : all)
    if (other.case_name == row.case_name && other.program == "python" && other.setting == "fp32") ratio = fmt::format("{:.2f}", other.times.step / row.times.step);
  const StepTimes& t = row.times;
  return {row.case_name, row.program, row.setting, ms(t.step), ms(t.load), ms(t.forward), ms(t.backward), ms(t.update),
          fmt::format("{:.1f}", t.images_per_s), fmt::format("{:.2f}", t.spread), ratio};
}

void print_rows(const Session& session, const std::vector<BenchRow>& rows) {
  std::vector<std::vector<std::string>> table;
  for (const BenchRow& row : rows) table.push_back(cells(row, rows));
  print_table(session, kColumns, table);
}

int run_bench_train(Session& session, const BenchArguments& arguments) {
  const auto progress = make_progress(session, true);
  const std::string python = find_python(arguments.python);
  if (python.empty()) progress->info("no Python with torch and torchvision: timing mien alone");
  std::vector<BenchRow> rows;
  for (const std::string& name : arguments.cases) {
    const BenchCase bench = make_case(name, arguments);
    if (const auto missing = left_out_by_python(bench.config); !python.empty() && !missing.empty())
      progress->warn(name + ": the Python side leaves out " + join(missing, ", "));
    TemporaryFolder folder("mien-bench");
    export_class_folders(arguments.data, "", std::max(arguments.images, 2 * bench.config.batch_size), name == "recipe" ? 0 : 256, folder.path());
    for (std::int64_t round = 0; round < arguments.rounds; ++round)
      for (const std::string setting : {"fp32", "bf16"}) {
        BenchCase own = bench;
        own.name = name + " " + setting;
        own.config.precision = setting;
        rows.push_back({name, "mien", setting, bench_training(own, folder.path(), *progress)});
        if (python.empty()) continue;
        progress->begin(name + " python " + setting, 0);
        rows.push_back({name, "python", setting, bench_python(python, bench, folder.path(), setting == "bf16", arguments.workers)});
        progress->end(name + " python " + setting);
      }
  }
  print_rows(session, rows);
  return 0;
}

}  // namespace

void add_bench_train(CLI::App& bench, Session& session) {
  auto* command = bench.add_subcommand("train", "Time the trainer's own steps, beside PyTorch when Python has it");
  auto a = std::make_shared<BenchArguments>();
  a->data.spec = "procedural:512";
  command->add_option("--case", a->cases, "Networks to time at 224 px and batch 16; 'recipe' = everything of the recipe: network, input, batch, augmentation, loss, clipping, moving average")
      ->capture_default_str();
  command->add_option("--data", a->data.spec, "Images to use, FORMAT:PATH")->capture_default_str();
  command->add_option("--recipe", a->recipe, "Recipe behind the case 'recipe'")->capture_default_str();
  command->add_option("--images", a->images, "Images to use")->check(CLI::Range(2, 1000000))->capture_default_str();
  command->add_option("--steps", a->steps, "Steps timed (medians are printed)")->check(CLI::Range(2, 100000))->capture_default_str();
  command->add_option("--rounds", a->rounds, "Repetitions of everything, both sides in turn")->check(CLI::Range(1, 1000))->capture_default_str();
  command->add_option("--workers", a->workers, "DataLoader workers on the Python side")->check(CLI::Range(0, 256))->capture_default_str();
  command->add_option("--python", a->python, "Python program, 'auto' or 'none'")->capture_default_str();
  command->callback([&session, a] { session.action = [&session, a] { return run_bench_train(session, *a); }; });
}

}  // namespace mien::cli
