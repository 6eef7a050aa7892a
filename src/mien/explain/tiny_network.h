// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/explain/explained_model.h"
#include "mien/testing/golden.h"

// Shared by the tests of this folder: a network of two convolutions and a linear layer with the weights of the fill rule, in
// float64, for images [N,3,12,10] and three classes.
namespace mien::testing {

inline torch::Tensor filled(const std::string& name, const std::vector<std::int64_t>& shape, const std::string& kind) {
  return torch::tensor(fill(name, shape, kind), torch::kFloat32).reshape(shape).to(torch::kFloat64);
}

class TinyNetwork {
 public:
  torch::Tensor forward(const torch::Tensor& images, Taps& taps) const {
    const auto first = torch::conv2d(images, conv1_, bias1_, 1, 1).relu();
    const auto map = taps("map", torch::conv2d(first, conv2_, bias2_, 2, 1).relu());
    return torch::addmm(fc_bias_, taps("vector", map.flatten(1)), fc_.t());
  }

  ExplainedModel explained() const {
    return ExplainedModel([this](const torch::Tensor& images, Taps& taps) { return forward(images, taps); }, {"map", "vector"},
                          torch::zeros({1, 3, 12, 10}, torch::kFloat64));
  }

 private:
  torch::Tensor conv1_ = filled("tiny.conv1.weight", {4, 3, 3, 3}, "weight"), bias1_ = filled("tiny.conv1.bias", {4}, "bias");
  torch::Tensor conv2_ = filled("tiny.conv2.weight", {6, 4, 3, 3}, "weight"), bias2_ = filled("tiny.conv2.bias", {6}, "bias");
  torch::Tensor fc_ = filled("tiny.fc.weight", {3, 180}, "weight"), fc_bias_ = filled("tiny.fc.bias", {3}, "bias");
};

inline torch::Tensor tiny_images() { return filled("tiny.images", {2, 3, 12, 10}, "input_pm1"); }

}  // namespace mien::testing
