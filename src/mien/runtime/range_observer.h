// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "mien/runtime/engine/precision_plan.h"

namespace mien::runtime {

/// Collects which numbers a value takes: smallest, largest, and a histogram of magnitudes whose upper end doubles as needed.
class RangeObserver {
 public:
  void add(const float* values, std::int64_t count);
  /// The range that covers the share `percentile` of all magnitudes.
  engine::Range range(double percentile) const;

 private:
  static constexpr std::size_t bins = 2048;
  void grow_to(float magnitude);

  float low_ = 0, high_ = 0, limit_ = 0;
  bool any_ = false;
  std::array<std::uint64_t, bins> histogram_{};
};

}  // namespace mien::runtime
