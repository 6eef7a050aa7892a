// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/graph/graph.h"
#include "mien/graph/onnx_external.h"
#include "onnx/onnx_pb.h"

namespace mien::graph {

/// Moves the attributes of a message into `node`, whose op, domain and name are set. Throws Error{bad_file} that names node and
/// attribute: for graphs, sparse tensors and types as attributes, for references of function bodies, and for names used twice.
void take_attributes(::onnx::NodeProto& message, Node& node, ExternalData& external);

/// Sets name, type and value of the message. Throws Error{usage} for a tensor whose data were released.
void write_attribute(const std::string& name, const Attribute& attribute, ::onnx::AttributeProto& message);

}  // namespace mien::graph
