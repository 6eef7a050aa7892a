// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/gradient_maps.h"

#include <algorithm>

#include "mien/explain/target.h"

namespace mien {
namespace {

struct Differentiated {
  torch::Tensor values;    ///< of the input or the inner map
  torch::Tensor gradient;  ///< of the explained number with respect to them
};

/// The rows of a batch do not depend on each other, so the gradient of the sum has each row's own.
Differentiated differentiate(const ExplainedModel& model, const torch::Tensor& images, const torch::Tensor& labels,
                             const std::string& layer) {
  torch::AutoGradMode with_gradients(true);
  const auto input = images.detach().clone().requires_grad_(true);
  torch::Tensor inner = input;
  const auto logits = layer.empty() || layer == "input" ? model.logits(input) : model.logits(input, layer, inner);
  const auto gradient = torch::autograd::grad({explained_values(logits, labels).sum()}, {inner})[0];
  return {inner.detach(), gradient};
}

/// [N,1,h,w] to [N,H,W].
torch::Tensor enlarged(const torch::Tensor& map, const torch::Tensor& images) {
  const std::int64_t height = images.size(2), width = images.size(3);
  if (map.size(2) == height && map.size(3) == width) return map.squeeze(1);
  return at::upsample_bilinear2d(map, {height, width}, false).squeeze(1);
}

}  // namespace

torch::Tensor gradient_map(const ExplainedModel& model, const torch::Tensor& images, const torch::Tensor& labels,
                           const std::string& layer) {
  return enlarged(differentiate(model, images, labels, layer).gradient.abs().amax({1}, true), images);
}

torch::Tensor gradient_x_input_map(const ExplainedModel& model, const torch::Tensor& images, const torch::Tensor& labels,
                                   const std::string& layer) {
  const auto d = differentiate(model, images, labels, layer);
  return enlarged((d.values * d.gradient).sum({1}, true), images);
}

torch::Tensor grad_cam(const ExplainedModel& model, const torch::Tensor& images, const torch::Tensor& labels,
                       const std::string& layer) {
  const auto d = differentiate(model, images, labels, model.layer(layer).name);
  const auto weights = d.gradient.mean({2, 3}, true);
  return enlarged((weights * d.values).sum({1}, true).clamp_min(0), images);
}

IntegratedGradients integrated_gradients(const ExplainedModel& model, const torch::Tensor& images, const torch::Tensor& labels,
                                         const torch::Tensor& baselines, std::int64_t steps, std::int64_t batch_size) {
  const std::int64_t together = std::clamp<std::int64_t>(batch_size / images.size(0), 1, steps);
  const auto difference = images - baselines;
  auto sum = torch::zeros_like(images);
  for (std::int64_t first = 0; first < steps; first += together) {
    const std::int64_t count = std::min(together, steps - first);
    std::vector<torch::Tensor> on_the_way;
    for (std::int64_t i = first; i < first + count; ++i)
      on_the_way.push_back(baselines + difference * ((static_cast<double>(i) + 0.5) / static_cast<double>(steps)));
    const auto d = differentiate(model, torch::cat(on_the_way), labels.repeat({count}), "");
    for (const auto& gradient : d.gradient.chunk(count)) sum += gradient;
  }
  IntegratedGradients result;
  result.maps = (difference * sum / static_cast<double>(steps)).sum(1);
  torch::NoGradGuard no_grad;
  const auto value = [&](const torch::Tensor& x) { return explained_values(model.logits(x), labels); };
  result.expected = value(images) - value(baselines);
  result.gap = result.maps.sum({1, 2}) - result.expected;
  return result;
}

}  // namespace mien
