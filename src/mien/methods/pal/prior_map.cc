// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/pal/prior_map.h"

#include <cmath>
#include <numbers>

namespace mien {
namespace {

/// exp(-(cell - place)^2 / (2 sigma^2)) [N,P,cells]: a Gaussian of two dimensions is a product of two such rows.
torch::Tensor bells(const torch::Tensor& places, std::int64_t cells, double sigma) {
  const auto cell = torch::arange(cells, places.options());
  return (-(cell - places.unsqueeze(2)).square() / (2 * sigma * sigma)).exp();
}

}  // namespace

torch::Tensor prior_maps(const torch::Tensor& landmarks, std::int64_t height, std::int64_t width, double sigma_px,
                         const std::vector<int>& points) {
  auto chosen = landmarks;
  if (!points.empty()) {
    const std::vector<std::int64_t> positions(points.begin(), points.end());
    chosen = landmarks.index_select(1, torch::tensor(positions, torch::kInt64).to(landmarks.device()));
  }
  const auto columns = bells(chosen.select(2, 0), width, sigma_px), rows = bells(chosen.select(2, 1), height, sigma_px);
  return torch::bmm(rows.transpose(1, 2), columns) / (sigma_px * std::sqrt(2 * std::numbers::pi));
}

torch::Tensor resize_priors(const torch::Tensor& maps, std::int64_t height, std::int64_t width, const std::string& how) {
  if (maps.size(1) == height && maps.size(2) == width) return maps;
  const auto one_channel = maps.unsqueeze(1);
  const auto small = how == "bilinear" ? at::upsample_bilinear2d(one_channel, {height, width}, /*align_corners=*/false)
                                       : torch::adaptive_avg_pool2d(one_channel, {height, width});
  return small.squeeze(1);
}

}  // namespace mien
