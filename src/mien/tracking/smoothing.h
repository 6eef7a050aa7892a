// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace mien {

/// Smooths a vector of values over time for one person: exponential with a time constant, so that frame rates do not matter:
///   s += (1 - exp(-dt / time_constant)) * (x - s)
/// A value that is NaN (unknown) comes back as NaN and leaves what was smoothed so far as it is. A value restarts where it was
/// not seen for longer than three time constants, and all restart when their count changes or time runs backwards. A time
/// constant of 0 smooths nothing.
class TimeSmoother {
 public:
  /// Throws Error{usage} for a negative or non-finite time constant.
  explicit TimeSmoother(double time_constant_s);
  /// The smoothed values at `time_s`; as many as came in. Probabilities that sum to 1 still do.
  std::vector<float> add(double time_s, const std::vector<float>& values);

  std::string save() const;                ///< JSON
  void restore(const std::string& state);  ///< Throws Error{bad_file}, and leaves the state as it was

 private:
  struct Value {
    double smoothed = 0, seen_s = 0;
    bool known = false;
  };
  double time_constant_s_, last_s_ = 0;
  std::vector<Value> state_;
};

}  // namespace mien
