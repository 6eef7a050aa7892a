// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/node_facts.h"

#include <algorithm>
#include <cmath>

namespace mien::runtime {

using graph::Node;
using graph::Tensor;
using graph::ValueId;

std::optional<std::vector<std::int64_t>> constant_integers(const GraphEditor& editor, ValueId value) {
  const Tensor* tensor = editor.constant(value);
  if (!tensor || tensor->type() == graph::DataType::f32) return std::nullopt;
  return tensor->integers();
}

std::optional<std::vector<std::int64_t>> axes_of(const GraphEditor& editor, const Node& node, std::size_t position,
                                                 std::int64_t rank) {
  auto axes = node.has("axes") ? std::optional(node.integers("axes")) : constant_integers(editor, node.input(position));
  if (!axes) return std::nullopt;
  for (auto& axis : *axes) {
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank) return std::nullopt;
  }
  return axes;
}

Node node_of(const std::string& op, const std::string& domain, const std::string& name, std::vector<ValueId> inputs,
             std::vector<ValueId> outputs) {
  Node node;
  node.op = op;
  node.domain = domain;
  node.name = name;
  node.inputs = std::move(inputs);
  node.outputs = std::move(outputs);
  return node;
}

Node mien_node(const std::string& op, const std::string& name, std::vector<ValueId> inputs, ValueId output) {
  return node_of(op, "mien", name, std::move(inputs), {output});
}

Tensor float_tensor(graph::Dims dims, const std::vector<float>& values) { return Tensor::of(values).reshaped(std::move(dims)); }

std::string derived_name(const GraphEditor& editor, ValueId value, const std::string& what) {
  return editor.graph().values[static_cast<std::size_t>(value)].name + "/" + what;
}

std::optional<ConstantOperand> constant_operand(const GraphEditor& editor, const Node& node) {
  if (node.inputs.size() != 2 || node.inputs[0] == graph::no_value || node.inputs[1] == graph::no_value) return std::nullopt;
  const Tensor* first = editor.constant(node.inputs[0]);
  const Tensor* second = editor.constant(node.inputs[1]);
  if ((first != nullptr) == (second != nullptr)) return std::nullopt;
  const Tensor* constant = first ? first : second;
  if (constant->type() != graph::DataType::f32 || constant->size() == 0) return std::nullopt;
  return ConstantOperand{first ? node.inputs[1] : node.inputs[0], constant, first != nullptr};
}

bool nearly(double a, double b) { return std::abs(a - b) <= 1e-5 * std::max(std::abs(a), std::abs(b)); }

}  // namespace mien::runtime
