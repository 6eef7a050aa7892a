// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mien/base/options.h"

namespace mien {

/// How the learning rate moves. Epoch schedules (step, multi_step, exponential, polynomial, cosine) take the epoch as a
/// fraction when `per_iteration` is set; one_cycle always counts iterations.
struct ScheduleOptions {
  std::string kind = "constant";    ///< constant | step | multi_step | exponential | polynomial | cosine | one_cycle
  double factor = 0.1;              ///< step, multi_step: lr * factor at every period or milestone; exponential: per period
  std::int64_t period = 30;         ///< step, exponential: epochs
  std::vector<double> milestones;   ///< multi_step: epochs
  double power = 2;                 ///< polynomial: (1 - e/E)^power
  double final_lr = 0;              ///< polynomial, cosine: the rate reached at the end
  bool per_iteration = false;       ///< move within the epoch too
  double warmup_epochs = 0;         ///< linear from lr/warm-up iterations; not for one_cycle
  double pct_start = 0.3;           ///< one_cycle: share of the iterations with a rising rate
  double div_factor = 25;           ///< one_cycle: first rate = lr / div_factor
  double final_div_factor = 1e4;    ///< one_cycle: last rate = first rate / final_div_factor
  bool three_phase = false;         ///< one_cycle: fall back to the first rate, then to the last (Smith's original form)
  std::string anneal = "cos";       ///< one_cycle: cos | linear
  bool cycle_momentum = true;       ///< one_cycle: momentum runs against the rate
  double base_momentum = 0.85, max_momentum = 0.95;
};
void describe(ScheduleOptions& options, OptionTable& table);

struct ScheduleValue {
  double lr = 0;
  double momentum = -1;  ///< -1: unchanged
};

/// The rate at iteration `iteration` (0-based, over the whole training). Definitions of torch.optim.lr_scheduler; the
/// polynomial one is report 000's.
/// @param base_lr  the optimizer's lr (the peak for one_cycle)
ScheduleValue schedule_at(const ScheduleOptions& options, double base_lr, std::int64_t iteration, std::int64_t iterations_per_epoch,
                          std::int64_t epochs);

}  // namespace mien
