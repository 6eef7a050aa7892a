// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "mien/image/resize.h"

namespace mien::resizing {

/// For every output position of one axis: which input positions it sees and with which weights (sum 1).
struct Weights {
  struct Span {
    int first = 0, count = 0;
  };
  std::vector<Span> spans;   ///< one for each output position
  int most = 0;              ///< row length of `real`
  std::vector<double> real;  ///< [outputs, most], unused entries 0
};

/// The filter stretched by the scale when shrinking, as Pillow computes it. `filter` must not be nearest.
Weights weights(int in, int out, ResizeFilter filter);

constexpr int kFractionBits = 22;  ///< of the fixed-point weights
std::vector<std::int32_t> fixed_point(const std::vector<double>& real);

}  // namespace mien::resizing
