// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/baseline.h"

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien {
namespace {

constexpr double blur_sigma_share = 0.1, blur_radius_sigmas = 3;

torch::Tensor black(const torch::Tensor& images, const Preprocessing& p) {
  std::vector<double> values;
  for (int c = 0; c < p.channels(); ++c) {
    const auto at = [&](const std::vector<double>& v) { return v.size() == 1 ? v[0] : v.at(static_cast<std::size_t>(c)); };
    values.push_back(-at(p.mean) / at(p.std));
  }
  const auto color = torch::tensor(values, torch::kFloat64).to(images.options()).view({1, -1, 1, 1});
  return color.expand(images.sizes()).clone();
}

/// One direction of the blur; the edge is repeated as often as needed, however small the picture.
torch::Tensor blurred_along(const torch::Tensor& images, const torch::Tensor& weights, std::int64_t dim) {
  const std::int64_t radius = weights.size(0) / 2, size = images.size(dim);
  const auto place = torch::arange(-radius, size + radius, images.options().dtype(torch::kInt64)).clamp(0, size - 1);
  const auto padded = images.index_select(dim, place);
  auto sum = torch::zeros_like(images);
  for (std::int64_t i = 0; i < weights.size(0); ++i) sum += padded.narrow(dim, i, size) * weights[i];
  return sum;
}

torch::Tensor blurred(const torch::Tensor& images) {
  const double sigma = blur_sigma_share * static_cast<double>(std::max(images.size(2), images.size(3)));
  const auto radius = static_cast<std::int64_t>(std::ceil(blur_radius_sigmas * sigma));
  auto weights = torch::arange(-radius, radius + 1, torch::kFloat64);
  weights = torch::exp(-weights * weights / (2 * sigma * sigma));
  weights = (weights / weights.sum()).to(images.options());
  return blurred_along(blurred_along(images, weights, 2), weights, 3);
}

}  // namespace

const std::vector<std::string>& baseline_names() {
  static const std::vector<std::string> names = {"black", "blur", "mean"};
  return names;
}

torch::Tensor baseline_images(const torch::Tensor& images, const std::string& name, const Preprocessing& preprocessing) {
  torch::NoGradGuard no_grad;
  if (name == "black") return black(images, preprocessing);
  if (name == "mean") return images.mean({2, 3}, true).expand(images.sizes()).clone();
  if (name == "blur") return blurred(images);
  throw Error(ErrorCode::usage, "no baseline '" + name + "'", suggestion(name, baseline_names()));
}

}  // namespace mien
