// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "mien/runtime/rewrite/graph_editor.h"

namespace mien::runtime {

/// An elementwise node of one operand as post operations on that operand, node.input(0): activations with constant parameters,
/// and Identity nodes that carry post operations. Empty for others.
std::vector<graph::PostOp> elementwise_posts(const GraphEditor& editor, const graph::Node& node);

/// The slopes of a PRelu by channel: one element, or as many as dim 1 of the result; null when they are not constant or vary
/// along another dim.
const graph::Tensor* channel_slopes(const GraphEditor& editor, const graph::Node& node);

}  // namespace mien::runtime
