// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mien {

/// The nearest number with so many decimals (0..9), half away from zero, never -0. Rounding twice changes nothing.
double round_decimals(double value, int decimals);

/// Appends the number with exactly so many decimals, "." whatever the locale; nothing for NaN and infinities.
void append_fixed(std::string& out, double value, int decimals);
/// The same without needless zeros at the end: 0.25, 3, -1.5.
void append_short(std::string& out, double value, int decimals);

}  // namespace mien
