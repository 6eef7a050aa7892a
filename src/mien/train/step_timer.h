// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <vector>

#include "mien/train/step_runner.h"

namespace mien {

/// The step that a training begins with. Throws Error{usage} for a method without one.
TrainingStep first_step(Method& method);
/// A plan of which all images train.
DataPlan plan_all(std::shared_ptr<const Dataset> images);

/// Seconds of the parts of iterations: give `lap` to StepRunner::run_iteration between `begin` and `end`.
class StepTimer {
 public:
  void begin();
  void lap(StepPart part);
  /// Keeps the iteration that began last; without this it is forgotten (a warm-up).
  void end();

  double median(StepPart part) const;
  /// Of whole iterations, each the sum of its parts.
  double median() const { return quantile(wholes(true), 0.5); }
  double spread() const;  ///< interquartile range, share of the median
  std::vector<double> wholes(bool with_load) const;

  /// The value at the rank nearest to `q` in [0,1].
  static double quantile(std::vector<double> values, double q);

 private:
  using Parts = std::array<double, 4>;
  Parts current_{};
  std::vector<Parts> kept_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace mien
