// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mien/base/error.h"
#include "mien/runtime/rewrite/node_facts.h"
#include "mien/runtime/rewrite/passes.h"
#include "mien/runtime/rewrite/rewrite.h"

namespace mien::runtime {

using graph::Dims;
using graph::no_value;
using graph::Node;
using graph::Tensor;
using graph::ValueId;
using operators::TensorType;

namespace {

TensorType& type_of(TypedGraph& typed, ValueId value) { return typed.types[static_cast<std::size_t>(value)]; }

void set_constant(TypedGraph& typed, ValueId value, Tensor tensor) {
  type_of(typed, value) = {tensor.type(), tensor.dims()};
  typed.graph.values[static_cast<std::size_t>(value)].constant = std::move(tensor);
}

/// Shape (with start and end) and Size of a value whose dims are known; nullopt for other nodes.
std::optional<Tensor> shape_facts(const Node& node, const Dims& dims) {
  if (is(node, "Size")) return Tensor::of(std::vector<std::int64_t>{graph::element_count(dims)}).reshaped({});
  if (!is(node, "Shape")) return std::nullopt;
  const auto rank = static_cast<std::int64_t>(dims.size());
  const auto place = [rank](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank); };
  const auto begin = place(node.integer("start", 0)), end = std::max(begin, place(node.integer("end", rank)));
  return Tensor::of(std::vector<std::int64_t>(dims.begin() + begin, dims.begin() + end));
}

struct Operands {
  std::vector<std::optional<TensorType>> types;
  std::vector<const Tensor*> constants;
  std::vector<TensorType> given;  ///< types without those left out
  bool all_constant = true;
};

Operands operands_at(TypedGraph& typed, const Node& node) {
  Operands operands;
  for (const auto value : node.inputs) {
    const Tensor* constant = typed.graph.constant(value);
    operands.constants.push_back(constant);
    operands.types.push_back(value == no_value ? std::nullopt : std::optional(type_of(typed, value)));
    if (value == no_value) continue;
    operands.given.push_back(type_of(typed, value));
    operands.all_constant = operands.all_constant && constant != nullptr;
  }
  for (const auto& post : node.post) operands.all_constant = operands.all_constant && post.other == no_value;
  operands.all_constant = operands.all_constant && !operands.given.empty();
  return operands;
}

/// Types of the node's results, and their values where these are known. True when the node need not run.
bool visit(TypedGraph& typed, const Node& node, Meter* meter) {
  const auto operands = operands_at(typed, node);
  const auto results = operators::infer_types(node, typed.graph.opset, operands.types, operands.constants);
  if (results.size() != node.outputs.size())
    throw Error(ErrorCode::bad_file, node.label() + ": has more outputs than its operator");
  if (meter) meter->charge(node, operands.types, results);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (node.outputs[i] != no_value) type_of(typed, node.outputs[i]) = results[i];
  }
  if (!operands.given.empty()) {
    if (auto facts = shape_facts(node, operands.given[0].dims)) {
      set_constant(typed, node.outputs[0], std::move(*facts));
      return true;
    }
  }
  if (!operands.all_constant || !worth_folding(node, operands.given, results, true)) return false;
  auto values = evaluate_constants(typed.graph, node);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (node.outputs[i] != no_value) set_constant(typed, node.outputs[i], std::move(values[i]));
  }
  return true;
}

TypedGraph with_input_types(const graph::Graph& graph, const std::vector<TensorType>& input_types) {
  if (input_types.size() != graph.inputs.size())
    throw Error(ErrorCode::bad_file, "network '" + graph.name + "': expected types for " + std::to_string(graph.inputs.size()) +
                                         " inputs, found " + std::to_string(input_types.size()));
  TypedGraph typed{graph, std::vector<TensorType>(graph.values.size())};
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (const auto& constant = graph.values[i].constant) typed.types[i] = {constant->type(), constant->dims()};
  }
  for (std::size_t i = 0; i < input_types.size(); ++i) type_of(typed, graph.inputs[i].value) = input_types[i];
  return typed;
}

}  // namespace

TypedGraph specialise(const graph::Graph& graph, const std::vector<TensorType>& input_types, Meter* meter) {
  TypedGraph typed = with_input_types(graph, input_types);
  std::vector<Node> running;
  for (auto& node : typed.graph.nodes) {
    if (!visit(typed, node, meter)) running.push_back(std::move(node));
  }
  typed.graph.nodes = std::move(running);
  GraphEditor editor(typed);
  remove_no_ops(editor);
  editor.finish();
  return typed;
}

}  // namespace mien::runtime
