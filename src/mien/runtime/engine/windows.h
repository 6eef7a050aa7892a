// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/graph/graph.h"

namespace mien::runtime::engine {

/// Strides, dilations (1 = dense) and paddings of a 2-d window, as oneDNN wants them: with the paddings the output has exactly
/// the inferred size.
struct Window {
  graph::Dims strides, dilations, low, high;
};

/// @param input, output  [N,C,H,W]
Window window_of(const graph::Node& node, const graph::Dims& input, const graph::Dims& output, const graph::Dims& kernel);
/// The same for ConvTranspose, where the roles of input and output are exchanged.
Window transposed_window(const graph::Node& node, const graph::Dims& input, const graph::Dims& output, const graph::Dims& kernel);

}  // namespace mien::runtime::engine
