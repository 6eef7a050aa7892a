// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mien/runtime/rewrite/node_facts.h"
#include "mien/runtime/rewrite/passes.h"

namespace mien::runtime {

using graph::DataType;
using graph::Dims;
using graph::no_value;
using graph::Node;
using graph::Tensor;
using graph::ValueId;

namespace {

bool is_float(const Tensor* tensor) { return tensor && tensor->type() == DataType::f32; }

Tensor scaled(const Tensor& tensor, float factor) {
  Tensor result(DataType::f32, tensor.dims());
  std::transform(tensor.values<float>().begin(), tensor.values<float>().end(), result.values<float>().begin(),
                 [factor](float value) { return factor * value; });
  return result;
}

/// The bias of a Gemm as [N]; nullopt when it differs from row to row.
std::optional<Tensor> row_bias(const Tensor& bias, std::int64_t columns, float factor) {
  const auto& dims = bias.dims();
  const bool one_row = dims.size() <= 1 || (dims.size() == 2 && dims[0] == 1);
  if (!one_row || (bias.size() != 1 && bias.size() != columns)) return std::nullopt;
  std::vector<float> values(static_cast<std::size_t>(columns));
  const auto in = bias.values<float>();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = factor * in[in.size() == 1 ? 0 : i];
  return Tensor::of(values);
}

void convert_gemm(GraphEditor& editor, std::int32_t index) {
  const Node& node = editor.node(index);
  const Tensor* matrix = editor.constant(node.input(1));
  const Tensor* bias = editor.constant(node.input(2));
  if (!is(node, "Gemm") || !is_float(matrix) || matrix->dims().size() != 2 || node.integer("transA", 0) != 0) return;
  if (editor.constant(node.input(0)) || (node.input(2) != no_value && !is_float(bias))) return;
  const bool turn = node.integer("transB", 0) != 0;
  const float alpha = node.real("alpha", 1);
  std::vector<ValueId> inputs{node.inputs[0], node.inputs[1]};
  if (bias) {
    auto row = row_bias(*bias, matrix->dims()[turn ? 0 : 1], node.real("beta", 1));
    if (!row) return;
    inputs.push_back(editor.add_constant(derived_name(editor, node.inputs[2], "row"), std::move(*row)));
  }
  if (alpha != 1)  // named after the result, since others may multiply the same weights by another factor
    inputs[1] =
        editor.add_constant(derived_name(editor, node.outputs[0], "weights"), scaled(*editor.constant(node.inputs[1]), alpha));
  Node linear = mien_node("Linear", node.name, std::move(inputs), node.outputs[0]);
  if (turn) linear.attributes["transposed"] = std::int64_t{1};  // the weights stay as they lie: turned, they would be held twice
  editor.replace(index, std::move(linear));
}

/// The matrix [K,N] that a MatMul multiplies with from the right; no_value when it has none or has one a batch.
ValueId matrix_of(GraphEditor& editor, const Node& node) {
  const Tensor* matrix = editor.constant(node.input(1));
  if (!is_float(matrix) || matrix->dims().size() < 2) return no_value;
  const auto& dims = matrix->dims();
  const auto rank = editor.dims(node.inputs[0]).size();
  if (rank < 2 || dims.size() > rank || !std::all_of(dims.begin(), dims.end() - 2, [](auto d) { return d == 1; }))
    return no_value;
  if (dims.size() == 2) return node.inputs[1];
  return editor.add_constant(derived_name(editor, node.inputs[1], "matrix"),
                             matrix->reshaped({dims[dims.size() - 2], dims.back()}));
}

void convert_matmul(GraphEditor& editor, std::int32_t index) {
  if (!is(editor.node(index), "MatMul") || editor.constant(editor.node(index).input(0))) return;
  const auto matrix = matrix_of(editor, editor.node(index));
  if (matrix == no_value) return;
  const Node& node = editor.node(index);
  editor.replace(index, mien_node("Linear", node.name, {node.inputs[0], matrix}, node.outputs[0]));
}

/// Add of a vector along the last dim.
void take_bias(GraphEditor& editor, std::int32_t index) {
  const Node& add = editor.node(index);
  if (!is(add, "Add")) return;
  const auto operand = constant_operand(editor, add);
  if (!operand) return;
  const Node* linear = editor.made_by(operand->data);
  if (!is_mien(linear, "Linear") || editor.sole_reader(operand->data) != index) return;
  if (linear->inputs.size() != 2 || !linear->post.empty()) return;
  const auto& dims = operand->constant->dims();
  const auto columns = editor.dims(operand->data).back();
  if (operand->constant->size() != columns || dims.empty() || dims.back() != columns) return;
  if (editor.type(add.outputs[0]) != editor.type(operand->data)) return;
  const auto source = add.inputs[operand->constant_first ? 0 : 1];
  Node merged = *linear;
  merged.outputs = add.outputs;
  merged.inputs.push_back(dims.size() == 1
                              ? source
                              : editor.add_constant(derived_name(editor, source, "row"), operand->constant->reshaped({columns})));
  editor.replace(index, std::move(merged));
}

}  // namespace

void gemm_to_linear(GraphEditor& editor) {
  for (const auto index : editor.order()) {
    if (editor.alive(index)) convert_gemm(editor, index);
  }
}

void matmul_to_linear(GraphEditor& editor) {
  for (const auto index : editor.order()) {
    if (!editor.alive(index)) continue;
    convert_matmul(editor, index);
    take_bias(editor, index);
  }
}

}  // namespace mien::runtime
