// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/json_text.h"
#include "mien/base/shell_word.h"
#include "mien/cli/commands.h"
#include "mien/cli/flags.h"
#include "mien/cli/output.h"
#include "mien/cli/session.h"
#include "mien/cli/text_table.h"
#include "mien/pipeline/example_images.h"
#include "mien/pipeline/expression_model.h"
#include "mien/pipeline/quantize.h"

namespace mien::cli {
namespace {

struct QuantizeArguments {
  std::string model, output, check_split;
  ExampleImages images;
  std::int64_t calibration_images = 512, check_images = 1024;
  QuantizeOptions options;
};

struct Images {
  std::vector<HostBatch> calibration, check;
};

std::vector<HostBatch> batches_of(const ExampleImages& images, const Preprocessing& preprocessing) {
  std::vector<HostBatch> batches;
  for_each_batch(images, preprocessing, [&](const HostBatch& batch) { batches.push_back(batch); });
  return batches;
}

/// Images of two splits, or, where both are the same, batches of one split dealt out in turns.
Images images_of(const QuantizeArguments& a, const Preprocessing& preprocessing) {
  ExampleImages wanted = a.images;
  if (!a.check_split.empty() && a.check_split != wanted.split) {
    wanted.most = a.calibration_images;
    Images images{batches_of(wanted, preprocessing), {}};
    wanted.split = a.check_split;
    wanted.most = a.check_images;
    images.check = batches_of(wanted, preprocessing);
    return images;
  }
  wanted.most = a.calibration_images + a.check_images;
  Images images;
  std::int64_t dealt = 0;
  for (auto& batch : batches_of(wanted, preprocessing)) {
    const bool observe = dealt * a.calibration_images / wanted.most < (dealt + 1) * a.calibration_images / wanted.most;
    (observe ? images.calibration : images.check).push_back(std::move(batch));
    ++dealt;
  }
  return images;
}

std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

std::string as_text(const QuantizeArguments& a, const QuantizeResult& result) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& c : result.checks)
    rows.push_back({c.precision, std::to_string(c.images), percent(c.agreement), c.labelled > 0 ? percent(c.accuracy) : "-",
                    c.passed ? "passed" : "FAILED"});
  std::string out = text_table({"precision", "images", "as_fp32", "accuracy", "result"}, rows);
  out += fmt::format("\n{} of {} layers stay in higher precision{}\nfile  {}\n", result.float_nodes.size(), result.layers,
                     result.float_nodes.empty() ? "" : fmt::format(": {}", fmt::join(result.float_nodes, ", ")), a.output);
  return out;
}

std::string as_json(const QuantizeArguments& a, const QuantizeResult& result) {
  nlohmann::ordered_json out{{"file", a.output}, {"layers", result.layers}, {"float_layers", result.float_nodes}};
  for (const auto& c : result.checks)
    out["precisions"][c.precision] = {{"images", c.images},
                                      {"agreement", c.agreement},
                                      {"labelled", c.labelled},
                                      {"accuracy", c.accuracy},
                                      {"passed", c.passed}};
  return json_text(out, 2);
}

int run_quantize(Session& session, QuantizeArguments& a) {
  require_format(session, {"text", "json"}, "quantize");
  const auto model = ExpressionModel::load(a.model, {.precision = "fp32", .threads = a.options.threads});
  const auto& preprocessing = model->info().preprocessing;
  const auto progress = make_progress(session, true);
  prepare_output_file(a.output, *progress);
  const auto images = images_of(a, preprocessing);
  const auto result = quantize(a.model, a.output, images.calibration, images.check, a.options, *progress);
  print_result(session.json() ? as_json(a, result) : as_text(a, result));
  for (const auto& check : result.checks)
    if (check.precision == "int8" && !check.passed)
      throw Error(ErrorCode::bad_data, a.output + ": int8 does not reach the limits, 'auto' will not take it",
                  "Calibrate on more images of the kind that it will see.");
  suggest_next("mien predict --weights " + shell_word(a.output) + " --precision int8 FACE.png");
  return 0;
}

}  // namespace

void add_quantize_command(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("quantize", "Observe an ONNX file's ranges on images, so that it runs in int8");
  auto a = std::make_shared<QuantizeArguments>();
  a->images.split = "train";
  command->add_option("model", a->model, "ONNX file that mien exported")->required()->check(refuse_flag_as_value);
  command->add_option("--output", a->output, "ONNX file to write: the same weights, with ranges and checks in its metadata")
      ->required()
      ->check(refuse_flag_as_value);
  command->add_option("--data", a->images.data.spec, "Data set, FORMAT:PATH")->required()->check(refuse_flag_as_value);
  command->add_option("--split", a->images.split, "Split whose images are observed; all = every image")->capture_default_str();
  command->add_option("--check-split", a->check_split,
                      "Split on which bf16 and int8 are compared with fp32; default: other images of the first");
  command->add_option("--images", a->calibration_images, "Images to observe at most")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str();
  command->add_option("--check-images", a->check_images, "Images to compare on at most")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str();
  command->add_option("--percentile", a->options.percentile, "Share of the magnitudes that a range covers")
      ->check(CLI::Range(0.5, 1.0))
      ->capture_default_str();
  command->add_option("--least-int8", a->options.least_int8, "Share of equal answers that int8 must reach")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--least-bf16", a->options.least_bf16, "Share of equal answers that bf16 must reach")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--most-accuracy-loss", a->options.most_accuracy_loss, "Accuracy that may be lost where images have labels")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--threads", a->options.threads, "Computing threads; 0 = all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->callback([&session, a] { session.action = [&session, a] { return run_quantize(session, *a); }; });
}

}  // namespace mien::cli
