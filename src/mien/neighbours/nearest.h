// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace mien {

/// The best few candidates so far, by squared distance and then by index.
class Nearest {
 public:
  struct Candidate {
    double squared;
    std::int64_t index;
    bool operator<(const Candidate& other) const {
      return squared != other.squared ? squared < other.squared : index < other.index;
    }
  };

  explicit Nearest(std::int64_t capacity) : capacity_(static_cast<std::size_t>(capacity)) { kept_.reserve(capacity_ + 1); }

  bool full() const { return kept_.size() == capacity_; }
  /// Whether a candidate would be kept.
  bool wants(const Candidate& candidate) const { return !full() || candidate < kept_.back(); }
  /// Squared distance beyond which nothing is kept.
  double limit() const { return full() ? kept_.back().squared : std::numeric_limits<double>::infinity(); }
  /// Offers samples at one distance, in rising order.
  void offer(double squared, std::span<const std::int64_t> samples) {
    for (const std::int64_t sample : samples) {
      if (!wants({squared, sample})) return;
      const Candidate candidate{squared, sample};
      kept_.insert(std::upper_bound(kept_.begin(), kept_.end(), candidate), candidate);
      if (kept_.size() > capacity_) kept_.pop_back();
    }
  }
  void clear() { kept_.clear(); }
  const std::vector<Candidate>& sorted() const { return kept_; }

 private:
  std::size_t capacity_;
  std::vector<Candidate> kept_;
};

}  // namespace mien
