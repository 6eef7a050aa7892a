// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mien/nn/torch.h"
#include "mien/optim/optimizer_options.h"
#include "mien/optim/schedule.h"

namespace mien {

/// Parameters that are trained with a rate and a decay of their own (layer-wise learning rates). A parameter belongs to the first group
/// whose prefix its name starts with.
struct ParameterGroup {
  std::string prefix;        ///< of parameter names
  double lr_factor = 1;      ///< times the step's learning rate, at every iteration
  double decay_factor = 1;   ///< times the step's weight decay
};

using NamedParameters = std::vector<std::pair<std::string, torch::Tensor>>;
/// All of a module, in registration order.
NamedParameters named_parameters(const torch::nn::Module& module);

/// torch::optim's optimizer, with the factors of its groups.
class GroupedOptimizer {
 public:
  /// Parameters that no group takes have the factors 1. Throws Error{usage} for an unknown kind.
  GroupedOptimizer(const OptimizerOptions& options, const NamedParameters& parameters, const std::vector<ParameterGroup>& groups = {});

  /// Sets rate and, where the schedule moves it, momentum (beta1 for Adam).
  void apply_schedule(const ScheduleValue& value);
  void step() { optimizer_->step(); }
  void zero_grad() { optimizer_->zero_grad(); }
  torch::optim::Optimizer& torch() { return *optimizer_; }

 private:
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  std::vector<double> lr_factors_;  ///< of torch()'s param_groups()
};

}  // namespace mien
