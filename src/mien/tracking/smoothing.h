// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace mien {

/// Smooths a vector of values over time for one person: exponential with a time constant, so that frame rates do not matter. Restarts after
/// a gap longer than three time constants.
class TimeSmoother {
 public:
  explicit TimeSmoother(double time_constant_s) : time_constant_s_(time_constant_s) {}
  std::vector<float> add(double time_s, const std::vector<float>& values);

 private:
  double time_constant_s_, last_s_ = 0;
  std::vector<float> state_;
};

/// A stretch of time in which one person shows one expression.
struct Episode {
  int identity = 0, label = 0;
  double onset_s = 0, apex_s = 0, offset_s = 0;
  float peak = 0;  ///< probability at the apex
};
struct EpisodeOptions {
  double min_duration_s = 0.3;
  double max_gap_s = 0.2;     ///< shorter interruptions do not end an episode
  float on = 0.5F, off = 0.35F;  ///< probability that starts, and below which ends, an episode
};
/// One sample of one person.
struct ExpressionSample {
  double time_s = 0;
  std::vector<float> probabilities;
};
/// Episodes of the samples (in time order), sorted by onset. `skip_label` (neutral) has none; -1 = none skipped.
std::vector<Episode> find_episodes(int identity, const std::vector<ExpressionSample>& samples, int skip_label, const EpisodeOptions& options = {});

}  // namespace mien
