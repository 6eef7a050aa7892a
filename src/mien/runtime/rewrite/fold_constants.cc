// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "mien/runtime/rewrite/passes.h"

namespace mien::runtime {

using graph::Node;
using graph::Tensor;
using operators::TensorType;

namespace {

constexpr std::uint64_t most_bytes = 64ull << 20;  ///< a result that is larger must be smaller than its inputs
constexpr std::uint64_t most_float_bytes_per_shape = 1 << 20;
constexpr std::uint64_t most_dense_bytes = 1 << 20;

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Results that are not a function of the inputs alone.
bool is_random(const Node& node) {
  static constexpr std::array<std::string_view, 6> names{"RandomNormal",      "RandomNormalLike", "RandomUniform",
                                                         "RandomUniformLike", "Multinomial",      "Bernoulli"};
  return contains(names, node.op);
}

/// Nodes whose plain arithmetic takes long for the size of their operands.
bool is_dense(const Node& node) {
  static constexpr std::array<std::string_view, 11> names{"Conv",          "ConvTranspose", "MatMul",        "Gemm",
                                                          "Einsum",        "QLinearConv",   "QLinearMatMul", "ConvInteger",
                                                          "MatMulInteger", "Linear",        "QGemm"};
  return contains(names, node.op);
}

std::uint64_t bytes_of(const std::vector<TensorType>& types) {
  std::uint64_t bytes = 0;
  for (const auto& type : types)
    bytes += static_cast<std::uint64_t>(graph::element_count(type.dims)) * graph::element_size(type.type);
  return bytes;
}

struct KnownOperands {
  std::vector<const Tensor*> tensors;
  std::vector<std::optional<TensorType>> types;
};

KnownOperands known_operands(const graph::Graph& graph, const Node& node) {
  KnownOperands known;
  for (const auto value : node.inputs) {
    const Tensor* tensor = graph.constant(value);
    known.tensors.push_back(tensor);
    known.types.push_back(tensor ? std::optional(TensorType{tensor->type(), tensor->dims()}) : std::nullopt);
  }
  return known;
}

bool all_constant(const graph::Graph& graph, const Node& node) {
  const auto operands = operands_of(node);
  return !operands.empty() &&
         std::all_of(operands.begin(), operands.end(), [&](auto value) { return graph.constant(value) != nullptr; });
}

void fold(GraphEditor& editor, std::int32_t index, Meter* meter) {
  const Node node = editor.node(index);  // a copy: the node dies while its results become constants
  if (!all_constant(editor.graph(), node)) return;
  const int opset = editor.graph().opset;
  if (!operators::find_operator(node.domain, node.op, opset)) return;  // specialise() says so, if the node is needed at all
  const auto known = known_operands(editor.graph(), node);
  const auto outputs = operators::infer_types(node, opset, known.types, known.tensors);
  std::vector<TensorType> inputs;
  for (const auto& type : known.types) {
    if (type) inputs.push_back(*type);
  }
  if (!worth_folding(node, inputs, outputs, editor.typed())) return;
  if (meter) meter->charge(node, known.types, outputs);
  auto results = evaluate_constants(editor.graph(), node);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (node.outputs[i] != graph::no_value) editor.make_constant(node.outputs[i], std::move(results[i]));
  }
}

}  // namespace

bool worth_folding(const Node& node, const std::vector<TensorType>& inputs, const std::vector<TensorType>& outputs,
                   bool per_shape) {
  if (is_random(node)) return false;
  const auto read = bytes_of(inputs), made = bytes_of(outputs);
  if (is_dense(node) && read + made > most_dense_bytes) return false;
  const bool has_floats =
      std::any_of(outputs.begin(), outputs.end(), [](const auto& type) { return type.type == graph::DataType::f32; });
  return made <= read || made <= (per_shape && has_floats ? most_float_bytes_per_shape : most_bytes);
}

std::vector<Tensor> evaluate_constants(const graph::Graph& graph, const Node& node) {
  std::vector<const Tensor*> post_operands;
  for (const auto& post : node.post) post_operands.push_back(graph.constant(post.other));
  return operators::evaluate(node, graph.opset, known_operands(graph, node).tensors, post_operands);
}

void fold_constants(GraphEditor& editor, Meter* meter, bool dequantise) {
  for (const auto index : editor.order()) {
    if (editor.alive(index) && (dequantise || editor.node(index).op != "DequantizeLinear")) fold(editor, index, meter);
  }
}

}  // namespace mien::runtime
