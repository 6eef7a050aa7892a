// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <vector>

#include "mien/nn/builders.h"
#include "mien/nn/layers.h"

namespace mien {

namespace {

constexpr std::array<int, 3> stage_repeats = {4, 8, 4};
constexpr std::array<std::int64_t, 3> stage_channels = {116, 232, 464};

/// [N, 2 C, H, W]: channel c of the first half and channel c of the second become neighbours.
torch::Tensor shuffle_halves(const torch::Tensor& x) {
  const auto n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
  return x.view({n, 2, c / 2, h, w}).transpose(1, 2).contiguous().view({n, c, h, w});
}

struct ShuffleUnit {
  ConvNorm left_depthwise, left_pointwise;  ///< only in units of stride 2
  ConvNorm expand, depthwise, project;

  torch::Tensor right(const torch::Tensor& x) { return relu_in_place(project(depthwise(relu_in_place(expand(x))))); }

  torch::Tensor operator()(const torch::Tensor& x) {
    if (left_depthwise) return shuffle_halves(torch::cat({relu_in_place(left_pointwise(left_depthwise(x))), right(x)}, 1));
    const auto halves = x.chunk(2, 1);
    return shuffle_halves(torch::cat({halves[0], right(halves[1])}, 1));
  }
};

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

/// ShuffleNet V2 at width 1.
class ShuffleNetV2 final : public Network {
 public:
  explicit ShuffleNetV2(const NetworkOptions& options) : Network(options) {
    std::int64_t channels = 24;
    stem_ = add_conv_norm(group(*this, "conv1"), "0", "1", {.in = options.in_channels, .out = channels, .stride = 2});
    for (std::size_t stage = 0; stage < 3; ++stage) {
      auto& parent = group(*this, "stage" + std::to_string(stage + 2));
      for (int i = 0; i < stage_repeats[stage]; ++i) {
        stages_[stage].push_back(add_unit(group(parent, std::to_string(i)), channels, stage_channels[stage], i == 0 ? 2 : 1));
        channels = stage_channels[stage];
      }
    }
    feature_width_ = 1024;
    conv5_ = add_conv_norm(group(*this, "conv5"), "0", "1", {.in = channels, .out = feature_width_, .kernel = 1});
    fc_ = add_linear(*this, "fc", feature_width_, options.num_classes);
  }

  torch::Tensor forward(torch::Tensor images, Taps& taps) override {
    check_images(images, architecture(options_.arch).min_size);
    auto x = taps("conv1", relu_in_place(stem_(images)));
    x = taps("maxpool", torch::max_pool2d(x, 3, 2, 1));
    for (std::size_t stage = 0; stage < 3; ++stage) {
      for (auto& unit : stages_[stage]) x = unit(x);
      x = taps("stage" + std::to_string(stage + 2), x);
    }
    x = taps("conv5", relu_in_place(conv5_(x)));
    x = taps("features", x.mean({2, 3}));
    return fc_(drop(x));
  }

  std::vector<std::string> tap_names() const override {
    return {"conv1", "maxpool", "stage2", "stage3", "stage4", "conv5", "features"};
  }
  std::string head_prefix() const override { return "fc."; }
  std::string stem_weight() const override { return "conv1.0.weight"; }

 private:
  ConvNorm stem_, conv5_;
  std::array<std::vector<ShuffleUnit>, 3> stages_;
  torch::nn::Linear fc_{nullptr};
};

}  // namespace

std::shared_ptr<Network> make_shufflenet_v2(const NetworkOptions& options) { return std::make_shared<ShuffleNetV2>(options); }

}  // namespace mien
