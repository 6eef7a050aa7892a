// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/mean_interval.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "mien/base/error.h"
#include "mien/base/parallel.h"
#include "mien/base/random.h"
#include "mien/metrics/counts.h"

namespace mien {

MeanInterval mean_interval(const std::vector<double>& all, int resamples, std::uint64_t seed) {
  if (resamples < 1) throw Error(ErrorCode::usage, "bootstrap resamples must be at least 1, found " + std::to_string(resamples));
  std::vector<double> values;
  std::copy_if(all.begin(), all.end(), std::back_inserter(values), [](double value) { return std::isfinite(value); });
  const auto n = static_cast<std::int64_t>(values.size());
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (n == 0) return {0, none, {none, none}};
  double sum = 0;
  for (const double value : values) sum += value;
  std::vector<double> means(static_cast<std::size_t>(resamples));
  parallel_for(resamples, 0, [&](std::int64_t i) {
    Random random(seed, static_cast<std::uint64_t>(i));
    double drawn = 0;
    for (std::int64_t k = 0; k < n; ++k) drawn += values[static_cast<std::size_t>(random.integer(n))];
    means[static_cast<std::size_t>(i)] = drawn / static_cast<double>(n);
  });
  return {n, sum / static_cast<double>(n), percentile_interval(std::move(means))};
}

}  // namespace mien
