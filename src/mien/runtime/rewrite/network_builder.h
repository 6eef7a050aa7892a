// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: networks written down in a few lines, and what rewriting makes of them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mien/runtime/rewrite/reference_run.h"
#include "mien/runtime/rewrite/rewrite.h"
#include "mien/testing/golden.h"

namespace mien::runtime {

using Attributes = std::map<std::string, graph::Attribute>;
using Integers = std::vector<std::int64_t>;

/// Adds values and nodes to a graph. Weights are the hashed numbers of testing::fill, in [-1,1].
class NetworkBuilder {
 public:
  explicit NetworkBuilder(int opset = 13) { graph.opset = opset; }

  graph::ValueId input(graph::Dims dims) {
    const auto value = graph.add_value("input" + std::to_string(graph.inputs.size()));
    graph.inputs.push_back({value, graph::DataType::f32, dims, {}, true});
    types.push_back({graph::DataType::f32, std::move(dims)});
    return value;
  }
  graph::ValueId weights(graph::Dims dims, double scale = 0.5, double offset = 0) {
    const std::string name = "weights" + std::to_string(graph.values.size());
    auto values = testing::fill(name, dims, "input_pm1", scale);
    for (auto& value : values) value += static_cast<float>(offset);
    return graph.add_constant(name, graph::Tensor::of(values).reshaped(std::move(dims)));
  }
  graph::ValueId number(float value) {
    return graph.add_constant("number" + std::to_string(graph.values.size()), graph::Tensor::scalar(value));
  }
  graph::ValueId floats(std::vector<float> values) {
    return graph.add_constant("floats" + std::to_string(graph.values.size()), graph::Tensor::of(values));
  }
  graph::ValueId integers(Integers values) {
    return graph.add_constant("integers" + std::to_string(graph.values.size()), graph::Tensor::of(values));
  }

  graph::ValueId node(const std::string& op, std::vector<graph::ValueId> inputs, Attributes attributes = {}) {
    return nodes(op, std::move(inputs), std::move(attributes), 1)[0];
  }
  std::vector<graph::ValueId> nodes(const std::string& op, std::vector<graph::ValueId> inputs, Attributes attributes,
                                    int outputs) {
    graph::Node node;
    node.op = op;
    node.name = op + "_" + std::to_string(graph.nodes.size());
    node.inputs = std::move(inputs);
    node.attributes = std::move(attributes);
    for (int i = 0; i < outputs; ++i) node.outputs.push_back(graph.add_value(node.name + "/" + std::to_string(i)));
    graph.nodes.push_back(node);
    return node.outputs;
  }
  /// Conv with bias; 3x3 with pads 1, or 1x1.
  graph::ValueId conv(graph::ValueId x, std::int64_t in, std::int64_t out, std::int64_t size = 3, std::int64_t groups = 1) {
    const auto pad = size / 2;
    return node("Conv", {x, weights({out, in / groups, size, size}), weights({out})},
                {{"pads", Integers{pad, pad, pad, pad}}, {"group", groups}, {"kernel_shape", Integers{size, size}}});
  }
  graph::ValueId batch_norm(graph::ValueId x, std::int64_t channels) {
    return node("BatchNormalization",
                {x, weights({channels}, 0.5, 1), weights({channels}), weights({channels}), weights({channels}, 0.4, 1)},
                {{"epsilon", 1e-3f}});
  }
  void output(graph::ValueId value) { graph.outputs.push_back({value, graph::DataType::f32, {}, {}, false}); }

