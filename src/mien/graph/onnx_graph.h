// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/graph/graph.h"
#include "mien/graph/onnx_external.h"
#include "onnx/onnx_pb.h"

namespace mien::graph {

inline constexpr int oldest_opset = 7, newest_opset = 18;

/// Moves a parsed graph into `graph`: inputs, outputs, values and sorted nodes. Weights are freed in the message one after the
/// other as they are taken. Throws Error{bad_file} that names the node or value.
void take_graph(::onnx::GraphProto& message, ExternalData& external, Graph& graph);

}  // namespace mien::graph
