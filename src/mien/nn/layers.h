// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/nn/torch.h"

namespace mien {

/// Registers an empty child module: a name space for the parameters below it. Lets a network carry any key layout, e.g.
/// torchvision's "features.1.conv.0.0.weight", without a module class for each level.
torch::nn::Module& group(torch::nn::Module& parent, const std::string& name);

/// A convolution without bias that keeps the size at stride 1, unless told otherwise.
struct ConvSpec {
  std::int64_t in = 0, out = 0;
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  std::int64_t padding = -1;  ///< negative: dilation * (kernel / 2)
  std::int64_t groups = 1;
  std::int64_t dilation = 1;
  bool bias = false;
};

torch::nn::Conv2d add_conv(torch::nn::Module& parent, const std::string& name, const ConvSpec& spec);
torch::nn::BatchNorm2d add_norm(torch::nn::Module& parent, const std::string& name, std::int64_t channels);
torch::nn::Linear add_linear(torch::nn::Module& parent, const std::string& name, std::int64_t in, std::int64_t out);

/// A convolution followed by batch normalisation.
struct ConvNorm {
  torch::nn::Conv2d conv{nullptr};
  torch::nn::BatchNorm2d norm{nullptr};
  torch::Tensor operator()(const torch::Tensor& x) { return norm(conv(x)); }
  explicit operator bool() const { return !conv.is_empty(); }
};
ConvNorm add_conv_norm(torch::nn::Module& parent, const std::string& conv, const std::string& norm, const ConvSpec& spec);

/// min(max(x,0),6). Its gradient is two vectorised threshold steps: libtorch 1.13's hardtanh (its relu6) has none in bfloat16,
/// and that of its clamp took more than half of a MobileFaceNet step.
torch::Tensor clamp_0_6(const torch::Tensor& x);

/// ReLU written over `x`: for the output of a norm or convolution that nobody else looks at.
inline torch::Tensor relu_in_place(torch::Tensor x) { return x.relu_(); }
/// The same, or into a new tensor when someone holds on to `x`.
inline torch::Tensor relu_over(torch::Tensor x, bool in_place) { return in_place ? x.relu_() : x.relu(); }

/// Mean over height and width, [N,C,H,W] -> [N,C,1,1].
inline torch::Tensor global_average(const torch::Tensor& x) { return torch::adaptive_avg_pool2d(x, {1, 1}); }

/// Fresh weights the way torchvision's ResNet, VGG and MobileNet draw them: convolutions normal with He's variance over the
/// outputs, norms 1 and 0, biases 0. With `linear_std` > 0 linear layers are normal with that deviation and bias 0.
void init_he_fan_out(torch::nn::Module& module, double linear_std = 0);

/// `channels` scaled by `width`, rounded to a multiple of 8 and never below 90 % of the product (MobileNet's rule).
std::int64_t scaled_channels(std::int64_t channels, double width);

}  // namespace mien
