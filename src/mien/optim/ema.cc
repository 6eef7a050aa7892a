// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/optim/ema.h"

#include <algorithm>

namespace mien {

std::vector<std::pair<std::string, torch::Tensor>> named_state(torch::nn::Module& module) {
  std::vector<std::pair<std::string, torch::Tensor>> out;
  for (const auto& item : module.named_parameters()) out.emplace_back(item.key(), item.value());
  for (const auto& item : module.named_buffers()) out.emplace_back(item.key(), item.value());
  return out;
}

MovingAverage::MovingAverage(torch::nn::Module& module, double decay, bool warm_up) : decay_(decay), warm_up_(warm_up) {
  torch::NoGradGuard no_grad;
  for (const auto& [name, value] : named_state(module)) shadow_[name] = value.detach().clone();
}

void MovingAverage::update(torch::nn::Module& module) {
  torch::NoGradGuard no_grad;
  ++updates_;
  const double t = static_cast<double>(updates_);
  const double decay = warm_up_ ? std::min(decay_, (1 + t) / (10 + t)) : decay_;
  for (const auto& [name, value] : named_state(module)) {
    auto& average = shadow_.at(name);
    if (average.is_floating_point())
      average.mul_(decay).add_(value.detach(), 1 - decay);
    else
      average.copy_(value);
  }
}

void MovingAverage::swap(torch::nn::Module& module) {
  torch::NoGradGuard no_grad;
  for (auto& [name, value] : named_state(module)) {
    auto& average = shadow_.at(name);
    const auto kept = value.detach().clone();
    value.copy_(average);
    average.copy_(kept);
  }
}

}  // namespace mien
