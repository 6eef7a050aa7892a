// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <vector>

#include "mien/nn/builders.h"
#include "mien/nn/layers.h"

namespace mien {

namespace {

constexpr std::array<std::int64_t, 5> stage_width = {64, 128, 256, 512, 512};
constexpr std::array<int, 5> stage_depth = {2, 2, 3, 3, 3};

/// VGG-16 without batch normalisation. Inner layers carry torchvision's names ("features.16") and, after the activation, the
/// paper's ("relu3_3", "pool3").
class Vgg16 final : public Network {
 public:
  explicit Vgg16(const NetworkOptions& options) : Network(options) {
    auto& features = group(*this, "features");
    std::int64_t channels = options.in_channels;
    int index = 0;
    for (std::size_t stage = 0; stage < 5; ++stage) {
      for (int i = 0; i < stage_depth[stage]; ++i, index += 2) {
        stages_[stage].push_back(
            {index, add_conv(features, std::to_string(index), {.in = channels, .out = stage_width[stage], .bias = true})});
        channels = stage_width[stage];
      }
      ++index;  // the pooling layer has a number too
    }
    auto& classifier = group(*this, "classifier");
    fc6_ = add_linear(classifier, "0", channels * 7 * 7, 4096);
    fc7_ = add_linear(classifier, "3", 4096, 4096);
    fc8_ = add_linear(classifier, "6", 4096, options.num_classes);
    feature_width_ = 4096;
    init_he_fan_out(*this, 0.01);
  }

  torch::Tensor forward(torch::Tensor x, Taps& taps) override {
    check_images(x, architecture(options_.arch).min_size);
    for (std::size_t stage = 0; stage < 5; ++stage) x = run_stage(stage, x, taps);
    x = taps("avgpool", torch::adaptive_avg_pool2d(x, {7, 7})).flatten(1);
    x = taps("classifier.0", fc6_(x));
    x = drop(relu_over(x, !taps.wants("classifier.0")));
    x = taps("classifier.3", fc7_(x));
    x = taps("features", relu_over(x, !taps.wants("classifier.3")));
    return fc8_(drop(x));
  }

  std::vector<std::string> tap_names() const override {
    std::vector<std::string> names;
    for (std::size_t stage = 0; stage < 5; ++stage) {
      for (std::size_t i = 0; i < stages_[stage].size(); ++i) {
        const int index = stages_[stage][i].index;
        names.insert(names.end(), {layer_name(index), layer_name(index + 1), relu_name(stage, i)});
      }
      names.insert(names.end(), {layer_name(stages_[stage].back().index + 2), "pool" + std::to_string(stage + 1)});
    }
    names.insert(names.end(), {"avgpool", "classifier.0", "classifier.3", "features"});
    return names;
  }
  std::string head_prefix() const override { return "classifier.6."; }
  std::string stem_weight() const override { return "features.0.weight"; }

 private:
  struct Layer {
    int index;  ///< in torchvision's list of convolutions, activations and poolings
    torch::nn::Conv2d conv;
  };

  static std::string layer_name(int index) { return "features." + std::to_string(index); }
  static std::string relu_name(std::size_t stage, std::size_t i) {
    return "relu" + std::to_string(stage + 1) + "_" + std::to_string(i + 1);
  }

  torch::Tensor run_stage(std::size_t stage, torch::Tensor x, Taps& taps) {
    for (std::size_t i = 0; i < stages_[stage].size(); ++i) {
      auto& [index, conv] = stages_[stage][i];
      x = taps(layer_name(index), conv(x));
      x = relu_over(x, !taps.wants(layer_name(index)));
      x = taps(relu_name(stage, i), taps(layer_name(index + 1), x));
    }
    x = torch::max_pool2d(x, 2, 2);
    return taps("pool" + std::to_string(stage + 1), taps(layer_name(stages_[stage].back().index + 2), x));
  }

  std::array<std::vector<Layer>, 5> stages_;
  torch::nn::Linear fc6_{nullptr}, fc7_{nullptr}, fc8_{nullptr};
};

}  // namespace

std::shared_ptr<Network> make_vgg16(const NetworkOptions& options) { return std::make_shared<Vgg16>(options); }

}  // namespace mien
