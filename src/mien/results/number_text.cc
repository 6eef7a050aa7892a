// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/number_text.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>

namespace mien {
namespace {

constexpr std::array<double, 10> kPowers = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
constexpr double kExact = 1e15;  ///< integers below are exact in a double

/// An hour of video has some hundred million numbers: integers are several times faster than the general way.
void append_units(std::string& out, std::int64_t units, int decimals, bool trim) {
  if (units < 0) out += '-';
  auto left = static_cast<std::uint64_t>(units < 0 ? -units : units);
  while (trim && decimals > 0 && left % 10 == 0) {
    left /= 10;
    --decimals;
  }
  char digits[32];
  char* at = digits + sizeof digits;
  for (int i = 0; left > 0 || i <= decimals; ++i) {
    if (i == decimals && decimals > 0) *--at = '.';
    *--at = static_cast<char>('0' + left % 10);
    left /= 10;
  }
  out.append(at, digits + sizeof digits);
}

void append(std::string& out, double value, int decimals, bool trim) {
  if (!std::isfinite(value)) return;
  const double units = std::round(value * kPowers[static_cast<std::size_t>(decimals)]);
  if (std::abs(units) < kExact)
    append_units(out, static_cast<std::int64_t>(units), decimals, trim);
  else if (trim)
    fmt::format_to(std::back_inserter(out), "{}", value);
  else
    fmt::format_to(std::back_inserter(out), "{:.{}f}", value, decimals);
}

}  // namespace

double round_decimals(double value, int decimals) {
  const double power = kPowers[static_cast<std::size_t>(decimals)], units = std::round(value * power);
  return std::abs(units) < kExact ? units / power + 0.0 : value;
}

void append_fixed(std::string& out, double value, int decimals) { append(out, value, decimals, false); }
void append_short(std::string& out, double value, int decimals) { append(out, value, decimals, true); }

}  // namespace mien
