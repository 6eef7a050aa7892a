// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/random.h"

#include <cmath>

namespace mien {

namespace {

std::uint64_t rotate_left(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

/// One step of SplitMix64 (Steele, Lea and Flood 2014).
std::uint64_t split_mix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15ull);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

// The C library's log and exp differ in the last bit between versions and processors; these use only operations that
// IEEE 754 rounds exactly (the file is compiled without contraction), so that draws are equal on every machine.

double exact_log(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < 0.70710678118654752) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1), s2 = s * s;
  double sum = 0;
  for (int k = 23; k >= 1; k -= 2) sum = sum * s2 + 1.0 / k;
  return exponent * 0.69314718055994531 + 2 * s * sum;
}

double exact_exp(double x) {
  if (x < -745) return 0;
  const double k = std::floor(x / 0.69314718055994531 + 0.5);
  const double r = x - k * 0.69314718055994531;
  double sum = 1;
  for (int n = 18; n >= 1; --n) sum = 1 + sum * r / n;
  return std::ldexp(sum, static_cast<int>(k));
}

}  // namespace

Random::Random(std::uint64_t seed, std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  std::uint64_t mixed = 0;
  for (const std::uint64_t part : {seed, a, b, c}) {
    mixed ^= part;
    mixed = split_mix(mixed);
  }
  for (auto& word : state_) word = split_mix(mixed);
}

std::uint64_t Random::next() {
  const std::uint64_t result = rotate_left(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = rotate_left(state_[3], 45);
  return result;
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

double Random::uniform(double low, double high) {
  const double value = low + (high - low) * uniform();
  return value < high || !(low < high) ? value : std::nextafter(high, low);  // rounding may reach `high`
}

std::int64_t Random::integer(std::int64_t count) {
  const auto n = static_cast<std::uint64_t>(count);
  const std::uint64_t biased = (0 - n) % n;  // 2^64 mod n draws would favour the small numbers
  std::uint64_t draw = next();
  while (draw < biased) draw = next();
  return static_cast<std::int64_t>(draw % n);
}

double Random::normal() {
  for (;;) {  // Marsaglia's polar method; the second value is dropped so that no state hides outside the stream
    const double x = 2 * uniform() - 1, y = 2 * uniform() - 1, r2 = x * x + y * y;
    if (r2 > 0 && r2 < 1) return x * std::sqrt(-2 * exact_log(r2) / r2);
  }
}

double Random::gamma(double shape) {
  if (shape < 1) {
    const double boost = 1 - uniform();  // (0,1]
    return gamma(shape + 1) * exact_exp(exact_log(boost) / shape);
  }
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal(), t = 1 + c * x;
    if (t <= 0) continue;
    const double v = t * t * t, u = 1 - uniform();
    if (exact_log(u) < 0.5 * x * x + d - d * v + d * exact_log(v)) return d * v;
  }
}

double Random::beta(double a, double b) {
  const double x = gamma(a), y = gamma(b);
  if (x + y > 0) return x / (x + y);
  return chance(a / (a + b)) ? 1 : 0;  // both underflowed: the limit for tiny parameters
}

}  // namespace mien
