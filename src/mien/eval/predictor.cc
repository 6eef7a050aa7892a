// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/eval/predictor.h"

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/eval/load_method.h"
#include "mien/methods/compute.h"
#include "mien/methods/inference.h"
#include "mien/pipeline/expression_model.h"
#include "mien/pipeline/find_weights.h"

namespace mien {

struct Predictor::State {
  WeightsInfo info;
  ComputePlan plan;
  InferenceOptions inference;
  std::unique_ptr<Method> method;
};

Predictor::Predictor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;
const WeightsInfo& Predictor::info() const { return state_->info; }
std::string Predictor::compute_text() const { return "libtorch, " + state_->plan.text(); }

Predictor Predictor::load(const fs::path& path, const FaceClassifierOptions& options) {
  const fs::path file = find_weights(path);
  if (options.precision == "int8")
    throw Error(ErrorCode::usage, file.string() + ": libtorch does not compute these weights in int8",
                "Export them and use --runtime onnx.");
  LoadedMethod loaded = load_method(file);
  auto state = std::make_unique<State>();
  state->info = std::move(loaded.info);
  state->method = std::move(loaded.method);
  state->plan = plan_compute(options.precision, options.device, options.threads);
  state->inference.bf16 = state->plan.bf16;
  state->inference.flip = options.flip;
  apply_plan(state->plan);
  place_module(state->method->module(), state->plan);
  state->inference.channels_last = state->plan.channels_last;
  return Predictor(std::move(state));
}

FaceAnswers Predictor::answer(const HostBatch& host) {
  const Preprocessing& p = state_->info.preprocessing;
  if (host.channels != p.channels() || host.height != p.height || host.width != p.width)
    throw Error(ErrorCode::mismatch, "images of another size than the preprocessing of the weights makes were given");
  if (host.size == 0) return {static_cast<int>(state_->info.class_names.size()), {}, {}};
  const Batch batch = to_batch(host, state_->plan.device, state_->plan.channels_last);
  return to_answers(answer_batch(*state_->method, batch, state_->plan.device, state_->inference));
}

std::unique_ptr<FaceClassifier> open_classifier(const fs::path& path, const FaceClassifierOptions& options) {
  const fs::path file = find_weights(path);
  if (options.runtime == "onnx" || (options.runtime == "auto" && is_onnx(file)))
    return ExpressionModel::load(find_onnx(file), options);
  if (is_onnx(file))
    throw Error(ErrorCode::usage, "--runtime torch: " + file.string() + " is an ONNX file, and libtorch reads safetensors files");
  return std::make_unique<Predictor>(Predictor::load(file, options));
}

}  // namespace mien
