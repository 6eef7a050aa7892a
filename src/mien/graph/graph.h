// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "mien/graph/tensor.h"

namespace mien::graph {

/// A value (an edge of the graph) is known by its index in Graph::values.
using ValueId = std::int32_t;
inline constexpr ValueId no_value = -1;  ///< an optional input that is left out

struct Value {
  std::string name;
  std::optional<Tensor> constant;  ///< an initialiser, or the result of constant folding
};

using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>,
                               std::vector<std::string>, Tensor>;

/// One operation applied to the result of a node before it is stored: filled in by rewriting, never by reading a file.
/// Elementwise kinds: y = f(x; alpha, beta) as oneDNN defines them; `add` and `multiply` take a second value that has the
/// shape of the result or broadcasts to it.
struct PostOp {
  enum class Kind { relu, leaky_relu, clip, sigmoid, hard_sigmoid, hard_swish, swish, tanh, gelu_erf, elu, linear, prelu, add, multiply };
  Kind kind = Kind::relu;
  float alpha = 0;             ///< leaky_relu, elu: slope; clip: lower bound; hard_sigmoid, linear: factor; swish: factor in the exponent
  float beta = 0;              ///< clip: upper bound; hard_sigmoid, linear: offset
  ValueId other = no_value;    ///< add, multiply: the second operand; prelu: slopes, one a channel
};

struct Node {
  std::string op;                    ///< "Conv"; rewriting also makes operators of domain "mien"
  std::string domain;                ///< "" is ONNX's own
  std::string name;                  ///< as in the file; for messages
  std::vector<ValueId> inputs;       ///< no_value where left out
  std::vector<ValueId> outputs;
  std::map<std::string, Attribute> attributes;
  std::vector<PostOp> post;          ///< applied to outputs[0] in order

  ValueId input(std::size_t i) const { return i < inputs.size() ? inputs[i] : no_value; }
  std::int64_t integer(const std::string& key, std::int64_t otherwise) const;
  float real(const std::string& key, float otherwise) const;
  std::string text(const std::string& key, const std::string& otherwise) const;
  std::vector<std::int64_t> integers(const std::string& key, std::vector<std::int64_t> otherwise = {}) const;
  std::vector<float> reals(const std::string& key) const;
  const Tensor* tensor(const std::string& key) const;  ///< null when absent
  bool has(const std::string& key) const { return attributes.contains(key); }
  /// "Conv node 'features.0/Conv'": how messages name it. The getters above throw Error{bad_file} that begins with it when an
  /// attribute has another type than asked for.
  std::string label() const;
};

/// A graph input or output as the file declares it; -1 marks a dim that is free or unknown.
struct Port {
  ValueId value = no_value;
  DataType type = DataType::f32;
  Dims dims;
  std::vector<std::string> dim_names;  ///< "" where a dim has no name; empty or as long as dims
  bool has_shape = true;
};

/// A network: nodes in an order in which every node stands behind those that feed it.
struct Graph {
  std::string name;
  int opset = 0;                                ///< version of the operators of domain ""
  std::map<std::string, int> domains;           ///< versions of the other domains that the file imports
  std::vector<Value> values;
  std::vector<Node> nodes;
  std::vector<Port> inputs;                     ///< without initialisers
  std::vector<Port> outputs;
  std::map<std::string, std::string> metadata;  ///< metadata_props

  ValueId add_value(std::string name);
  ValueId add_constant(std::string name, Tensor tensor);
  const Tensor* constant(ValueId id) const;     ///< null for no_value and for values that are not constant
};

/// For each value the node that makes it (-1: input or constant), and the nodes that read it (its post operands included), a
/// node once for every time it reads: a value with one reader is read once.
struct Uses {
  std::vector<std::int32_t> producer;
  std::vector<std::vector<std::int32_t>> readers;
  std::vector<bool> is_output;  ///< the value is an output of the graph
};
Uses uses_of(const Graph& graph);

/// Sorts the nodes by dependence, drops those that lead to no output. Throws Error{bad_file} that names a node of a cycle, a
/// value that two nodes make, or one that nothing makes.
void sort_nodes(Graph& graph);

}  // namespace mien::graph
