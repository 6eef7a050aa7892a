// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/reference_run.h"

#include <optional>
#include <string>

#include "mien/base/error.h"
#include "mien/runtime/rewrite/graph_editor.h"

namespace mien::runtime {

using graph::no_value;
using graph::Node;
using graph::Tensor;
using graph::ValueId;

namespace {

/// The values at hand while the network runs.
class Values {
 public:
  explicit Values(const graph::Graph& graph) : graph_(graph), held_(graph.values.size()), reads_left_(graph.values.size(), 0) {
    for (const auto& node : graph.nodes) {
      for (const auto value : operands_of(node)) ++reads_left_[static_cast<std::size_t>(value)];
    }
    for (const auto& port : graph.outputs) ++reads_left_[static_cast<std::size_t>(port.value)];
  }
  const Tensor* find(ValueId value) const {
    if (value == no_value) return nullptr;
    const auto& held = held_[static_cast<std::size_t>(value)];
    return held ? &*held : graph_.constant(value);
  }
  void hold(ValueId value, Tensor tensor) {
    if (value != no_value && reads_left_[static_cast<std::size_t>(value)] > 0)
      held_[static_cast<std::size_t>(value)] = std::move(tensor);
  }
  void read(ValueId value) {
    if (--reads_left_[static_cast<std::size_t>(value)] == 0) held_[static_cast<std::size_t>(value)].reset();
  }

 private:
  const graph::Graph& graph_;
  std::vector<std::optional<Tensor>> held_;
  std::vector<std::int64_t> reads_left_;
};

void run_node(const graph::Graph& graph, const Node& node, Values& values) {
  std::vector<const Tensor*> inputs, post_operands;
  for (const auto value : node.inputs) inputs.push_back(values.find(value));
  for (const auto& post : node.post) post_operands.push_back(values.find(post.other));
  auto results = operators::evaluate(node, graph.opset, inputs, post_operands);
  for (std::size_t i = 0; i < results.size(); ++i) values.hold(node.outputs[i], std::move(results[i]));
  for (const auto value : operands_of(node)) values.read(value);
}

}  // namespace

std::vector<Tensor> reference_run(const TypedGraph& typed, const std::vector<Tensor>& inputs) {
  const auto& graph = typed.graph;
  if (inputs.size() != graph.inputs.size())
    throw Error(ErrorCode::usage,
                "the network has " + std::to_string(graph.inputs.size()) + " inputs, found " + std::to_string(inputs.size()));
  Values values(graph);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto value = graph.inputs[i].value;
    const auto& type = typed.types[static_cast<std::size_t>(value)];
    if (inputs[i].type() != type.type || inputs[i].dims() != type.dims)
      throw Error(ErrorCode::usage, "input '" + graph.values[static_cast<std::size_t>(value)].name + "': expected " +
                                        graph::text_of(type.dims) + " " + graph::name_of(type.type) + ", found " +
                                        graph::text_of(inputs[i].dims()) + " " + graph::name_of(inputs[i].type()));
    values.hold(value, inputs[i]);
  }
  for (const auto& node : graph.nodes) run_node(graph, node, values);
  std::vector<Tensor> outputs;
  for (const auto& port : graph.outputs) outputs.push_back(*values.find(port.value));
  return outputs;
}

}  // namespace mien::runtime
