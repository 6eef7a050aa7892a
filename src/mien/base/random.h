// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace mien {

/// A small random generator (xoshiro256**, Blackman and Vigna 2018) whose stream is a pure function of its key. Every
/// draw that must not depend on thread order takes its own generator, keyed by (seed, purpose, epoch, index): the same
/// key gives the same numbers on every machine and with any number of threads. Not thread-safe; copies are cheap.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t a = 0, std::uint64_t b = 0, std::uint64_t c = 0);

  std::uint64_t next();
  double uniform();                              ///< [0,1), 53 bits
  double uniform(double low, double high);       ///< [low,high)
  std::int64_t integer(std::int64_t count);      ///< 0..count-1, unbiased; count > 0
  double normal();                               ///< mean 0, variance 1
  double gamma(double shape);                    ///< shape > 0, scale 1 (Marsaglia and Tsang 2000)
  double beta(double a, double b);
  bool chance(double probability) { return uniform() < probability; }

  template <typename T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1], values[static_cast<std::size_t>(integer(static_cast<std::int64_t>(i)))]);
  }

 private:
  std::uint64_t state_[4];
};

}  // namespace mien
