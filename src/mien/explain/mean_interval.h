// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "mien/metrics/classification.h"

namespace mien {

/// A mean with its 95 % percentile bootstrap interval.
struct MeanInterval {
  std::int64_t n = 0;
  double mean = 0;
  Interval interval;
};

/// Of values one an image; values that are not finite are left out. The same seed gives the same interval on any number of
/// threads; without values everything is NaN. Throws Error{usage} for resamples < 1.
MeanInterval mean_interval(const std::vector<double>& values, int resamples, std::uint64_t seed);

}  // namespace mien
