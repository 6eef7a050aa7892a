// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <vector>

#include "mien/nn/builders.h"
#include "mien/nn/layers.h"

namespace mien {

namespace {

/// Normalisation and activation come before each convolution; the shortcut leaves after the first activation.
struct PreActBlock {
  torch::nn::BatchNorm2d norm1{nullptr}, norm2{nullptr};
  torch::nn::Conv2d conv1{nullptr}, conv2{nullptr}, shortcut{nullptr};

  torch::Tensor operator()(const torch::Tensor& x) {
    const auto y = relu_in_place(norm1(x));
    const auto kept = shortcut ? shortcut(y) : x;
    return conv2(relu_in_place(norm2(conv1(y)))).add_(kept);
  }
};

PreActBlock add_block(torch::nn::Module& parent, std::int64_t in, std::int64_t out, std::int64_t stride) {
  PreActBlock block;
  block.norm1 = add_norm(parent, "bn1", in);
  block.conv1 = add_conv(parent, "conv1", {.in = in, .out = out, .stride = stride});
  block.norm2 = add_norm(parent, "bn2", out);
  block.conv2 = add_conv(parent, "conv2", {.in = out, .out = out});
  if (stride != 1 || in != out)
    block.shortcut = add_conv(group(parent, "shortcut"), "0", {.in = in, .out = out, .kernel = 1, .stride = stride});
  return block;
}

/// Pre-activation ResNet-18 with the CIFAR stem; no normalisation after the last stage, global average pooling (the 4x4
/// pooling of the original at 32 pixels).
class PreActResNet18 final : public Network {
 public:
  explicit PreActResNet18(const NetworkOptions& options) : Network(options) {
    std::int64_t channels = scaled_channels(64, options.width);
    conv1_ = add_conv(*this, "conv1", {.in = options.in_channels, .out = channels});
    for (std::size_t stage = 0; stage < 4; ++stage) {
      auto& parent = group(*this, "layer" + std::to_string(stage + 1));
      const std::int64_t width = scaled_channels(64 << stage, options.width);
      for (std::size_t i = 0; i < 2; ++i) {
        blocks_[stage][i] = add_block(group(parent, std::to_string(i)), channels, width, i == 0 && stage > 0 ? 2 : 1);
        channels = width;
      }
    }
    feature_width_ = channels;
    linear_ = add_linear(*this, "linear", channels, options.num_classes);
  }

  torch::Tensor forward(torch::Tensor images, Taps& taps) override {
    check_images(images, architecture(options_.arch).min_size);
    auto x = taps("conv1", conv1_(images));
    for (std::size_t stage = 0; stage < 4; ++stage) {
      const std::string name = "layer" + std::to_string(stage + 1);
      for (std::size_t i = 0; i < 2; ++i) x = taps(name + "." + std::to_string(i), blocks_[stage][i](x));
      x = taps(name, x);
    }
    x = taps("features", global_average(x).flatten(1));
    return linear_(drop(x));
  }

  std::vector<std::string> tap_names() const override {
    std::vector<std::string> names = {"conv1"};
    for (int stage = 1; stage <= 4; ++stage) {
      const std::string name = "layer" + std::to_string(stage);
      names.insert(names.end(), {name + ".0", name + ".1", name});
    }
    names.push_back("features");
    return names;
  }
  std::string head_prefix() const override { return "linear."; }
  std::string stem_weight() const override { return "conv1.weight"; }

 private:
  torch::nn::Conv2d conv1_{nullptr};
  std::array<std::array<PreActBlock, 2>, 4> blocks_;
  torch::nn::Linear linear_{nullptr};
};

}  // namespace

std::shared_ptr<Network> make_preact_resnet18(const NetworkOptions& options) { return std::make_shared<PreActResNet18>(options); }

}  // namespace mien
