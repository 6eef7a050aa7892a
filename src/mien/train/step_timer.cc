// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/step_timer.h"

#include <algorithm>
#include <numeric>

#include "mien/base/error.h"

namespace mien {

TrainingStep first_step(Method& method) {
  for (auto& step : method.steps())
    if (step.first_epoch == 0) return std::move(step);
  throw Error(ErrorCode::usage, "a method without a step in its first epoch");
}

DataPlan plan_all(std::shared_ptr<const Dataset> images) {
  DataPlan plan;
  plan.labels = images->labels;
  plan.name = images->name;
  plan.class_counts.assign(static_cast<std::size_t>(plan.labels.size()), 0);
  for (const Record& r : images->records)
    if (r.annotations.label >= 0) ++plan.class_counts[static_cast<std::size_t>(r.annotations.label)];
  plan.parts = {{images, images}};
  return plan;
}

using Clock = std::chrono::steady_clock;

void StepTimer::begin() {
  current_ = {};
  last_ = Clock::now();
}

void StepTimer::lap(StepPart part) {
  const auto now = Clock::now();
  current_[static_cast<std::size_t>(part)] += std::chrono::duration<double>(now - last_).count();
  last_ = now;
}

void StepTimer::end() { kept_.push_back(current_); }

double StepTimer::quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1) + 0.5)];
}

double StepTimer::median(StepPart part) const {
  std::vector<double> values;
  for (const Parts& one : kept_) values.push_back(one[static_cast<std::size_t>(part)]);
  return quantile(std::move(values), 0.5);
}

double StepTimer::spread() const {
  const auto steps = wholes(true);
  return (quantile(steps, 0.75) - quantile(steps, 0.25)) / quantile(steps, 0.5);
}

std::vector<double> StepTimer::wholes(bool with_load) const {
  std::vector<double> values;
  for (const Parts& one : kept_) values.push_back(std::accumulate(one.begin() + (with_load ? 0 : 1), one.end(), 0.0));
  return values;
}

}  // namespace mien
