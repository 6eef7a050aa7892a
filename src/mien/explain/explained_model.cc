// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/explained_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien {
namespace {

ExplainedModel::Forward forward_of(Method& method) {
  if (auto* network = dynamic_cast<Network*>(&method.module()))
    return [network](const torch::Tensor& images, Taps& taps) { return network->forward(images, taps); };
  return [&method](const torch::Tensor& images, Taps&) {
    Batch batch;
    batch.images = images;
    return method.forward(batch).logits;
  };
}

std::vector<std::string> taps_of(Method& method) {
  const auto* network = dynamic_cast<Network*>(&method.module());
  return network ? network->tap_names() : std::vector<std::string>{};
}

}  // namespace

ExplainedModel::ExplainedModel(Forward forward, const std::vector<std::string>& tap_names, const torch::Tensor& example)
    : forward_(std::move(forward)) {
  find_layers(tap_names, example);
}

ExplainedModel::ExplainedModel(Method& method, const torch::Tensor& example) : forward_(forward_of(method)), method_(&method) {
  find_layers(taps_of(method), example);
}

void ExplainedModel::find_layers(const std::vector<std::string>& tap_names, const torch::Tensor& example) {
  torch::NoGradGuard no_grad;
  Taps taps({tap_names.begin(), tap_names.end()});
  forward_(example, taps);
  for (const auto& name : tap_names) {
    const auto found = taps.found.find(name);
    if (found == taps.found.end() || found->second.dim() != 4) continue;
    const auto& map = found->second;
    if (map.size(2) * map.size(3) > 1) layers_.push_back({name, map.size(1), map.size(2), map.size(3)});
  }
}

torch::Tensor ExplainedModel::logits(const torch::Tensor& images) const {
  Taps taps;
  return forward_(images, taps);
}

torch::Tensor ExplainedModel::logits(const torch::Tensor& images, const std::string& layer, torch::Tensor& inner) const {
  Taps taps({layer});
  auto answer = forward_(images, taps);
  inner = taps.found.at(layer);
  return answer;
}

std::map<std::string, torch::Tensor> ExplainedModel::own_pictures(const torch::Tensor& images) const {
  if (!method_) return {};
  torch::NoGradGuard no_grad;
  Batch batch;
  batch.images = images;
  return method_->forward(batch).pictures;
}

const InnerLayer& ExplainedModel::layer(const std::string& name) const {
  if (layers_.empty())
    throw Error(ErrorCode::usage, "this network shows no inner layer that is a map",
                "Use methods that need none: gradient, gradient_x_input, integrated_gradients, occlusion.");
  if (name.empty()) return layers_.back();
  std::vector<std::string> names, shapes;
  for (const auto& layer : layers_) {
    if (layer.name == name) return layer;
    names.push_back(layer.name);
  }
  const std::string nearest = nearest_name(name, names);
  std::stable_partition(names.begin(), names.end(), [&](const std::string& known) { return known == nearest; });
  for (const auto& known : names) {
    const InnerLayer& one = layer(known);
    shapes.push_back(fmt::format("{} ({} x {} x {})", known, one.channels, one.height, one.width));
  }
  throw Error(ErrorCode::usage, fmt::format("no layer '{}' that is a map", name),
              "The layers, as channels x height x width: " + join(shapes, ", ") + ".");
}

}  // namespace mien
