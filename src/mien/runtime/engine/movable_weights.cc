// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/movable_weights.h"

#include <algorithm>

#include "mien/runtime/engine/precision_plan.h"

namespace mien::runtime::engine {

namespace {

using graph::Graph;
using graph::Node;
using graph::ValueId;

/// By ValueId: the numbers depend on the numbers of an input, not on its shape alone.
std::vector<bool> varying_values(const Graph& graph) {
  std::vector<bool> varies(graph.values.size(), false);
  for (const auto& port : graph.inputs) varies[static_cast<std::size_t>(port.value)] = true;
  for (const auto& node : graph.nodes) {
    const bool looks_at_shape = node.domain.empty() && (node.op == "Shape" || node.op == "Size");
    const bool any = std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId value) {
      return value != graph::no_value && varies[static_cast<std::size_t>(value)];
    });
    for (const auto output : node.outputs)
      if (output != graph::no_value) varies[static_cast<std::size_t>(output)] = any && !looks_at_shape;
  }
  return varies;
}

/// The place of a layer's weights is its second input; a product is a layer when its second factor is one matrix.
bool takes_weights(const Node& node, const graph::Tensor& weights) {
  return is_dense(node) || (node.domain.empty() && node.op == "MatMul" && weights.dims().size() == 2);
}

}  // namespace

std::vector<ValueId> movable_weights(const Graph& graph) {
  const auto varies = varying_values(graph);
  const auto uses = graph::uses_of(graph);
  std::vector<ValueId> movable;
  for (const auto& node : graph.nodes) {
    const auto id = node.input(1);
    const auto* weights = graph.constant(id);
    if (!weights || weights->type() != graph::DataType::f32 || !takes_weights(node, *weights)) continue;
    const bool alone = uses.readers[static_cast<std::size_t>(id)].size() == 1 && !uses.is_output[static_cast<std::size_t>(id)];
    const auto data = node.input(0);
    if (alone && data != graph::no_value && varies[static_cast<std::size_t>(data)]) movable.push_back(id);
  }
  return movable;
}

}  // namespace mien::runtime::engine
