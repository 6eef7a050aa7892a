// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "mien/base/error.h"
#include "mien/nn/builders.h"
#include "mien/nn/shuffle_unit.h"

namespace mien {

namespace {

constexpr std::int64_t stem_channels = 29, local_channels = 116, gate_channels = local_channels / 16;

/// Rows (or columns) of the map that the upper (left) patches take: half of them, rounded up to an even number, so that the
/// halved patches together are as large as the halved map. Exact halves where the image is a multiple of 16 pixels.
std::int64_t first_patch(std::int64_t length) { return (length + 3) / 4 * 2; }

/// Four patches of the map, each through two depthwise convolutions of its own; [N,29,H,W] -> [N,116,H/2,W/2]. Patches in
/// the order of their numbers: upper left, lower left, upper right, lower right.
struct LocalFeatures {
  struct Patch {
    ConvNorm expand, refine;
    torch::Tensor operator()(const torch::Tensor& x) { return relu_in_place(refine(relu_in_place(expand(x)))); }
  };
  std::array<Patch, 4> patches;

  torch::Tensor operator()(const torch::Tensor& x) {
    const auto h = first_patch(x.size(2)), w = first_patch(x.size(3));
    const auto left = x.slice(3, 0, w), right = x.slice(3, w);
    const auto column = [h](const torch::Tensor& half, Patch& upper, Patch& lower) {
      return torch::cat({upper(half.slice(2, 0, h)), lower(half.slice(2, h))}, 2);
    };
    return torch::cat({column(left, patches[0], patches[1]), column(right, patches[2], patches[3])}, 3);
  }
};

LocalFeatures add_local(torch::nn::Module& parent) {
  LocalFeatures local;
  for (std::size_t i = 0; i < local.patches.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    local.patches[i].expand = add_conv_norm(parent, "conv" + number + "_1", "bn" + number + "_1",
                                            {.in = stem_channels, .out = local_channels, .stride = 2, .groups = stem_channels});
    local.patches[i].refine = add_conv_norm(parent, "conv" + number + "_2", "bn" + number + "_2",
                                            {.in = local_channels, .out = local_channels, .groups = local_channels});
  }
  return local;
}

/// x times the sigmoid of (a number for each channel times a number for each place), both computed from x.
struct Modulator {
  torch::nn::Linear reduce{nullptr}, restore{nullptr};
  torch::nn::BatchNorm1d norm{nullptr};
  std::array<ConvNorm, 3> places;
  torch::nn::Conv2d last{nullptr};

  /// [N,116,1,1]
  torch::Tensor of_channels(const torch::Tensor& x) {
    if (norm->is_training() && x.size(0) < 2)
      throw Error(ErrorCode::bad_data,
                  "efficientface cannot train on a batch of one image: its channel gate normalises over the images of the batch",
                  "use batches of two and more, and drop a last batch of one");
    const auto reduced = norm(reduce(global_average(x).flatten(1)));
    return restore(relu_in_place(reduced)).unsqueeze(2).unsqueeze(3);
  }
  /// [N,1,H,W]
  torch::Tensor of_places(torch::Tensor x) {
    for (auto& layer : places) x = relu_in_place(layer(x));
    return last(x);
  }

  torch::Tensor operator()(const torch::Tensor& x, Taps& taps) {
    auto channels = of_channels(x), positions = of_places(x);
    if (taps.wants("modulator.channel_att")) channels = taps("modulator.channel_att", channels.expand_as(x));
    if (taps.wants("modulator.spatial_att")) positions = taps("modulator.spatial_att", positions.expand_as(x));
    return torch::sigmoid(channels * positions) * x;
  }
};

Modulator add_modulator(torch::nn::Module& parent) {
  Modulator m;
  auto& channels = group(group(parent, "channel_att"), "gate_c");
  m.reduce = add_linear(channels, "gate_c_fc_0", local_channels, gate_channels);
  m.norm = channels.register_module("gate_c_bn_1", torch::nn::BatchNorm1d(gate_channels));
  m.restore = add_linear(channels, "gate_c_fc_final", gate_channels, local_channels);
  auto& places = group(group(parent, "spatial_att"), "gate_s");
  m.places[0] = add_conv_norm(places, "gate_s_conv_reduce0", "gate_s_bn_reduce0",
                              {.in = local_channels, .out = gate_channels, .kernel = 1, .bias = true});
  const ConvSpec dilated{.in = gate_channels, .out = gate_channels, .dilation = 4, .bias = true};
  m.places[1] = add_conv_norm(places, "gate_s_conv_di_0", "gate_s_bn_di_0", dilated);
  m.places[2] = add_conv_norm(places, "gate_s_conv_di_1", "gate_s_bn_di_1", dilated);
  m.last = add_conv(places, "gate_s_conv_final", {.in = gate_channels, .out = 1, .kernel = 1, .bias = true});
  return m;
}

/// EfficientFace (Zhao, Liu and Zhou, AAAI 2021): ShuffleNet V2's stages, with local features of four patches of the first map
/// added to the attended output of the first stage. The paper's images have 224 pixels; the patches scale with the image, which
/// may have any size from 32 pixels on and need not be square.
class EfficientFace final : public Network {
 public:
  explicit EfficientFace(const NetworkOptions& options) : Network(options) {
    stem_ = add_conv_norm(group(*this, "conv1"), "0", "1", {.in = options.in_channels, .out = stem_channels, .stride = 2});
    stages_ = add_shuffle_stages(*this, stem_channels);
    local_ = add_local(group(*this, "local"));
    modulator_ = add_modulator(group(*this, "modulator"));
    feature_width_ = 1024;
    conv5_ =
        add_conv_norm(group(*this, "conv5"), "0", "1", {.in = ShuffleStages::channels[2], .out = feature_width_, .kernel = 1});
    fc_ = add_linear(*this, "fc", feature_width_, options.num_classes);
  }

  torch::Tensor forward(torch::Tensor images, Taps& taps) override {
    check_images(images, architecture(options_.arch).min_size);
    auto x = taps("conv1", relu_in_place(stem_(images)));
    x = taps("maxpool", torch::max_pool2d(x, 3, 2, 1));
    const auto whole = taps("stage2", stages_(0, x));
    const auto attended = taps("modulator", modulator_(whole, taps));
    x = attended + taps("local", local_(x));
    x = taps("stage3", stages_(1, x));
    x = taps("stage4", stages_(2, x));
    x = taps("conv5", relu_in_place(conv5_(x)));
    x = taps("features", x.mean({2, 3}));
    return fc_(drop(x));
  }

  std::vector<std::string> tap_names() const override {
    return {"conv1",  "maxpool", "stage2",  "modulator.channel_att", "modulator.spatial_att", "modulator", "local", "stage3",
            "stage4", "conv5",   "features"};
  }
  std::string head_prefix() const override { return "fc."; }
  std::string stem_weight() const override { return "conv1.0.weight"; }

 private:
  ConvNorm stem_, conv5_;
  ShuffleStages stages_;
  LocalFeatures local_;
  Modulator modulator_;
  torch::nn::Linear fc_{nullptr};
};

}  // namespace

std::shared_ptr<Network> make_efficientface(const NetworkOptions& options) { return std::make_shared<EfficientFace>(options); }

}  // namespace mien
