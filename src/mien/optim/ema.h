// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "mien/nn/torch.h"

namespace mien {

/// Exponential moving average of a module's parameters and buffers: shadow = decay*shadow + (1-decay)*value; integer
/// buffers are copied. With `warm_up` the decay is min(decay, (1+t)/(10+t)), so that the start is forgotten soon.
class MovingAverage {
 public:
  MovingAverage(torch::nn::Module& module, double decay, bool warm_up = true);
  void update(torch::nn::Module& module);
  /// Exchanges the module's values with the averages; a second call restores them.
  void swap(torch::nn::Module& module);
  std::map<std::string, torch::Tensor>& shadow() { return shadow_; }
  std::int64_t updates() const { return updates_; }
  void set_updates(std::int64_t updates) { updates_ = updates; }

 private:
  double decay_;
  bool warm_up_;
  std::int64_t updates_ = 0;
  std::map<std::string, torch::Tensor> shadow_;
};

/// Parameters and buffers of a module by name, in registration order within each kind.
std::vector<std::pair<std::string, torch::Tensor>> named_state(torch::nn::Module& module);

}  // namespace mien
