// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "mien/nn/torch.h"
#include "mien/optim/optimizer_options.h"
#include "mien/optim/schedule.h"

namespace mien {

/// torch::optim's optimizer for the given parameters.
std::unique_ptr<torch::optim::Optimizer> make_optimizer(const OptimizerOptions& options, const std::vector<torch::Tensor>& parameters);

/// Sets rate and, where the schedule moves it, momentum (beta1 for Adam) of every parameter group.
void apply_schedule(torch::optim::Optimizer& optimizer, const ScheduleValue& value);

}  // namespace mien
