// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/student_t.h"

#include <array>
#include <cmath>

#include "mien/base/error.h"
#include "mien/report/run_comparison.h"

namespace mien {

double t_quantile(std::size_t degrees_of_freedom) {
  static constexpr std::array<double, 30> table{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                                                2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                                                2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
  if (degrees_of_freedom < 1) throw Error(ErrorCode::usage, "Student's t needs one degree of freedom at least");
  if (degrees_of_freedom <= table.size()) return table[degrees_of_freedom - 1];
  // Cornish-Fisher expansion about the normal quantile (Abramowitz and Stegun 26.7.5).
  const double z = 1.959964, n = static_cast<double>(degrees_of_freedom);
  return z + (std::pow(z, 3) + z) / (4 * n) + (5 * std::pow(z, 5) + 16 * std::pow(z, 3) + 3 * z) / (96 * n * n);
}

std::optional<Interval> mean_t_interval(const std::vector<double>& values) {
  if (values.size() < 2) return std::nullopt;
  const Summary summary = summarize(values);
  const double half = t_quantile(values.size() - 1) * summary.sd / std::sqrt(static_cast<double>(values.size()));
  return Interval{summary.mean - half, summary.mean + half};
}

}  // namespace mien
