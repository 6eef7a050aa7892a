// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include "mien/nn/builders.h"
#include "mien/nn/inverted_residual.h"

namespace mien {

namespace {

struct Stage {
  std::int64_t expansion, channels, repeats, stride;
};
constexpr Stage stages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                            {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

/// MobileNet V2 with torchvision's names: features.0 .. features.18, classifier.1.
class MobileNetV2 final : public Network {
 public:
  explicit MobileNetV2(const NetworkOptions& options) : Network(options) {
    auto& features = group(*this, "features");
    std::int64_t channels = scaled_channels(32, options.width);
    stem_ = add_conv_norm(group(features, "0"), "0", "1", {.in = options.in_channels, .out = channels, .stride = 2});
    for (const auto& stage : stages)
      for (std::int64_t i = 0; i < stage.repeats; ++i) {
        const std::int64_t out = scaled_channels(stage.channels, options.width);
        const std::string name = std::to_string(blocks_.size() + 1);
        blocks_.push_back(
            add_inverted_residual(group(features, name), channels, out, i == 0 ? stage.stride : 1, stage.expansion));
        channels = out;
      }
    feature_width_ = scaled_channels(1280, std::max(1.0, options.width));
    last_ = add_conv_norm(group(features, "18"), "0", "1", {.in = channels, .out = feature_width_, .kernel = 1});
    classifier_ = add_linear(group(*this, "classifier"), "1", feature_width_, options.num_classes);
    init_he_fan_out(*this, 0.01);
  }

  torch::Tensor forward(torch::Tensor images, Taps& taps) override {
    check_images(images, architecture(options_.arch).min_size);
    auto x = taps("features.0", clamp_0_6(stem_(images)));
    for (std::size_t i = 0; i < blocks_.size(); ++i) x = taps("features." + std::to_string(i + 1), blocks_[i](x));
    x = taps("features.18", clamp_0_6(last_(x)));
    x = taps("features", global_average(x).flatten(1));
    return classifier_(drop(x));
  }

  std::vector<std::string> tap_names() const override {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < blocks_.size() + 2; ++i) names.push_back("features." + std::to_string(i));
    names.push_back("features");
    return names;
  }
  std::string head_prefix() const override { return "classifier.1."; }
  std::string stem_weight() const override { return "features.0.0.weight"; }

 private:
  ConvNorm stem_, last_;
  std::vector<InvertedResidual> blocks_;
  torch::nn::Linear classifier_{nullptr};
};

}  // namespace

std::shared_ptr<Network> make_mobilenet_v2(const NetworkOptions& options) { return std::make_shared<MobileNetV2>(options); }

}  // namespace mien
