// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/graph/onnx_graph.h"

#include <fmt/format.h>

#include <map>

#include "mien/base/error.h"
#include "mien/graph/names.h"
#include "mien/graph/onnx_attributes.h"
#include "mien/graph/onnx_tensor.h"

namespace mien::graph {

namespace {

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::bad_file, what); }

/// Runs `action` and puts `subject` before the message of an error.
template <typename Action>
auto about(const std::string& subject, Action action) {
  try {
    return action();
  } catch (const Error& error) {
    throw Error(error.code(), subject + ": " + error.what(), error.hint());
  }
}

/// Value names of the file and the values that they became. An ordered map: names that collide in a hash table cost nothing.
class Names {
 public:
  explicit Names(Graph& graph) : graph_(graph) {}

  /// The value of that name, made when it is new; no_value for the empty name.
  ValueId operator[](const std::string& name) {
    if (name.empty()) return no_value;
    const auto [place, is_new] = ids_.try_emplace(name, no_value);
    if (is_new) place->second = graph_.add_value(name);
    return place->second;
  }
  bool contains(const std::string& name) const { return ids_.contains(name); }

 private:
  Graph& graph_;
  std::map<std::string, ValueId> ids_;
};

void take_initialisers(::onnx::GraphProto& message, ExternalData& external, Graph& graph, Names& names) {
  if (message.sparse_initializer_size() > 0)
    fail(fmt::format("the sparse initialiser {} is not supported", quote_name(message.sparse_initializer(0).values().name())));
  for (auto& tensor : *message.mutable_initializer()) {
    const std::string name = tensor.name();
    const std::string subject = "initialiser " + quote_name(name);
    if (name.empty()) fail("an initialiser has no name");
    if (names.contains(name)) fail(subject + ": is there twice");
    const ValueId id = names[name];
    graph.values[static_cast<std::size_t>(id)].constant = about(subject, [&] { return take_tensor(tensor, external); });
  }
}

void take_shape(const ::onnx::TensorShapeProto& shape, Port& port) {
  if (shape.dim_size() > most_dims) fail(fmt::format("{} dims, more than the {} allowed", shape.dim_size(), most_dims));
  for (const auto& dim : shape.dim()) {
    const bool known = dim.has_dim_value() && dim.dim_value() >= 0;  // some exporters write -1 for a free dim
    port.dims.push_back(known ? dim.dim_value() : -1);
    port.dim_names.push_back(dim.has_dim_param() ? dim.dim_param() : "");
  }
}

/// @param typed  inputs must say their element type
Port take_port(const ::onnx::ValueInfoProto& message, ValueId value, bool typed) {
  Port port;
  port.value = value;
  const auto& type = message.type();
  if (type.value_case() == ::onnx::TypeProto::VALUE_NOT_SET && !typed) {
    port.has_shape = false;
    return port;
  }
  if (!type.has_tensor_type()) fail("expected a tensor; sequences, maps and optional values are not supported");
  const auto& tensor = type.tensor_type();
  if (typed || tensor.elem_type() != ::onnx::TensorProto::UNDEFINED) port.type = data_type_of(tensor.elem_type());
  port.has_shape = tensor.has_shape();
  take_shape(tensor.shape(), port);
  return port;
}

void take_inputs(const ::onnx::GraphProto& message, Graph& graph, Names& names) {
  std::vector<bool> seen;
  for (const auto& input : message.input()) {
    const std::string subject = "input " + quote_name(input.name());
    if (input.name().empty()) fail("an input of the graph has no name");
    const ValueId id = names[input.name()];
    if (graph.constant(id) != nullptr) continue;  // up to IR version 3 initialisers are inputs too
    seen.resize(graph.values.size(), false);
    if (seen[static_cast<std::size_t>(id)]) fail(subject + ": is there twice");
    seen[static_cast<std::size_t>(id)] = true;
    graph.inputs.push_back(about(subject, [&] { return take_port(input, id, true); }));
  }
}

void take_outputs(const ::onnx::GraphProto& message, Graph& graph, Names& names) {
  if (message.output_size() == 0) fail("the graph has no outputs");
  for (const auto& output : message.output()) {
    if (output.name().empty()) fail("an output of the graph has no name");
    const ValueId id = names[output.name()];
    graph.outputs.push_back(about("output " + quote_name(output.name()), [&] { return take_port(output, id, false); }));
  }
}

/// The value of a Constant node.
Tensor constant_of(Node& node) {
  if (node.attributes.size() != 1) fail(node.label() + ": expected exactly one attribute");
  auto& [key, attribute] = *node.attributes.begin();
  const auto scalar_of = [](std::int64_t value) { return Tensor::of(std::vector<std::int64_t>{value}).reshaped({}); };
  if (key == "value" && std::holds_alternative<Tensor>(attribute)) return std::move(std::get<Tensor>(attribute));
  if (key == "value_float") return Tensor::scalar(node.real(key, 0));
  if (key == "value_int") return scalar_of(node.integer(key, 0));
  if (key == "value_floats") return Tensor::of(node.reals(key));
  if (key == "value_ints") return Tensor::of(node.integers(key));
  fail(fmt::format("{}: constants given by the attribute {} are not supported", node.label(), quote_name(key)));
}

void add_constant_node(Node& node, Graph& graph) {
  if (node.outputs.size() != 1 || node.outputs[0] == no_value) fail(node.label() + ": expected one output");
  auto& value = graph.values[static_cast<std::size_t>(node.outputs[0])];
  if (value.constant)
    fail(fmt::format("{}: makes the value {}, which is a constant already", node.label(), quote_name(value.name)));
  value.constant = constant_of(node);
}

Node take_node(::onnx::NodeProto& message, int index, ExternalData& external, Names& names) {
  if (message.op_type().empty()) fail(fmt::format("node {} ({}) names no operator", index, quote_name(message.name())));
  Node node;
  node.op = std::move(*message.mutable_op_type());
  if (message.domain() != "ai.onnx") node.domain = std::move(*message.mutable_domain());
  node.name = message.name().empty() ? fmt::format("{}_{}", node.op, index) : std::move(*message.mutable_name());
  for (const auto& name : message.input()) node.inputs.push_back(names[name]);
  for (const auto& name : message.output()) node.outputs.push_back(names[name]);
  take_attributes(message, node, external);
  return node;
}

void take_nodes(::onnx::GraphProto& message, ExternalData& external, Graph& graph, Names& names) {
  for (int i = 0; i < message.node_size(); ++i) {
    Node node = take_node(*message.mutable_node(i), i, external, names);
    message.mutable_node(i)->Clear();
    if (node.op == "Constant" && node.domain.empty())
      add_constant_node(node, graph);
    else
      graph.nodes.push_back(std::move(node));
  }
}

}  // namespace

void take_graph(::onnx::GraphProto& message, ExternalData& external, Graph& graph) {
  graph.name = message.name();
  Names names(graph);
  take_initialisers(message, external, graph, names);
  take_inputs(message, graph, names);
  take_nodes(message, external, graph, names);
  take_outputs(message, graph, names);
  sort_nodes(graph);
}

}  // namespace mien::graph
