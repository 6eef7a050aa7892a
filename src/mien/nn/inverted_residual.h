// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/nn/layers.h"

namespace mien {

/// MobileNet V2's block: 1x1 expansion, depthwise 3x3, linear 1x1 projection, and a shortcut when the shape stays (Sandler et
/// al. 2018). Names as torchvision's below `parent`.conv: 0.0, 0.1, 1.0, 1.1, 2, 3; without expansion 0.0, 0.1, 1, 2.
struct InvertedResidual {
  ConvNorm expand, depthwise, project;
  bool shortcut = false;

  torch::Tensor operator()(const torch::Tensor& x) {
    auto y = expand ? clamp_0_6(expand(x)) : x;
    y = project(clamp_0_6(depthwise(y)));
    return shortcut ? y.add_(x) : y;
  }
};

InvertedResidual add_inverted_residual(torch::nn::Module& parent, std::int64_t in, std::int64_t out, std::int64_t stride,
                                       std::int64_t expansion);

}  // namespace mien
