// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>

namespace mien::runtime {

/// Decides whether a run spreads every layer over all threads or stays on the calling one.
///
/// Threads that share a layer wait for each other at its end. On an idle machine that costs microseconds; where another program
/// has one of the cores, all wait until the system lets the last of them run, and a run can take ten times as long as one thread
/// alone would need. What the times of the runs say is all that is looked at: one thread is tried once after the first runs, and
/// chosen as long as it is faster than the latest spread runs. While it is chosen, spreading is tried
/// again, soon at first, later whenever that costs no more than a twentieth of the time; for some runs, since threads that slept
/// need a moment until the system has given them cores of their own.
///
///   const bool alone = pace.alone();
///   ... run ...
///   pace.took(alone, seconds);
class Pace {
 public:
  explicit Pace(int threads) : threads_(threads) {}

  /// How the next run is to go.
  bool alone() const;
  /// How the latest run went.
  void took(bool alone, double seconds);

 private:
  /// The latest times, and their median: one slow run says nothing, nor do two.
  class Recent {
   public:
    void add(double seconds);
    void restart(double seconds);
    std::size_t count() const { return count_; }
    double median() const;

   private:
    std::array<double, 5> times_{};
    std::size_t count_ = 0;
  };
  bool time_for_a_trial() const;
  void tried_spread(double seconds);
  void choose(bool alone);

  int threads_;
  bool alone_ = false;      ///< the present choice
  bool warm_ = false;       ///< the first run, which meets cold memory, is over
  Recent spread_, single_;
  double fastest_ = 0;      ///< spread run so far
  double since_trial_ = 0;  ///< seconds that runs took since the other way was last tried
  double patience_ = 0;     ///< while one thread is chosen: times of what a trial costs before the next
  double trial_cost_ = 0;   ///< seconds of the latest trial of spreading
  bool in_trial_ = false;   ///< of spreading
};

}  // namespace mien::runtime
