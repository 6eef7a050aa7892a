// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/control_maps.h"

#include "mien/base/random.h"

namespace mien {
namespace {

constexpr std::uint64_t pixel_purpose = 0x6d61702d31, grid_purpose = 0x6d61702d32;
constexpr std::int64_t grid = 7;
constexpr double center_sigma_share = 0.25;

torch::Tensor uniform_numbers(const std::vector<std::int64_t>& indices, std::int64_t height, std::int64_t width,
                              std::uint64_t seed, std::uint64_t purpose) {
  auto maps = torch::empty({static_cast<std::int64_t>(indices.size()), height, width}, torch::kFloat32);
  float* value = maps.data_ptr<float>();
  for (const auto index : indices) {
    Random random(seed, purpose, static_cast<std::uint64_t>(index));
    for (std::int64_t i = 0; i < height * width; ++i) *value++ = static_cast<float>(random.uniform());
  }
  return maps;
}

torch::Tensor bell(std::int64_t size) {
  const double sigma = center_sigma_share * static_cast<double>(size), middle = 0.5 * static_cast<double>(size - 1);
  const auto x = (torch::arange(size, torch::kFloat32) - middle) / sigma;
  return torch::exp(-0.5 * x * x);
}

}  // namespace

torch::Tensor random_map(const std::vector<std::int64_t>& indices, std::int64_t height, std::int64_t width, std::uint64_t seed) {
  return uniform_numbers(indices, height, width, seed, pixel_purpose);
}

torch::Tensor smooth_random_map(const std::vector<std::int64_t>& indices, std::int64_t height, std::int64_t width,
                                std::uint64_t seed) {
  const auto coarse = uniform_numbers(indices, grid, grid, seed, grid_purpose).unsqueeze(1);
  return at::upsample_bilinear2d(coarse, {height, width}, false).squeeze(1);
}

torch::Tensor center_map(std::int64_t count, std::int64_t height, std::int64_t width) {
  return (bell(height).unsqueeze(1) * bell(width).unsqueeze(0)).unsqueeze(0).repeat({count, 1, 1});
}

}  // namespace mien
