// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "mien/results/results.h"

namespace mien {

/// What was seen of one person in a stretch of time: sums over faces.
struct TimelineBin {
  std::int64_t faces = 0, with_affect = 0;
  std::vector<double> probability_sums;  ///< [K]; empty = none seen
  std::vector<std::int64_t> labels;      ///< [K] faces of each label
  double valence_sum = 0, arousal_sum = 0;
  std::vector<double> unit_sums;          ///< [18]
  std::vector<std::int64_t> unit_counts;  ///< [18] faces with a known intensity

  void add(const FaceResult& face);
  void add(const TimelineBin& other);
  /// Most frequent label; -1 = none.
  int label() const;
};

/// A timeline in constant memory: bins of equal width that double it when they are too many.
class Timeline {
 public:
  explicit Timeline(std::size_t most_bins = 600) : most_bins_(most_bins) {}
  /// Faces without a finite time are left out.
  void add(double time_s, const FaceResult& face);
  /// Doubles the width until it is at least `width_s` and there are at most `most` bins from the first to the last.
  void coarsen(double width_s, std::size_t most);
  double bin_s() const { return bin_s_; }
  /// Bin i holds times from i * bin_s() on; bins without a face are not there.
  const std::map<std::int64_t, TimelineBin>& bins() const { return bins_; }

 private:
  std::size_t span() const;
  void double_width();

  std::size_t most_bins_;
  double bin_s_ = 1.0 / 32;
  std::map<std::int64_t, TimelineBin> bins_;
};

}  // namespace mien
