// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/eval/predictor.h"

#include <algorithm>
#include <cmath>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/eval/predictor_state.h"
#include "mien/loading/transform.h"
#include "mien/methods/catalogue.h"
#include "mien/nn/weights.h"

namespace mien {
namespace {

/// The method that the weights were trained with: from the stored recipe, else a plain classifier around the network.
MethodConfig method_of(const WeightsInfo& info, const std::string& origin) {
  MethodConfig config;
  if (!info.recipe.empty()) {
    OptionTable table;
    describe(config, table);
    table.read_toml_text(info.recipe, origin, OptionTable::Unknown::ignore);
  }
  config.network = info.network;
  return config;
}

std::vector<FacePrediction> to_predictions(const MethodOutput& out, double temperature) {
  const auto p = torch::softmax(out.logits / temperature, 1).contiguous();
  std::vector<FacePrediction> faces(static_cast<std::size_t>(p.size(0)));
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const float* row = p.data_ptr<float>() + static_cast<std::int64_t>(i) * p.size(1);
    faces[i].probabilities.assign(row, row + p.size(1));
    const auto top = std::max_element(faces[i].probabilities.begin(), faces[i].probabilities.end());
    faces[i].label = static_cast<int>(top - faces[i].probabilities.begin());
    faces[i].confidence = *top;
    if (!out.valence_arousal.defined()) continue;
    faces[i].has_valence_arousal = true;
    faces[i].valence = out.valence_arousal[static_cast<std::int64_t>(i)][0].item<float>();
    faces[i].arousal = out.valence_arousal[static_cast<std::int64_t>(i)][1].item<float>();
  }
  return faces;
}

}  // namespace

fs::path find_weights(const fs::path& path) {
  if (fs::is_directory(path)) {
    const fs::path best = path / "weights" / "best.safetensors";
    if (fs::exists(best)) return best;
    throw Error(ErrorCode::not_found, path.string() + ": holds no weights/best.safetensors", "Give a run folder of 'mien train' or a weights file.");
  }
  if (!fs::exists(path)) throw Error(ErrorCode::not_found, path.string() + ": no such file", "Train one with 'mien train', or use models/mien-ferplus.safetensors.");
  return path;
}

Predictor::Predictor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;
const WeightsInfo& Predictor::info() const { return state_->info; }
std::string Predictor::compute_text() const { return state_->plan.text(); }

Predictor Predictor::load(const fs::path& path, const PredictorOptions& options) {
  const fs::path file = find_weights(path);
  const ::mien::State weights = load_state(file);
  if (!weights.info)
    throw Error(ErrorCode::bad_file, file.string() + ": the file does not say which network, classes and preprocessing it is for",
                "Convert it first: mien models import FILE --arch NAME --output W.safetensors");
  auto state = std::make_unique<State>();
  state->info = *weights.info;
  state->plan = plan_compute(options.precision, options.device, options.threads);
  state->inference.bf16 = state->plan.bf16;
  state->inference.flip = options.flip;
  apply_plan(state->plan);
  TaskInfo task;
  task.labels = LabelSpace(state->info.label_space, state->info.class_names);
  task.class_counts.assign(state->info.class_names.size(), 1);
  task.preprocessing = state->info.preprocessing;
  state->method = create_method(method_of(state->info, file.string()), task);
  load_into(state->method->module(), weights);
  state->method->module().eval();
  place_module(state->method->module(), state->plan);
  state->inference.channels_last = state->plan.channels_last;
  return Predictor(std::move(state));
}

std::vector<FacePrediction> Predictor::predict(const std::vector<cv::Mat>& crops) {
  if (crops.empty()) return {};
  const Preprocessing& pre = state_->info.preprocessing;
  HostBatch host;
  host.size = static_cast<int>(crops.size());
  host.channels = pre.channels();
  host.height = pre.height;
  host.width = pre.width;
  const std::size_t per_image = static_cast<std::size_t>(host.channels) * static_cast<std::size_t>(host.height * host.width);
  host.images.resize(per_image * crops.size());
  for (std::size_t i = 0; i < crops.size(); ++i) {
    Sample sample;
    sample.image = crops[i];
    fit_to_input(sample, pre);
    write_normalized(sample.image, pre, host.images.data() + i * per_image);
  }
  const Batch batch = to_batch(host, state_->plan.device, state_->plan.channels_last);
  return to_predictions(answer_batch(*state_->method, batch, state_->plan.device, state_->inference), state_->info.temperature);
}

}  // namespace mien
