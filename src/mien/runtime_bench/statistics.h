// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace mien::runtime_bench {

/// The q-quantile, q in [0,1], interpolated linearly between neighbours; NaN for no values.
double quantile(std::vector<double> values, double q);
double median(std::vector<double> values);
double mean(const std::vector<double>& values);  ///< NaN for no values
/// Interquartile range as a share of the median.
double spread(const std::vector<double>& values);

/// How far answers [N,K] of a network are from those of a reference.
struct Agreement {
  double max_difference = 0;  ///< largest |difference| as a share of the reference's range (largest - smallest value)
  double top1 = 0;            ///< share of rows with the same arg max
};
/// Throws Error{bad_data} when the sizes differ, are no multiple of `columns`, or are 0, Error{numeric} for values that are not
/// finite.
Agreement agreement(const std::vector<float>& answers, const std::vector<float>& reference, std::int64_t columns);

}  // namespace mien::runtime_bench
