// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "mien/nn/layers.h"

namespace mien {

/// ShuffleNet V2's unit (Ma et al. 2018). Stride 1: half of the channels pass, the other half goes through 1x1, depthwise 3x3 and
/// 1x1. Stride 2: both branches see all channels. The halves are interleaved at the end. Names as torchvision's below `parent`:
/// branch1.{0,1,2,3}, branch2.{0,1,3,4,5,6}.
struct ShuffleUnit {
  ConvNorm left_depthwise, left_pointwise;  ///< only in units of stride 2
  ConvNorm expand, depthwise, project;

  torch::Tensor operator()(const torch::Tensor& x);

 private:
  torch::Tensor right(const torch::Tensor& x);
};

/// The three stages of ShuffleNet V2 at width 1, "stage2" to "stage4" below `parent`: 4, 8 and 4 units of 116, 232 and 464
/// channels, each stage at half the height and width of the one before.
struct ShuffleStages {
  static constexpr std::array<std::int64_t, 3> channels = {116, 232, 464};
  std::array<std::vector<ShuffleUnit>, 3> units;

  torch::Tensor operator()(std::size_t stage, torch::Tensor x) {
    for (auto& unit : units[stage]) x = unit(x);
    return x;
  }
};

ShuffleStages add_shuffle_stages(torch::nn::Module& parent, std::int64_t in);

}  // namespace mien
