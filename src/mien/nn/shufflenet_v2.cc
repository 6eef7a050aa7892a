// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "mien/nn/builders.h"
#include "mien/nn/shuffle_unit.h"

namespace mien {

namespace {

/// ShuffleNet V2 at width 1.
class ShuffleNetV2 final : public Network {
 public:
  explicit ShuffleNetV2(const NetworkOptions& options) : Network(options) {
    stem_ = add_conv_norm(group(*this, "conv1"), "0", "1", {.in = options.in_channels, .out = 24, .stride = 2});
    stages_ = add_shuffle_stages(*this, 24);
    feature_width_ = 1024;
    conv5_ =
        add_conv_norm(group(*this, "conv5"), "0", "1", {.in = ShuffleStages::channels[2], .out = feature_width_, .kernel = 1});
    fc_ = add_linear(*this, "fc", feature_width_, options.num_classes);
  }

  torch::Tensor forward(torch::Tensor images, Taps& taps) override {
    check_images(images, architecture(options_.arch).min_size);
    auto x = taps("conv1", relu_in_place(stem_(images)));
    x = taps("maxpool", torch::max_pool2d(x, 3, 2, 1));
    for (std::size_t stage = 0; stage < 3; ++stage) x = taps("stage" + std::to_string(stage + 2), stages_(stage, x));
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
  ShuffleStages stages_;
  torch::nn::Linear fc_{nullptr};
};

}  // namespace

std::shared_ptr<Network> make_shufflenet_v2(const NetworkOptions& options) { return std::make_shared<ShuffleNetV2>(options); }

}  // namespace mien
