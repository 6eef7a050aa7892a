// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "mien/runtime/rewrite/graph_editor.h"

namespace mien::runtime {

// Small questions that several passes ask about nodes.

/// True for an operator of ONNX itself (domain "").
inline bool is(const graph::Node& node, std::string_view op) {
  return (node.domain.empty() || node.domain == "ai.onnx") && node.op == op;
}
inline bool is(const graph::Node* node, std::string_view op) { return node && is(*node, op); }
/// True for an operator of domain "mien".
inline bool is_mien(const graph::Node& node, std::string_view op) { return node.domain == "mien" && node.op == op; }
inline bool is_mien(const graph::Node* node, std::string_view op) { return node && is_mien(*node, op); }

/// Axes of a node that has them as attribute `axes` or as constant input `position`, each in [0, rank); nullopt when they are
/// not constant or not given.
std::optional<std::vector<std::int64_t>> axes_of(const GraphEditor& editor, const graph::Node& node, std::size_t position,
                                                 std::int64_t rank);
/// The integers of a constant input; nullopt when it is left out or not constant.
std::optional<std::vector<std::int64_t>> constant_integers(const GraphEditor& editor, graph::ValueId value);

/// A node without attributes.
graph::Node node_of(const std::string& op, const std::string& domain, const std::string& name, std::vector<graph::ValueId> inputs,
                    std::vector<graph::ValueId> outputs);
/// A node of domain "mien" with one output.
graph::Node mien_node(const std::string& op, const std::string& name, std::vector<graph::ValueId> inputs, graph::ValueId output);

/// A float tensor of these dims.
graph::Tensor float_tensor(graph::Dims dims, const std::vector<float>& values);
/// Name for a value made from another one: "NAME/what".
std::string derived_name(const GraphEditor& editor, graph::ValueId value, const std::string& what);

/// Of the two operands of a node, the one that is not constant and the constant one.
struct ConstantOperand {
  graph::ValueId data = graph::no_value;
  const graph::Tensor* constant = nullptr;
  bool constant_first = false;
};
/// For a node with exactly two inputs of which one is a constant float tensor.
std::optional<ConstantOperand> constant_operand(const GraphEditor& editor, const graph::Node& node);

/// a and b agree to float precision as exporters print numbers.
bool nearly(double a, double b);

}  // namespace mien::runtime
