// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/layers.h"

#include <algorithm>

namespace mien {

namespace {
struct Group : torch::nn::Module {};

struct Clamp06 : torch::autograd::Function<Clamp06> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x) {
    auto y = torch::clamp(x, 0, 6);
    context->save_for_backward({y});
    return y;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto y = context->get_saved_variables()[0];
    return {torch::threshold_backward(torch::threshold_backward(gradients[0], y, 0), 6 - y, 0)};
  }
};
}  // namespace

torch::nn::Module& group(torch::nn::Module& parent, const std::string& name) {
  return *parent.register_module(name, std::make_shared<Group>());
}

torch::nn::Conv2d add_conv(torch::nn::Module& parent, const std::string& name, const ConvSpec& spec) {
  const std::int64_t padding = spec.padding < 0 ? spec.dilation * (spec.kernel / 2) : spec.padding;
  return parent.register_module(
      name, torch::nn::Conv2d(torch::nn::Conv2dOptions(spec.in, spec.out, spec.kernel)
                                  .stride(spec.stride)
                                  .padding(padding)
                                  .groups(spec.groups)
                                  .dilation(spec.dilation)
                                  .bias(spec.bias)));
}

torch::nn::BatchNorm2d add_norm(torch::nn::Module& parent, const std::string& name, std::int64_t channels) {
  return parent.register_module(name, torch::nn::BatchNorm2d(channels));
}

torch::nn::Linear add_linear(torch::nn::Module& parent, const std::string& name, std::int64_t in, std::int64_t out) {
  return parent.register_module(name, torch::nn::Linear(in, out));
}

ConvNorm add_conv_norm(torch::nn::Module& parent, const std::string& conv, const std::string& norm, const ConvSpec& spec) {
  ConvNorm result;
  result.conv = add_conv(parent, conv, spec);
  result.norm = add_norm(parent, norm, spec.out);
  return result;
}

torch::Tensor clamp_0_6(const torch::Tensor& x) {
  return torch::GradMode::is_enabled() && x.requires_grad() ? Clamp06::apply(x) : torch::clamp(x, 0, 6);
}

void init_he_fan_out(torch::nn::Module& module, double linear_std) {
  torch::NoGradGuard no_grad;
  for (const auto& child : module.modules(/*include_self=*/false)) {
    if (auto* conv = child->as<torch::nn::Conv2d>()) {
      torch::nn::init::kaiming_normal_(conv->weight, 0, torch::kFanOut, torch::kReLU);
      if (conv->bias.defined()) torch::nn::init::zeros_(conv->bias);
    } else if (auto* linear = child->as<torch::nn::Linear>(); linear && linear_std > 0) {
      torch::nn::init::normal_(linear->weight, 0, linear_std);
      torch::nn::init::zeros_(linear->bias);
    }
  }
}

std::int64_t scaled_channels(std::int64_t channels, double width) {
  const double wanted = static_cast<double>(channels) * width;
  const auto rounded = std::max<std::int64_t>(8, static_cast<std::int64_t>(wanted + 4) / 8 * 8);
  return static_cast<double>(rounded) < 0.9 * wanted ? rounded + 8 : rounded;
}

}  // namespace mien
