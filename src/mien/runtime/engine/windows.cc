// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/windows.h"

#include <algorithm>

namespace mien::runtime::engine {

namespace {

Window plain_window(const graph::Node& node) {
  const auto pads = node.integers("pads", {0, 0, 0, 0});
  return {
      node.integers("strides", {1, 1}), node.integers("dilations", {1, 1}), {pads.at(0), pads.at(1)}, {pads.at(2), pads.at(3)}};
}

/// Sets paddings whose sum is `total` the way `auto_pad` says; keeps the low one otherwise.
void share_out(const graph::Node& node, std::size_t axis, std::int64_t total, Window& w) {
  const auto rule = node.text("auto_pad", "NOTSET");
  if (rule == "SAME_UPPER") w.low[axis] = std::max<std::int64_t>(total, 0) / 2;
  if (rule == "SAME_LOWER") w.low[axis] = (std::max<std::int64_t>(total, 0) + 1) / 2;
  if (rule == "VALID") w.low[axis] = 0;
  w.high[axis] = total - w.low[axis];
}

}  // namespace

Window window_of(const graph::Node& node, const graph::Dims& input, const graph::Dims& output, const graph::Dims& kernel) {
  Window w = plain_window(node);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t extent = (kernel[i] - 1) * w.dilations[i] + 1;
    share_out(node, i, (output[i + 2] - 1) * w.strides[i] + extent - input[i + 2], w);
  }
  return w;
}

Window transposed_window(const graph::Node& node, const graph::Dims& input, const graph::Dims& output,
                         const graph::Dims& kernel) {
  Window w = plain_window(node);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t extent = (kernel[i] - 1) * w.dilations[i] + 1;
    share_out(node, i, (input[i + 2] - 1) * w.strides[i] + extent - output[i + 2], w);
  }
  return w;
}

}  // namespace mien::runtime::engine
