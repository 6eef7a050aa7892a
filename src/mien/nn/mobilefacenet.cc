// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>
#include <vector>

#include "mien/base/error.h"
#include "mien/nn/builders.h"
#include "mien/nn/inverted_residual.h"

namespace mien {

namespace {

struct Stage {
  std::int64_t expansion, channels, repeats, stride;
};
constexpr Stage stages[] = {{2, 64, 5, 2}, {4, 128, 1, 2}, {2, 128, 6, 1}, {4, 128, 1, 2}, {2, 128, 2, 1}};

/// MobileFaceNet with the names of foamliu/MobileFaceNet, plus a classifier "fc" behind the 128-d embedding. The depthwise
/// convolution over the whole last map makes the weights depend on the input size.
class MobileFaceNet final : public Network {
 public:
  explicit MobileFaceNet(const NetworkOptions& options) : Network(options), map_size_((options.input_size + 15) / 16) {
    stem_ = add_conv_norm(group(*this, "conv1"), "0", "1", {.in = options.in_channels, .out = 64, .stride = 2});
    add_separable(group(*this, "dw_conv"));
    last_ = add_conv_norm(group(*this, "conv2"), "0", "1", {.in = 128, .out = 512, .kernel = 1});
    global_ = add_conv_norm(group(*this, "gdconv"), "depthwise", "bn",
                            {.in = 512, .out = 512, .kernel = map_size_, .padding = 0, .groups = 512});
    embedding_.conv = add_conv(*this, "conv3", {.in = 512, .out = 128, .kernel = 1, .bias = true});
    embedding_.norm = add_norm(*this, "bn", 128);
    add_stages(group(*this, "features"));
    feature_width_ = 128;
    fc_ = add_linear(*this, "fc", feature_width_, options.num_classes);
    init_he_fan_out(*this);
  }

  torch::Tensor forward(torch::Tensor images, Taps& taps) override {
    check_images(images, architecture(options_.arch).min_size);
    check_size(images);
    auto x = taps("conv1", clamp_0_6(stem_(images)));
    x = relu_in_place(depthwise_(x));
    x = taps("dw_conv", relu_in_place(pointwise_(x)));
    for (std::size_t i = 0; i < blocks_.size(); ++i) x = taps("features." + std::to_string(i), blocks_[i](x));
    x = taps("conv2", clamp_0_6(last_(x)));
    x = taps("gdconv", global_(x));
    x = taps("features", embedding_(x).flatten(1));
    return fc_(drop(x));
  }

  std::vector<std::string> tap_names() const override {
    std::vector<std::string> names = {"conv1", "dw_conv"};
    for (std::size_t i = 0; i < blocks_.size(); ++i) names.push_back("features." + std::to_string(i));
    names.insert(names.end(), {"conv2", "gdconv", "features"});
    return names;
  }
  std::string head_prefix() const override { return "fc."; }
  std::string stem_weight() const override { return "conv1.0.weight"; }

 private:
  /// The file lists both convolutions before both norms.
  void add_separable(torch::nn::Module& parent) {
    depthwise_.conv = add_conv(parent, "depthwise", {.in = 64, .out = 64, .groups = 64});
    pointwise_.conv = add_conv(parent, "pointwise", {.in = 64, .out = 64, .kernel = 1});
    depthwise_.norm = add_norm(parent, "bn1", 64);
    pointwise_.norm = add_norm(parent, "bn2", 64);
  }

  void add_stages(torch::nn::Module& parent) {
    std::int64_t channels = 64;
    for (const auto& stage : stages)
      for (std::int64_t i = 0; i < stage.repeats; ++i) {
        auto& place = group(parent, std::to_string(blocks_.size()));
        blocks_.push_back(add_inverted_residual(place, channels, stage.channels, i == 0 ? stage.stride : 1, stage.expansion));
        channels = stage.channels;
      }
  }

  void check_size(const torch::Tensor& images) const {
    if ((images.size(2) + 15) / 16 != map_size_ || (images.size(3) + 15) / 16 != map_size_)
      throw Error(ErrorCode::bad_data,
                  fmt::format("this mobilefacenet was made for images of {0} x {0} pixels, but got {1} x {2}",
                              options_.input_size, images.size(2), images.size(3)),
                  "its weights depend on the size: set network.input_size");
  }

  std::int64_t map_size_;
  ConvNorm stem_, depthwise_, pointwise_, last_, global_, embedding_;
  std::vector<InvertedResidual> blocks_;
  torch::nn::Linear fc_{nullptr};
};

}  // namespace

std::shared_ptr<Network> make_mobilefacenet(const NetworkOptions& options) { return std::make_shared<MobileFaceNet>(options); }

}  // namespace mien
