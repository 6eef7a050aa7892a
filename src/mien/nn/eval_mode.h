// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "mien/nn/torch.h"

namespace mien {

/// While it lives the module and all below it are in eval mode: stored statistics in batch norms, no dropout. Afterwards each
/// is again in the mode that it had.
class EvalMode {
 public:
  explicit EvalMode(torch::nn::Module& module) : module_(module), was_training_(module.is_training()) {
    for (const auto& child : module.modules(/*include_self=*/false)) children_.emplace_back(child, child->is_training());
    module.eval();
  }
  ~EvalMode() {
    module_.train(was_training_);  // reaches the children too, which come in order from the root
    for (const auto& [child, training] : children_)
      if (child->is_training() != training) child->train(training);
  }
  EvalMode(const EvalMode&) = delete;
  EvalMode& operator=(const EvalMode&) = delete;

 private:
  torch::nn::Module& module_;
  bool was_training_;
  std::vector<std::pair<std::shared_ptr<torch::nn::Module>, bool>> children_;
};

/// While it lives the module is in eval mode and its parameters take part in no gradient; both are restored.
class FrozenModule {
 public:
  explicit FrozenModule(torch::nn::Module& module) : eval_(module) {
    for (auto& parameter : module.parameters())
      if (parameter.requires_grad()) thawed_.push_back(parameter.set_requires_grad(false));
  }
  ~FrozenModule() {
    for (auto& parameter : thawed_) parameter.set_requires_grad(true);
  }
  FrozenModule(const FrozenModule&) = delete;
  FrozenModule& operator=(const FrozenModule&) = delete;

 private:
  EvalMode eval_;
  std::vector<torch::Tensor> thawed_;  ///< parameters that required a gradient
};

}  // namespace mien
