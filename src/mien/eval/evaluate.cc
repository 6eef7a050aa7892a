// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/eval/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <sstream>
#include <unordered_set>

#include "mien/base/csv_cells.h"
#include "mien/base/error.h"
#include "mien/base/file_list.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/eval/predictor.h"
#include "mien/nn/weights.h"
#include "mien/pipeline/dataset_answers.h"
#include "mien/pipeline/find_weights.h"
#include "mien/report/show.h"

namespace mien {

void describe(EvaluateConfig& c, OptionTable& t) {
  describe(c.data, t);
  const std::string s = "evaluation";
  t.add(s, "weights", &c.weights, "Weights file or run folder");
  t.add(s, "split", &c.split, "Split to score; all = every image");
  t.add(s, "exclude", &c.exclude, "Text or CSV files naming images to leave out");
  t.add(s, "runtime", &c.compute.runtime, "What computes: onnx = mien's own, on an ONNX file; auto = by the file").one_of({"auto", "onnx", "torch"});
  t.add(s, "precision", &c.compute.precision, "Arithmetic; int8 for calibrated ONNX files").one_of({"auto", "fp32", "bf16", "int8"});
  t.add(s, "device", &c.compute.device, "Where to compute").one_of({"auto", "cpu", "cuda"});
  t.add(s, "threads", &c.compute.threads, "Computing threads; 0 = all cores").range(0, 1024);
  t.add(s, "flip_average", &c.compute.flip, "Average the answers for the image and its mirror image");
  t.add(s, "model_budget", &c.compute.model_budget, "Factor on what an ONNX file may cost in nodes, memory and arithmetic; 0 = no limit").range(0, 1e9);
  t.add(s, "batch_size", &c.batch_size, "Images a batch").range(1, 1e5);
  t.add(s, "loader_threads", &c.loader_threads, "Threads that decode").range(0, 1024);
  t.add(s, "max_bad_share", &c.max_bad_share, "Stop when more files than this share cannot be read").range(0, 1);
  t.add(s, "bootstrap", &c.bootstrap, "Bootstrap resamples for the 95 % intervals; 0 = none").range(0, 1e6);
  t.add(s, "seed", &c.seed, "Seed of the bootstrap").range(0, 9e15);
  t.add(s, "hardest", &c.hardest, "Mistakes on the contact sheet").range(0, 400);
  t.add(s, "calibrate", &c.calibrate, "Fit the temperature on this split (a validation split!) and store it with the weights");
}

std::vector<std::string> read_image_names(const fs::path& file) {
  if (file.extension() != ".csv") {
    std::istringstream list(read_text(file));
    return read_file_list(list, file.string());
  }
  std::vector<std::string> names;
  const CsvTable table = read_csv(file, true);
  const int image = std::max(table.column("image", false), 0);
  const int drop = table.column("drop", false), folder = table.column("folder", false);
  for (const auto& row : table.rows) {
    const auto cell = [&](int c) { return trim(row[static_cast<std::size_t>(c)]); };
    if (drop >= 0 && (cell(drop) == "0" || cell(drop).empty())) continue;
    const std::string name = folder >= 0 ? cell(folder) + "/" + cell(image) : cell(image);
    names.push_back(name);
    if (const std::string text = text_of_cell(name); text != name) names.push_back(text);  // a list that mien wrote, or one that it did not
  }
  return names;
}

namespace {

/// Removes the named images: a name matches a record's whole id, its last path part, or its last two.
std::int64_t exclude(Dataset& data, const std::vector<std::string>& names) {
  const std::unordered_set<std::string> wanted(names.begin(), names.end());
  const auto matches = [&](const Record& r) {
    const fs::path path(r.id);
    return wanted.count(r.id) || wanted.count(path.filename().string()) ||
           wanted.count((path.parent_path().filename() / path.filename()).string());
  };
  const auto before = data.size();
  std::erase_if(data.records, matches);
  return before - data.size();
}

/// Cross entropy of each answered image.
std::vector<double> losses(const Predictions& p) {
  const auto probability = probabilities(p);
  std::vector<double> out(p.labels.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = -std::log(std::max(probability[i * static_cast<std::size_t>(p.classes) + static_cast<std::size_t>(p.labels[i])], 1e-300));
  return out;
}

std::vector<SheetTile> hardest_mistakes(const DatasetAnswers& answers, const Dataset& data, std::int64_t count, Progress& progress) {
  const auto loss = losses(answers.predictions);
  std::vector<std::size_t> order(loss.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return loss[a] > loss[b]; });
  const auto& p = answers.predictions;
  std::vector<SheetTile> tiles;
  for (std::size_t i : order) {
    if (static_cast<std::int64_t>(tiles.size()) >= count) break;
    const float* row = p.logits.data() + i * static_cast<std::size_t>(p.classes);
    const auto predicted = static_cast<std::size_t>(std::max_element(row, row + p.classes) - row);
    if (static_cast<int>(predicted) == p.labels[i]) break;
    const auto& names = data.labels.names();
    // It was read before; should it have gone meanwhile, the scores stand all the same.
    const std::string note = show_or_say(p.ids[i], [&] {
      tiles.push_back({data.load(answers.indices[i]).image, names[static_cast<std::size_t>(p.labels[i])] + " > " + names[predicted]});
    });
    if (!note.empty()) progress.warn(note);
  }
  return tiles;
}

Dataset open_for(const EvaluateConfig& config, const WeightsInfo& info, Progress& progress, EvaluationResult& result) {
  ReadReport report;
  Dataset data = open_dataset(config.data, &report);
  for (const auto& line : report.lines)
    if (line.problem) progress.warn(line.text);
  if (config.split != "all") data = select_split(data, config.split);
  std::erase_if(data.records, [](const Record& r) { return r.annotations.label < 0; });
  const auto fact = [&](const std::string& key, const std::string& value) { result.facts.emplace_back(key, value); };
  fact("data", config.data.spec + ", split " + config.split);
  if (!config.exclude.empty()) {
    std::vector<std::string> names;
    for (const auto& file : config.exclude)
      for (auto& name : read_image_names(file)) names.push_back(std::move(name));
    fact("excluded", fmt::format("{} images named in {}", exclude(data, names), join(config.exclude, ", ")));
  }
  std::map<std::string, int> dropped;
  data = map_to_label_space(data, LabelSpace(info.label_space, info.class_names), &dropped);
  for (const auto& [name, count] : dropped) fact("not scored", fmt::format("{} images of class '{}', unknown to the weights", count, name));
  if (data.size() == 0)
    throw Error(ErrorCode::bad_data, config.data.spec + ": no image is left to score in split '" + config.split + "'",
                "The weights know: " + join(info.class_names, ", ") + ".");
  return data;
}

void calibrate(const EvaluateConfig& config, EvaluationResult& result) {
  const fs::path file = find_weights(config.weights);
  State state = load_state(file);
  state.info->temperature = fit_temperature(result.predictions);
  result.facts.emplace_back("calibration", fmt::format("temperature {:.4f} fitted on this split and stored in {}", state.info->temperature, file.string()));
  for (const auto& [key, value] : to_metadata(*state.info)) state.metadata[key] = value;
  save_state(file, state);
  result.predictions.temperature = state.info->temperature;
}

}  // namespace

EvaluationResult evaluate(const EvaluateConfig& config, Progress& progress) {
  if (config.weights.empty()) throw Error(ErrorCode::usage, "no weights given", "Name a file or run folder with --weights.");
  if (config.data.spec.empty()) throw Error(ErrorCode::usage, "no data set given", "Name one with --data FORMAT:PATH; 'mien data formats' lists them.");
  if (config.calibrate && (config.compute.runtime == "onnx" || is_onnx(config.weights)))
    throw Error(ErrorCode::usage, config.weights + ": --calibrate stores the temperature in a safetensors file, computed by libtorch",
                "Calibrate the weights, then export them again.");
  const auto classifier = open_classifier(config.weights, config.compute);
  const WeightsInfo& info = classifier->info();
  EvaluationResult result;
  result.class_names = info.class_names;
  result.title = info.network.arch + " on " + config.data.spec + " (" + config.split + ")";
  result.facts = {{"weights", find_weights(config.weights).string()}, {"trained on", info.training_data}};
  const Dataset data = open_for(config, info, progress, result);

  LoaderOptions options;
  options.batch_size = config.batch_size;
  options.threads = config.loader_threads;
  options.max_bad_share = config.max_bad_share;
  SamplerOptions in_order;
  in_order.kind = "sequential";
  Loader loader(std::make_shared<Dataset>(data), info.preprocessing, std::nullopt, in_order, options);
  progress.begin("evaluating", data.size());
  const DatasetAnswers answers = answer_dataset([&](const HostBatch& batch) { return classifier->answer(batch); }, loader, data.records, progress);
  result.predictions = answers.predictions;
  result.predictions.temperature = info.temperature;
  for (const BadSample& bad : answers.bad) result.failures.push_back({bad.id, bad.reason});
  if (config.calibrate) calibrate(config, result);
  result.metrics = classification_metrics(result.predictions);
  if (config.bootstrap > 0)
    result.intervals = bootstrap_intervals(result.predictions, static_cast<int>(config.bootstrap), static_cast<std::uint64_t>(config.seed));
  if (!answers.valence_truth.empty()) {
    result.valence = regression_metrics(answers.valence_truth, answers.valence_predicted);
    result.arousal = regression_metrics(answers.arousal_truth, answers.arousal_predicted);
  }
  result.hardest = hardest_mistakes(answers, data, config.hardest, progress);
  result.facts.emplace_back("compute", classifier->compute_text() + (config.compute.flip ? ", averaged with the mirror image" : ""));
  result.facts.emplace_back("failed files", std::to_string(result.failures.size()));
  progress.end(fmt::format("{} images scored, {} failed", result.metrics.n, result.failures.size()));
  return result;
}

}  // namespace mien
