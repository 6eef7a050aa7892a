// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/occlusion.h"

#include <algorithm>

#include "mien/explain/target.h"

namespace mien {
namespace {

constexpr std::int64_t default_patches_a_side = 7;

struct Patch {
  std::int64_t image, top, left;
};

}  // namespace

std::vector<std::int64_t> occlusion_places(std::int64_t size, std::int64_t patch, std::int64_t stride) {
  std::vector<std::int64_t> places;
  for (std::int64_t at = 0; at + patch < size; at += stride) places.push_back(at);
  places.push_back(std::max<std::int64_t>(size - patch, 0));
  return places;
}

torch::Tensor occlusion_map(const ExplainedModel& model, const torch::Tensor& images, const torch::Tensor& labels,
                            const torch::Tensor& baselines, const OcclusionOptions& options, std::int64_t batch_size) {
  torch::NoGradGuard no_grad;
  const std::int64_t n = images.size(0), height = images.size(2), width = images.size(3), shorter = std::min(height, width);
  const std::int64_t side =
      options.patch_px > 0 ? std::min(options.patch_px, shorter) : std::max<std::int64_t>(shorter / default_patches_a_side, 1);
  const std::int64_t stride = options.stride_px > 0 ? options.stride_px : std::max<std::int64_t>(side / 2, 1);
  std::vector<Patch> patches;
  for (std::int64_t i = 0; i < n; ++i)
    for (const auto top : occlusion_places(height, side, stride))
      for (const auto left : occlusion_places(width, side, stride)) patches.push_back({i, top, left});

  const auto whole = explained_values(model.logits(images), labels);
  auto sum = torch::zeros({n, height, width}, torch::kFloat64), count = torch::zeros({n, height, width}, torch::kFloat64);
  const auto total = static_cast<std::int64_t>(patches.size());
  for (std::int64_t first = 0; first < total; first += batch_size) {
    const std::int64_t size = std::min(batch_size, total - first);
    std::vector<std::int64_t> rows;
    for (std::int64_t k = 0; k < size; ++k) rows.push_back(patches[static_cast<std::size_t>(first + k)].image);
    const auto row = torch::tensor(rows, torch::kInt64).to(images.device());
    auto covered = images.index_select(0, row);
    const auto square = [&](torch::Tensor t, const Patch& p) { return t.narrow(-2, p.top, side).narrow(-1, p.left, side); };
    for (std::int64_t k = 0; k < size; ++k) {
      const Patch& p = patches[static_cast<std::size_t>(first + k)];
      square(covered[k], p).copy_(square(baselines[p.image], p));
    }
    const auto fall = (whole.index_select(0, row) - explained_values(model.logits(covered), labels.index_select(0, row)))
                          .to(torch::kCPU, torch::kFloat64);
    for (std::int64_t k = 0; k < size; ++k) {
      const Patch& p = patches[static_cast<std::size_t>(first + k)];
      square(sum[p.image], p) += fall[k];
      square(count[p.image], p) += 1;
    }
  }
  return (sum / count.clamp_min(1)).to(torch::kFloat32);
}

}  // namespace mien
