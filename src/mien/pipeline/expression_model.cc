// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/pipeline/expression_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/runtime/runtime.h"

namespace mien {
namespace {

namespace fs = std::filesystem;
using runtime::Model;
using runtime::TensorInfo;

std::string text_of(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const auto d : shape) text += (text.empty() ? "" : "x") + (d < 0 ? std::string("?") : std::to_string(d));
  return "[" + text + "]";
}

WeightsInfo info_of(const Model& model, const std::string& file) {
  auto info = from_metadata(model.metadata(), file);
  const std::string hint = "Only files written by 'mien export' say which classes and preprocessing they are for.";
  if (!info) throw Error(ErrorCode::bad_file, file + ": not exported by mien: lacks the metadata entry 'mien.format'", hint);
  if (info->class_names.empty())
    throw Error(ErrorCode::bad_file, file + ": not exported by mien: lacks the class names in its metadata", hint);
  return *info;
}

std::size_t find_output(const Model& model, const std::string& name) {
  const auto& outputs = model.outputs();
  return static_cast<std::size_t>(
      std::find_if(outputs.begin(), outputs.end(), [&](const TensorInfo& o) { return o.name == name; }) - outputs.begin());
}

bool fits(std::int64_t declared, std::int64_t wanted) { return declared < 0 || declared == wanted; }

void check_input(const Model& model, const Preprocessing& p, const std::string& file) {
  if (model.inputs().size() != 1)
    throw Error(ErrorCode::mismatch,
                fmt::format("{}: the network has {} inputs, one image input is expected", file, model.inputs().size()));
  const TensorInfo& input = model.inputs()[0];
  const auto& s = input.shape;
  if (input.type != runtime::ElementType::f32 || s.size() != 4 || !fits(s[1], p.channels()) || !fits(s[2], p.height) ||
      !fits(s[3], p.width))
    throw Error(ErrorCode::mismatch,
                fmt::format("{}: input '{}' is {} {}, but the metadata describe images f32 [?x{}x{}x{}]", file, input.name,
                            runtime::name_of(input.type), text_of(s), p.channels(), p.height, p.width));
}

std::size_t logits_output(const Model& model, std::size_t classes, const std::string& file) {
  const std::size_t index = find_output(model, "logits");
  if (index == model.outputs().size()) {
    std::vector<std::string> names;
    for (const auto& output : model.outputs()) names.push_back(output.name);
    throw Error(ErrorCode::mismatch, file + ": the network has no output 'logits'; its outputs: " + join(names, ", "),
                "Export it again with logits among --outputs.");
  }
  const auto& shape = model.outputs()[index].shape;
  if (shape.size() == 2 && !fits(shape[1], static_cast<std::int64_t>(classes)))
    throw Error(ErrorCode::mismatch,
                fmt::format("{}: output 'logits' is {}, but the metadata name {} classes", file, text_of(shape), classes));
  return index;
}

/// The batch with every image mirrored left to right.
HostBatch mirrored(HostBatch batch) {
  for (auto row = batch.images.begin(); row != batch.images.end(); row += batch.width) std::reverse(row, row + batch.width);
  return batch;
}

/// Rows of log-probabilities that average the probabilities of both answers.
void average(FaceAnswers& a, const FaceAnswers& b) {
  const auto classes = static_cast<std::size_t>(a.classes);
  const auto p = to_predictions(a, 1), q = to_predictions(b, 1);
  for (std::size_t i = 0; i < a.logits.size(); ++i)
    a.logits[i] =
        std::log(std::max((p[i / classes].probabilities[i % classes] + q[i / classes].probabilities[i % classes]) / 2, 1e-12f));
  for (std::size_t i = 0; i < a.valence_arousal.size(); ++i)
    a.valence_arousal[i] = (a.valence_arousal[i] + b.valence_arousal[i]) / 2;
}

}  // namespace

struct ExpressionModel::State {
  State(std::string origin, Model network)
      : file(std::move(origin)), model(std::move(network)), session(model), info(info_of(model, file)) {
    check_input(model, info.preprocessing, file);
    logits = logits_output(model, info.class_names.size(), file);
    const std::size_t va = find_output(model, "valence_arousal");
    if (va != model.outputs().size()) valence_arousal = va;
    if (model.inputs()[0].shape[0] > 0) fixed_batch = model.inputs()[0].shape[0];
  }

  std::string file;
  Model model;
  runtime::Session session;
  WeightsInfo info;
  std::size_t logits = 0;
  std::optional<std::size_t> valence_arousal;
  std::optional<std::int64_t> fixed_batch;
  bool flip = false;

