// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mien/graph/graph.h"

namespace mien::runtime::engine {

/// The f32 weights of a simplified graph that nothing but lowering one dense layer reads, whatever the shapes of the inputs:
/// the layer multiplies them with a value that depends on the numbers of an input, so that it is never folded.
std::vector<graph::ValueId> movable_weights(const graph::Graph& graph);

}  // namespace mien::runtime::engine