  graph::Graph graph;
  std::vector<operators::TensorType> types;  ///< of the inputs
};

/// "Conv+relu+add": the operator and the post operations of a node.
inline std::string summary_of(const graph::Node& node) {
  static const std::vector<std::string> names{"relu", "leaky_relu", "clip", "sigmoid", "hard_sigmoid", "hard_swish", "swish",
                                              "tanh", "gelu_erf",   "elu",  "linear",  "prelu",        "add",        "multiply"};
  std::string text = node.op;
  for (const auto& post : node.post) text += "+" + names.at(static_cast<std::size_t>(post.kind));
  return text;
}

inline std::vector<std::string> summary_of(const graph::Graph& graph) {
  std::vector<std::string> text;
  for (const auto& node : graph.nodes) text.push_back(summary_of(node));
  return text;
}

inline std::vector<graph::Tensor> example_inputs(const TypedGraph& typed) {
  std::vector<graph::Tensor> inputs;
  for (const auto& port : typed.graph.inputs) {
    const auto& type = typed.types[static_cast<std::size_t>(port.value)];
    const auto& name = typed.graph.values[static_cast<std::size_t>(port.value)].name;
    inputs.push_back(graph::Tensor::of(testing::fill(name, type.dims, "input_pm1", 2)).reshaped(type.dims));
  }
  return inputs;
}

/// Largest difference of two results, as a share of the largest magnitude.
inline double difference(const graph::Tensor& found, const graph::Tensor& expected) {
  EXPECT_EQ(found.dims(), expected.dims());
  EXPECT_EQ(found.type(), expected.type());
  const auto a = found.floats(), b = expected.floats();
  double largest = 1e-30, apart = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(b[i])));
    const double gap = std::abs(static_cast<double>(a.at(i)) - b[i]);
    apart = std::max(apart, std::isnan(gap) ? 1e30 : gap);
  }
  return apart / largest;
}

/// Every value that a node reads is an input, a constant or made by a node before it.
inline void expect_runnable(const graph::Graph& graph) {
  std::vector<bool> known(graph.values.size(), false);
  for (std::size_t i = 0; i < known.size(); ++i) known[i] = graph.values[i].constant.has_value();
  for (const auto& port : graph.inputs) known[static_cast<std::size_t>(port.value)] = true;
  for (const auto& node : graph.nodes) {
    for (const auto value : node.inputs)
      EXPECT_TRUE(value == graph::no_value || known[static_cast<std::size_t>(value)]) << node.label();
    for (const auto& post : node.post)
      EXPECT_TRUE(post.other == graph::no_value || known[static_cast<std::size_t>(post.other)]) << node.label();
    for (const auto value : node.outputs) {
      if (value != graph::no_value) known[static_cast<std::size_t>(value)] = true;
    }
  }
}

/// The network simplified, specialised and fused.
inline TypedGraph rewritten(const graph::Graph& network, const std::vector<operators::TensorType>& types) {
  graph::Graph simple = network;
  simplify(simple);
  TypedGraph typed = specialise(simple, types);
  fuse(typed);
  return typed;
}

/// Rewrites the network and checks that it computes what it computed before; returns what is left of it.
inline TypedGraph expect_same_results(const NetworkBuilder& network, double tolerance = 1e-5) {
  const TypedGraph plain = specialise(network.graph, network.types);
  TypedGraph fused = rewritten(network.graph, network.types);
  expect_runnable(fused.graph);
  const auto inputs = example_inputs(plain);
  const auto expected = reference_run(plain, inputs), found = reference_run(fused, inputs);
  EXPECT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_LE(difference(found.at(i), expected[i]), tolerance) << "output " << i;
    EXPECT_EQ(fused.types.at(static_cast<std::size_t>(fused.graph.outputs[i].value)).dims, expected[i].dims());
    EXPECT_EQ(fused.graph.values[static_cast<std::size_t>(fused.graph.outputs[i].value)].name,
              network.graph.values[static_cast<std::size_t>(network.graph.outputs[i].value)].name);
  }
  return fused;
}

inline void expect_becomes(const NetworkBuilder& network, const std::vector<std::string>& expected) {
  EXPECT_EQ(summary_of(expect_same_results(network).graph), expected);
}

}  // namespace mien::runtime
