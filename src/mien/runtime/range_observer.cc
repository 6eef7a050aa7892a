// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/range_observer.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mien::runtime {

void RangeObserver::grow_to(float magnitude) {
  if (limit_ == 0) limit_ = magnitude;
  while (magnitude > limit_) {
    for (std::size_t i = 0; i < bins / 2; ++i) histogram_[i] = histogram_[2 * i] + histogram_[2 * i + 1];
    std::fill(histogram_.begin() + bins / 2, histogram_.end(), 0);
    limit_ *= 2;
  }
}

void RangeObserver::add(const float* values, std::int64_t count) {
  if (count <= 0) return;
  const auto [low, high] = std::minmax_element(values, values + count);
  if (!std::isfinite(*low) || !std::isfinite(*high)) return;
  low_ = any_ ? std::min(low_, *low) : *low;
  high_ = any_ ? std::max(high_, *high) : *high;
  any_ = true;
  const float largest = std::max(std::abs(*low), std::abs(*high));
  if (largest == 0) return;
  grow_to(largest);
  const float to_bin = static_cast<float>(bins) / limit_;
  for (std::int64_t i = 0; i < count; ++i)
    ++histogram_[std::min(bins - 1, static_cast<std::size_t>(std::abs(values[i]) * to_bin))];
}

engine::Range RangeObserver::range(double percentile) const {
  const auto total = static_cast<double>(std::accumulate(histogram_.begin(), histogram_.end(), std::uint64_t{0}));
  double seen = 0;
  float cut = limit_;
  for (std::size_t i = 0; i < bins; ++i) {
    seen += static_cast<double>(histogram_[i]);
    if (seen >= percentile * total) {
      cut = limit_ * static_cast<float>(i + 1) / static_cast<float>(bins);
      break;
    }
  }
  return {std::max(low_, -cut), std::min(high_, cut)};
}

}  // namespace mien::runtime
