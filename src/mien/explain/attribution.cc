// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/attribution.h"

#include "mien/base/error.h"
#include "mien/explain/baseline.h"
#include "mien/explain/control_maps.h"
#include "mien/explain/gradient_maps.h"

namespace mien {
namespace {

AttributionMaps integrate(const ExplainedModel& model, const AttributionBatch& batch, const AttributionOptions& options,
                          const Preprocessing& preprocessing) {
  const auto baselines = baseline_images(batch.images, options.baseline, preprocessing);
  const auto result = integrated_gradients(model, batch.images, batch.labels, baselines, options.steps, options.batch_size);
  AttributionMaps maps{result.maps, {}};
  const auto gap = result.gap.abs().to(torch::kCPU, torch::kFloat64).contiguous();
  maps.completeness_gap.assign(gap.data_ptr<double>(), gap.data_ptr<double>() + gap.numel());
  return maps;
}

AttributionMaps compute(const ExplainedModel& model, const MapMethod& method, const AttributionBatch& b,
                        const AttributionOptions& options, const Preprocessing& preprocessing) {
  const std::string& name = map_method(method.name).name;
  const std::string layer = method.layer.empty() ? "" : model.layer(method.layer).name;
  const std::int64_t height = b.images.size(2), width = b.images.size(3);
  if (name == "gradcam") return {grad_cam(model, b.images, b.labels, layer), {}};
  if (name == "gradient") return {gradient_map(model, b.images, b.labels, layer), {}};
  if (name == "gradient_x_input") return {gradient_x_input_map(model, b.images, b.labels, layer), {}};
  if (name == "integrated_gradients") return integrate(model, b, options, preprocessing);
  if (name == "random") return {random_map(b.indices, height, width, options.seed), {}};
  if (name == "random_smooth") return {smooth_random_map(b.indices, height, width, options.seed), {}};
  if (name == "center") return {center_map(b.images.size(0), height, width), {}};
  const auto baselines = baseline_images(b.images, options.baseline, preprocessing);
  return {occlusion_map(model, b.images, b.labels, baselines, options.occlusion, options.batch_size), {}};
}

}  // namespace

AttributionMaps attribute(const ExplainedModel& model, const MapMethod& method, const AttributionBatch& batch,
                          const AttributionOptions& options, const Preprocessing& preprocessing) {
  AttributionMaps result = compute(model, method, batch, options, preprocessing);
  result.maps = result.maps.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  if (!torch::isfinite(result.maps).all().item<bool>())
    throw Error(ErrorCode::numeric, method.label() + ": the map is not finite", "Do the weights give finite logits?");
  return result;
}

}  // namespace mien
