// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/base/utf8.h"
#include "mien/cli/commands.h"
#include "mien/cli/flags.h"
#include "mien/cli/locations.h"
#include "mien/cli/session.h"
#include "mien/cli/standard_output.h"
#include "mien/pipeline/expression_model.h"
#include "mien/pipeline/face_files.h"
#include "mien/pipeline/find_weights.h"
#ifdef MIEN_WITH_TORCH
#include "mien/eval/predictor.h"
#endif

namespace mien::cli {
namespace {

struct PredictArguments {
  std::vector<std::string> inputs;
  std::string weights;
  FaceClassifierOptions compute;
  std::int64_t batch_size = 64;
  double max_bad_share = 0.5;
  bool strict = false;
};

/// Rows in the session's format.
class RowWriter {
 public:
  RowWriter(const Session& session, const std::vector<std::string>& names) : session_(session), names_(names) {
    if (!session.csv()) return;
    std::vector<std::string> header = {"image", "label", "confidence"};
    for (const auto& name : names) header.push_back("p_" + name);
    header.insert(header.end(), {"valence", "arousal", "error"});
    write_output(csv_line(header));
  }

  void write(const FaceRow& row) const {
    if (session_.json()) write_output(json_line(row) + "\n");
    else if (session_.csv()) write_output(csv_line(csv_row(row)));
    else write_output(text_line(row) + "\n");
  }

 private:
  const std::string& name(int label) const { return names_[static_cast<std::size_t>(label)]; }

  std::string json_line(const FaceRow& row) const {
    nlohmann::ordered_json j{{"image", row.file}};
    if (!row.prediction) {
      j["error"] = row.error;
      return json_text(j);
    }
    j["label"] = name(row.prediction->label);
    j["confidence"] = row.prediction->confidence;
    for (std::size_t c = 0; c < names_.size(); ++c) j["probabilities"][names_[c]] = row.prediction->probabilities[c];
    if (row.prediction->has_valence_arousal) {
      j["valence"] = row.prediction->valence;
      j["arousal"] = row.prediction->arousal;
    }
    return json_text(j);
  }

  std::vector<std::string> csv_row(const FaceRow& row) const {
    std::vector<std::string> cells = {row.file};
    if (!row.prediction) {
      cells.resize(names_.size() + 5);
      cells.push_back(row.error);
      return cells;
    }
    cells.push_back(name(row.prediction->label));
    cells.push_back(fmt::format("{:.6f}", row.prediction->confidence));
    for (float p : row.prediction->probabilities) cells.push_back(fmt::format("{:.6f}", p));
    const bool va = row.prediction->has_valence_arousal;
    cells.push_back(va ? fmt::format("{:.4f}", row.prediction->valence) : "");
    cells.push_back(va ? fmt::format("{:.4f}", row.prediction->arousal) : "");
    cells.emplace_back();
    return cells;
  }

  std::string text_line(const FaceRow& row) const {
    if (!row.prediction) return shown_name(row.file) + "  error: " + shown_name(row.error);
    std::vector<std::size_t> order(names_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto& p = row.prediction->probabilities;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] > p[b]; });
    std::string line = fmt::format("{}  {:<10} {:5.1f} %", shown_name(row.file), names_[order[0]], 100 * p[order[0]]);
    for (std::size_t k = 1; k < std::min<std::size_t>(3, order.size()); ++k) line += fmt::format("   {} {:.1f} %", names_[order[k]], 100 * p[order[k]]);
    return line;
  }

  const Session& session_;
  std::vector<std::string> names_;
};

/// The given weights; else those that come with mien, as an ONNX file unless libtorch was asked for.
fs::path weights_of(const Session& session, const PredictArguments& arguments) {
  const bool torch = arguments.compute.runtime == "torch" || arguments.compute.device == "cuda";
  std::vector<std::string> endings = {".safetensors"};
  if (!torch) endings.insert(endings.begin(), ".onnx");
  return weights_or_default(arguments.weights, endings, model_places(session));
}

std::unique_ptr<FaceClassifier> classifier_of(const fs::path& weights, const PredictArguments& arguments) {
#ifdef MIEN_WITH_TORCH
  return open_classifier(weights, arguments.compute);
#else
  if (arguments.compute.runtime == "torch")
    throw Error(ErrorCode::usage, "--runtime torch: this mien was built without libtorch", "Use --runtime onnx.");
  return ExpressionModel::load(find_onnx(weights), arguments.compute);
#endif
}

int run_predict(Session& session, const PredictArguments& arguments) {
  const auto [files, left_out] = list_face_files(arguments.inputs, std::cin);
  const fs::path weights = weights_of(session, arguments);
  const auto classifier = classifier_of(weights, arguments);
  const auto progress = make_progress(session, false);
  progress->info(weights.string() + ": " + classifier->compute_text());
  const RowWriter writer(session, classifier->info().class_names);
  const std::int64_t bad = predict_files(*classifier, files, arguments.batch_size, static_cast<int>(arguments.compute.threads), arguments.max_bad_share,
                                         *progress, session.stop, [&](const FaceRow& row) { writer.write(row); });
  if (bad > 0) progress->warn(fmt::format("{} of {} files failed", bad, files.size()));
  if (!left_out.empty()) progress->warn(left_out_text(left_out));
  return bad == 0 && !(arguments.strict && any_lost(left_out)) ? 0 : 1;
}

}  // namespace

void add_predict_command(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("predict", "Label face crops: files, folders, patterns, or a list on stdin (-)");
  auto a = std::make_shared<PredictArguments>();
  command->add_option("inputs", a->inputs, "Image files, folders, patterns such as 'faces/*.png', or - for a list on stdin")->required();
  command->add_option("--weights", a->weights, "Weights file or run folder; default: the weights that come with mien")->check(refuse_flag_as_value);
  command->add_option("--batch-size", a->batch_size, "Images a batch")->check(CLI::Range(1, 100000))->capture_default_str();
  command->add_option("--runtime", a->compute.runtime, "What computes: onnx = mien's own, on an ONNX file; auto = by the file")
      ->check(CLI::IsMember({"auto", "onnx", "torch"}))
      ->capture_default_str();
  command->add_option("--precision", a->compute.precision, "Arithmetic; int8 for calibrated ONNX files")
      ->check(CLI::IsMember({"auto", "fp32", "bf16", "int8"}))
      ->capture_default_str();
  command->add_option("--device", a->compute.device, "Where to compute")->check(CLI::IsMember({"auto", "cpu", "cuda"}))->capture_default_str();
  command->add_option("--threads", a->compute.threads, "Computing threads; 0 = all cores")->check(CLI::Range(0, 1024))->capture_default_str();
  command->add_flag("--flip-average", a->compute.flip, "Average the answers for the image and its mirror image");
  command->add_option("--model-budget", a->compute.model_budget, "Factor on what an ONNX file may cost in nodes, memory and arithmetic; 0 = no limit")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
  command->add_option("--max-bad-share", a->max_bad_share, "Stop when more files than this share fail (20 files or more)")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_flag("--strict", a->strict, "Exit with 1 when something below the folders was left out");
  command->callback([&session, a] { session.action = [&session, a] { return run_predict(session, *a); }; });
}

}  // namespace mien::cli
