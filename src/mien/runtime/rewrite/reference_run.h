// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mien/runtime/rewrite/rewrite.h"

namespace mien::runtime {

/// Runs a typed graph node by node with the plain arithmetic of operators::evaluate: slow, and what every fast version is
/// compared with. Inputs are in the order of graph.inputs, results in that of graph.outputs; a value is forgotten after its last
/// use. Throws Error{usage} when the inputs do not have the types of the graph, Error{bad_file} that names a node.
std::vector<graph::Tensor> reference_run(const TypedGraph& typed, const std::vector<graph::Tensor>& inputs);

}  // namespace mien::runtime