  /// Appends `rows` rows of an output that has `columns` a row.
  void take(const runtime::TensorView& output, std::int64_t rows, std::size_t columns, const char* name,
            std::vector<float>& to) const {
    if (output.shape.size() != 2 || output.shape[0] < rows || output.shape[1] != static_cast<std::int64_t>(columns))
      throw Error(ErrorCode::mismatch, fmt::format("{}: output '{}' came out as {}, expected [{}x{}]", file, name,
                                                   text_of(output.shape), rows, columns));
    const float* values = output.values<float>();
    to.insert(to.end(), values, values + static_cast<std::size_t>(rows) * columns);
  }

  void run(const float* images, std::int64_t rows, std::int64_t counted, FaceAnswers& to) {
    const Preprocessing& p = info.preprocessing;
    const auto& outputs = session.run({{{rows, p.channels(), p.height, p.width}, images}});
    take(outputs[logits], counted, info.class_names.size(), "logits", to.logits);
    if (valence_arousal) take(outputs[*valence_arousal], counted, 2, "valence_arousal", to.valence_arousal);
  }

  FaceAnswers answer(const HostBatch& batch) {
    FaceAnswers answers;
    answers.classes = static_cast<int>(info.class_names.size());
    const std::int64_t step = fixed_batch.value_or(batch.size);
    const std::size_t per_image = batch.images.size() / static_cast<std::size_t>(batch.size);
    for (std::int64_t begin = 0; begin < batch.size; begin += step) {
      const std::int64_t count = std::min<std::int64_t>(step, batch.size - begin);
      const float* images = batch.images.data() + static_cast<std::size_t>(begin) * per_image;
      std::vector<float> filled_up;
      if (count < step) {
        filled_up.assign(images, images + static_cast<std::size_t>(count) * per_image);
        filled_up.resize(static_cast<std::size_t>(step) * per_image);
        images = filled_up.data();
      }
      run(images, step, count, answers);
    }
    return answers;
  }
};

ExpressionModel::ExpressionModel(std::unique_ptr<State> state) : state_(std::move(state)) {}
ExpressionModel::~ExpressionModel() = default;
const WeightsInfo& ExpressionModel::info() const { return state_->info; }

std::string ExpressionModel::compute_text() const {
  const Model& m = state_->model;
  return fmt::format("mien runtime, CPU, {} thread{}, {} ({})", m.threads(), m.threads() == 1 ? "" : "s",
                     runtime::name_of(m.precision()), m.precision_reason());
}

std::unique_ptr<ExpressionModel> ExpressionModel::load(const fs::path& file, const FaceClassifierOptions& options) {
  if (options.device == "cuda")
    throw Error(ErrorCode::usage, "--device cuda: ONNX files run on the CPU", "Use --runtime torch with a safetensors file.");
  runtime::ModelOptions model_options;
  model_options.precision = runtime::precision_from(options.precision);
  model_options.threads = static_cast<int>(std::clamp<std::int64_t>(options.threads, 0, std::numeric_limits<int>::max()));
  model_options.budget = options.model_budget;
  auto state = std::make_unique<State>(file.string(), Model::load(file.string(), model_options));
  state->flip = options.flip;
  return std::unique_ptr<ExpressionModel>(new ExpressionModel(std::move(state)));
}

bool ExpressionModel::has_valence_arousal() const { return state_->valence_arousal.has_value(); }

std::unique_ptr<ExpressionModel> ExpressionModel::clone() const {
  auto state = std::make_unique<State>(state_->file, state_->model);
  state->flip = state_->flip;
  return std::unique_ptr<ExpressionModel>(new ExpressionModel(std::move(state)));
}

FaceAnswers ExpressionModel::answer(const HostBatch& batch) {
  const Preprocessing& p = state_->info.preprocessing;
  if (batch.channels != p.channels() || batch.height != p.height || batch.width != p.width)
    throw Error(ErrorCode::mismatch, fmt::format("{}: images of {}x{}x{} were given, the network takes {}x{}x{}", state_->file,
                                                 batch.channels, batch.height, batch.width, p.channels(), p.height, p.width));
  if (batch.size == 0) return {static_cast<int>(state_->info.class_names.size()), {}, {}};
  FaceAnswers answers = state_->answer(batch);
  if (state_->flip) average(answers, state_->answer(mirrored(batch)));
  return answers;
}

}  // namespace mien
