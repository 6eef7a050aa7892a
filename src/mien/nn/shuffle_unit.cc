// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/shuffle_unit.h"

#include <string>

namespace mien {

namespace {

constexpr std::array<int, 3> stage_repeats = {4, 8, 4};

/// [N, 2 C, H, W]: channel c of the first half and channel c of the second become neighbours.
torch::Tensor shuffle_halves(const torch::Tensor& x) {
  const auto n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
  return x.view({n, 2, c / 2, h, w}).transpose(1, 2).contiguous().view({n, c, h, w});
}

ShuffleUnit add_unit(torch::nn::Module& parent, std::int64_t in, std::int64_t out, std::int64_t stride) {
  ShuffleUnit unit;
  const std::int64_t half = out / 2;
  if (stride == 2) {
    auto& left = group(parent, "branch1");
    unit.left_depthwise = add_conv_norm(left, "0", "1", {.in = in, .out = in, .stride = 2, .groups = in});
    unit.left_pointwise = add_conv_norm(left, "2", "3", {.in = in, .out = half, .kernel = 1});
  }
  auto& right = group(parent, "branch2");
  unit.expand = add_conv_norm(right, "0", "1", {.in = stride == 2 ? in : half, .out = half, .kernel = 1});
  unit.depthwise = add_conv_norm(right, "3", "4", {.in = half, .out = half, .stride = stride, .groups = half});
  unit.project = add_conv_norm(right, "5", "6", {.in = half, .out = half, .kernel = 1});
  return unit;
}

}  // namespace

torch::Tensor ShuffleUnit::right(const torch::Tensor& x) { return relu_in_place(project(depthwise(relu_in_place(expand(x))))); }

torch::Tensor ShuffleUnit::operator()(const torch::Tensor& x) {
  if (left_depthwise) return shuffle_halves(torch::cat({relu_in_place(left_pointwise(left_depthwise(x))), right(x)}, 1));
  const auto halves = x.chunk(2, 1);
  return shuffle_halves(torch::cat({halves[0], right(halves[1])}, 1));
}

ShuffleStages add_shuffle_stages(torch::nn::Module& parent, std::int64_t in) {
  ShuffleStages stages;
  for (std::size_t stage = 0; stage < 3; ++stage) {
    auto& place = group(parent, "stage" + std::to_string(stage + 2));
    const std::int64_t out = ShuffleStages::channels[stage];
    for (int i = 0; i < stage_repeats[stage]; ++i) {
      stages.units[stage].push_back(add_unit(group(place, std::to_string(i)), in, out, i == 0 ? 2 : 1));
      in = out;
    }
  }
  return stages;
}

}  // namespace mien
