// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "mien/nn/torch.h"

namespace mien::exporting {

/// While it lives, a module is in eval mode and its parameters need no gradient; then all is as before.
class FrozenModule {
 public:
  explicit FrozenModule(torch::nn::Module& module) : module_(module), training_(module.is_training()) {
    for (const auto& child : module.modules(/*include_self=*/false)) modes_.emplace_back(child, child->is_training());
    for (auto& parameter : module.parameters()) gradients_.emplace_back(parameter, parameter.requires_grad());
    module.eval();
    for (auto& [parameter, needed] : gradients_) parameter.set_requires_grad(false);
  }
  ~FrozenModule() {
    for (auto& [parameter, needed] : gradients_) parameter.set_requires_grad(needed);
    module_.train(training_);  // parents stand before their children, whose own mode follows
    for (auto& [child, training] : modes_) child->train(training);
  }
  FrozenModule(const FrozenModule&) = delete;
  FrozenModule& operator=(const FrozenModule&) = delete;

 private:
  torch::nn::Module& module_;
  bool training_;
  std::vector<std::pair<std::shared_ptr<torch::nn::Module>, bool>> modes_;
  std::vector<std::pair<torch::Tensor, bool>> gradients_;
};

}  // namespace mien::exporting
