// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/safe_kernels.h"

namespace mien::runtime::engine {

bool leaves_gaps(const Window& window, const graph::Dims& kernel) {
  for (std::size_t i = 0; i < kernel.size(); ++i)
    if (window.strides[i] > (kernel[i] - 1) * window.dilations[i] + 1) return true;
  return false;
}

bool cancels_paddings(const Window& window) {
  for (std::size_t i = 0; i < window.low.size(); ++i)
    if (window.low[i] > 0 && window.low[i] + window.high[i] == 0) return true;
  return false;
}

bool oversteps(std::string_view implementation, const Window& window, const graph::Dims& kernel) {
  const auto is = [&](std::string_view part) { return implementation.find(part) != std::string_view::npos; };
  if (is("_1x1:")) return false;
  return (is("amx") && leaves_gaps(window, kernel)) || (is("brgconv:") && cancels_paddings(window));
}

}  // namespace mien::runtime::engine
