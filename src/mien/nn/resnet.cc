// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <vector>

#include "mien/nn/builders.h"
#include "mien/nn/layers.h"

namespace mien {

namespace {

/// What tells the members of the family apart.
struct ResNetPlan {
  std::array<std::int64_t, 4> blocks;  ///< per stage
  std::int64_t expansion = 1;          ///< 4 = bottleneck blocks
  bool face_stem = false;              ///< 3x3 convolution of stride 1 and no pooling, instead of 7x7 / 2 and 3x3 / 2
  bool stride_first = false;           ///< bottleneck stride on the first 1x1 convolution instead of the 3x3 one
  bool pool_without_padding = false;   ///< ceil mode instead of padding 1
};

ResNetPlan plan_of(const std::string& arch) {
  if (arch == "resnet34") return {.blocks = {3, 4, 6, 3}};
  if (arch == "resnet50") return {.blocks = {3, 4, 6, 3}, .expansion = 4};
  if (arch == "resnet50_vggface2")
    return {.blocks = {3, 4, 6, 3}, .expansion = 4, .stride_first = true, .pool_without_padding = true};
  if (arch == "face_resnet") return {.blocks = {2, 2, 2, 2}, .face_stem = true};
  return {.blocks = {2, 2, 2, 2}};
}

/// Residual branch of two 3x3 convolutions, or of 1x1, 3x3 and 1x1 when `third` is set, plus the shortcut.
struct ResidualBlock {
  ConvNorm first, second, third, shortcut;

  torch::Tensor operator()(const torch::Tensor& x) {
    auto y = second(relu_in_place(first(x)));
    if (third) y = third(relu_in_place(y));
    return relu_in_place(y.add_(shortcut ? shortcut(x) : x));
  }
};

ResidualBlock add_block(torch::nn::Module& parent, const ResNetPlan& plan, std::int64_t in, std::int64_t width,
                        std::int64_t stride) {
  ResidualBlock block;
  const std::int64_t out = width * plan.expansion;
  if (plan.expansion == 1) {
    block.first = add_conv_norm(parent, "conv1", "bn1", {.in = in, .out = width, .stride = stride});
    block.second = add_conv_norm(parent, "conv2", "bn2", {.in = width, .out = out});
  } else {
    const std::int64_t first_stride = plan.stride_first ? stride : 1;
    block.first = add_conv_norm(parent, "conv1", "bn1", {.in = in, .out = width, .kernel = 1, .stride = first_stride});
    block.second = add_conv_norm(parent, "conv2", "bn2", {.in = width, .out = width, .stride = stride / first_stride});
    block.third = add_conv_norm(parent, "conv3", "bn3", {.in = width, .out = out, .kernel = 1});
  }
  if (stride != 1 || in != out)
    block.shortcut = add_conv_norm(group(parent, "downsample"), "0", "1", {.in = in, .out = out, .kernel = 1, .stride = stride});
  return block;
}

/// Residual networks with torchvision's names: conv1, bn1, layer1..layer4, fc.
class ResNet final : public Network {
 public:
  explicit ResNet(const NetworkOptions& options) : Network(options), plan_(plan_of(options.arch)) {
    std::int64_t channels = scaled_channels(64, options.width);
    stem_ = add_conv_norm(
        *this, "conv1", "bn1",
        {.in = options.in_channels, .out = channels, .kernel = plan_.face_stem ? 3 : 7, .stride = plan_.face_stem ? 1 : 2});
    for (std::size_t stage = 0; stage < 4; ++stage) {
      auto& parent = group(*this, "layer" + std::to_string(stage + 1));
      const std::int64_t width = scaled_channels(64 << stage, options.width);
      for (std::int64_t i = 0; i < plan_.blocks[stage]; ++i) {
        stages_[stage].push_back(
            add_block(group(parent, std::to_string(i)), plan_, channels, width, i == 0 && stage > 0 ? 2 : 1));
        channels = width * plan_.expansion;
      }
    }
    feature_width_ = channels;
    fc_ = add_linear(*this, "fc", channels, options.num_classes);
    init_he_fan_out(*this);
  }

  torch::Tensor forward(torch::Tensor images, Taps& taps) override {
    check_images(images, architecture(options_.arch).min_size);
    auto x = taps("conv1", stem_.conv(images));
    x = taps("bn1", stem_.norm(x));
    x = taps("relu", relu_over(x, !taps.wants("bn1")));
    if (!plan_.face_stem) x = taps("maxpool", pool(x));
    for (std::size_t stage = 0; stage < 4; ++stage) {
      const std::string name = "layer" + std::to_string(stage + 1);
      for (std::size_t i = 0; i < stages_[stage].size(); ++i) x = taps(name + "." + std::to_string(i), stages_[stage][i](x));
      x = taps(name, x);
    }
    x = taps("avgpool", global_average(x));
    x = taps("features", x.flatten(1));
    return fc_(drop(x));
  }

  std::vector<std::string> tap_names() const override {
    std::vector<std::string> names = {"conv1", "bn1", "relu"};
    if (!plan_.face_stem) names.push_back("maxpool");
    for (std::size_t stage = 0; stage < 4; ++stage) {
      const std::string name = "layer" + std::to_string(stage + 1);
      for (std::size_t i = 0; i < stages_[stage].size(); ++i) names.push_back(name + "." + std::to_string(i));
      names.push_back(name);
    }
    names.insert(names.end(), {"avgpool", "features"});
    return names;
  }
  std::string head_prefix() const override { return "fc."; }
  std::string stem_weight() const override { return "conv1.weight"; }

 private:
  torch::Tensor pool(const torch::Tensor& x) const {
    return plan_.pool_without_padding ? torch::max_pool2d(x, 3, 2, 0, 1, true) : torch::max_pool2d(x, 3, 2, 1);
  }

  ResNetPlan plan_;
  ConvNorm stem_;
  std::array<std::vector<ResidualBlock>, 4> stages_;
  torch::nn::Linear fc_{nullptr};
};

}  // namespace

std::shared_ptr<Network> make_resnet(const NetworkOptions& options) { return std::make_shared<ResNet>(options); }

}  // namespace mien
