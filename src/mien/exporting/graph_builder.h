// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mien/exporting/traced.h"
#include "mien/graph/graph.h"

namespace mien::exporting {

using graph::ValueId;
using Attributes = std::map<std::string, graph::Attribute>;

/// Values of a tensor, on the CPU and row-major: floating point types as f32, integers of 32 and 64 bits, bytes and flags as
/// they are. Throws Error{bad_data} for types that ONNX files of ours do not hold (complex numbers).
graph::Tensor to_graph_tensor(const torch::Tensor& tensor);
/// The element type that `to_graph_tensor` gives.
graph::DataType to_graph_type(torch::ScalarType type);
/// The number that stands for a type in attribute `to` of Cast.
std::int64_t onnx_type_number(graph::DataType type);

/// Grows an ONNX graph while a trace is walked: knows which value stands for which traced tensor, and invents names that say
/// where a node comes from ("layer1.0.conv1", "layer1.0.conv1/Relu").
class GraphBuilder {
 public:
  GraphBuilder(const TracedGraph& traced, int opset);

  /// The value of a traced tensor; a constant becomes an initialiser when it is first asked for.
  ValueId value_of(int traced);
  void bind(int traced, ValueId value);
  const TracedTensor& traced_tensor(int id) const { return traced_.tensors.at(static_cast<std::size_t>(id)); }

  /// Module whose parameters were used last: messages and names point to it. "" before the first.
  const std::string& module() const { return module_; }
  /// Nodes from here on belong to the module that owns this parameter ("conv1.weight" -> "conv1"), when it has a name.
  void enter_module_of(const std::string& parameter);

  /// An initialiser with this name, or one like it when it is taken.
  ValueId constant(const std::string& name, graph::Tensor tensor);
  /// A node with `outputs` new values. `owner`: the node is what its module is there for and bears the module's name alone.
  std::vector<ValueId> add(const std::string& op, std::vector<ValueId> inputs, Attributes attributes, std::size_t outputs = 1,
                           bool owner = false);
  /// The node that makes a value; null for inputs and constants.
  const graph::Node* producer(ValueId value) const;
  /// A 1-d tensor of these numbers, computed from the present batch size where they depend on it.
  ValueId numbers(const std::vector<TracedNumber>& values, const std::string& name);
  /// A graph input of type f32.
  ValueId add_input(const std::string& name);

  int opset() const { return graph_.opset; }
  graph::Graph& graph() { return graph_; }
  std::string unique_value_name(const std::string& wanted) { return unique(wanted, value_names_); }

 private:
  static std::string unique(const std::string& wanted, std::set<std::string>& taken);
  ValueId batch_size();

  const TracedGraph& traced_;
  graph::Graph graph_;
  std::vector<ValueId> values_;               ///< by traced tensor
  std::map<const void*, ValueId> constants_;  ///< parameters by their memory, so that each is written once
  std::set<std::string> value_names_, node_names_;
  std::string module_;
  ValueId batch_size_ = graph::no_value;
};

}  // namespace mien::exporting
