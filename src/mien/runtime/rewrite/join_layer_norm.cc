// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "mien/runtime/rewrite/node_facts.h"
#include "mien/runtime/rewrite/passes.h"

namespace mien::runtime {

using graph::no_value;
using graph::Node;
using graph::Tensor;
using graph::ValueId;

namespace {

/// ReduceMean over the last axis that keeps it: its input; no_value for other nodes.
ValueId mean_of(const GraphEditor& editor, ValueId value) {
  const Node* node = editor.made_by(value);
  if (!is(node, "ReduceMean") || node->integer("keepdims", 1) == 0) return no_value;
  const auto rank = static_cast<std::int64_t>(editor.dims(node->inputs[0]).size());
  const auto axes = axes_of(editor, *node, 1, rank);
  return axes && axes->size() == 1 && axes->front() == rank - 1 ? node->inputs[0] : no_value;
}

/// x of x - mean(x); no_value for other nodes.
ValueId centred(const GraphEditor& editor, ValueId value) {
  const Node* node = editor.made_by(value);
  if (!is(node, "Sub") || !node->post.empty()) return no_value;
  return mean_of(editor, node->inputs[1]) == node->inputs[0] ? node->inputs[0] : no_value;
}

/// d of d * d or d ^ 2; no_value for other nodes.
ValueId squared(const GraphEditor& editor, ValueId value) {
  const Node* node = editor.made_by(value);
  if (is(node, "Mul") && node->inputs[0] == node->inputs[1]) return node->inputs[0];
  if (!is(node, "Pow")) return no_value;
  const Tensor* exponent = editor.constant(node->inputs[1]);
  return exponent && exponent->size() == 1 && exponent->floats()[0] == 2 ? node->inputs[0] : no_value;
}

struct Spread {
  ValueId data = no_value;  ///< x of sqrt(mean((x - mean(x))^2) + epsilon)
  float epsilon = 0;
};

std::optional<Spread> spread(const GraphEditor& editor, ValueId value) {
  const Node* root = editor.made_by(value);
  const Node* sum = is(root, "Sqrt") ? editor.made_by(root->inputs[0]) : nullptr;
  if (!is(sum, "Add")) return std::nullopt;
  for (std::size_t i = 0; i < 2; ++i) {
    const float* epsilon = editor.scalar(sum->inputs[i]);
    const auto square = mean_of(editor, sum->inputs[1 - i]);
    const auto difference = square == no_value ? no_value : squared(editor, square);
    const auto x = difference == no_value ? no_value : centred(editor, difference);
    if (epsilon && x != no_value) return Spread{x, *epsilon};
  }
  return std::nullopt;
}

Node layer_norm(const std::string& name, std::vector<ValueId> inputs, ValueId output, float epsilon) {
  Node node = mien_node("LayerNorm", name, std::move(inputs), output);
  node.attributes["axis"] = std::int64_t{-1};
  node.attributes["epsilon"] = epsilon;
  return node;
}

/// A constant that holds one number for each element of the last dim, as [D]; null when it does not.
std::optional<Tensor> last_dim_vector(const Tensor& constant, std::int64_t size) {
  const auto& dims = constant.dims();
  if (constant.size() != size || dims.empty() || dims.back() != size) return std::nullopt;
  return constant.reshaped({size});
}

/// What follows a value: `op` with a constant vector along the last dim. The node's index and the vector.
struct VectorStep {
  std::int32_t index = -1;
  Tensor vector;
};

std::optional<VectorStep> next_step(const GraphEditor& editor, ValueId value, std::string_view op) {
  const auto reader = editor.sole_reader(value);
  if (reader < 0 || !is(editor.node(reader), op) || !editor.node(reader).post.empty()) return std::nullopt;
  const auto operand = constant_operand(editor, editor.node(reader));
  if (!operand || editor.type(editor.node(reader).outputs[0]) != editor.type(value)) return std::nullopt;
  auto vector = last_dim_vector(*operand->constant, editor.dims(value).back());
  return vector ? std::optional(VectorStep{reader, std::move(*vector)}) : std::nullopt;
}

Tensor filled(std::int64_t size, float value) { return Tensor::of(std::vector<float>(static_cast<std::size_t>(size), value)); }

/// Div((x - mean), spread), times a scale, plus a bias: where these follow.
void join_spelled_out(GraphEditor& editor, std::int32_t index) {
  const Node& quotient = editor.node(index);
  if (!is(quotient, "Div") || !quotient.post.empty()) return;
  const auto below = spread(editor, quotient.inputs[1]);
  if (!below || centred(editor, quotient.inputs[0]) != below->data) return;
  const auto size = editor.dims(below->data).back();
  const auto name = quotient.name;
  const auto result = quotient.outputs[0];
  Tensor scale = filled(size, 1), bias = filled(size, 0);
  std::int32_t last = index;
  if (auto product = next_step(editor, result, "Mul")) {
    scale = product->vector;
    last = product->index;
  }
  if (auto sum = next_step(editor, editor.node(last).outputs[0], "Add")) {
    bias = sum->vector;
    last = sum->index;
  }
  const auto scale_value = editor.add_constant(derived_name(editor, result, "scale"), std::move(scale));
  const auto bias_value = editor.add_constant(derived_name(editor, result, "bias"), std::move(bias));
  editor.replace(last, layer_norm(name, {below->data, scale_value, bias_value}, editor.node(last).outputs[0], below->epsilon));
}

void convert_operator(GraphEditor& editor, std::int32_t index) {
  const Node& node = editor.node(index);
  if (!is(node, "LayerNormalization") || !node.post.empty()) return;
  for (std::size_t i = 1; i < node.outputs.size(); ++i) {
    if (node.outputs[i] != no_value && (editor.reads(node.outputs[i]) > 0 || editor.is_output(node.outputs[i]))) return;
  }
  const auto rank = static_cast<std::int64_t>(editor.dims(node.inputs[0]).size());
  const auto axis = node.integer("axis", -1);
  if (axis != -1 && axis != rank - 1) return;
  const auto size = editor.dims(node.inputs[0]).back();
  const Tensor* scale = editor.constant(node.input(1));
  const Tensor* bias = editor.constant(node.input(2));
  if (!scale || scale->size() != size || (node.input(2) != no_value && (!bias || bias->size() != size))) return;
  if (scale->dims().size() != 1 || (bias && bias->dims().size() != 1)) return;
  const auto bias_value =
      bias ? node.inputs[2] : editor.add_constant(derived_name(editor, node.inputs[1], "zero"), filled(size, 0));
  editor.replace(
      index, layer_norm(node.name, {node.inputs[0], node.inputs[1], bias_value}, node.outputs[0], node.real("epsilon", 1e-5f)));
}

}  // namespace

void join_layer_norm(GraphEditor& editor) {
  for (const auto index : editor.order()) {
    if (editor.alive(index)) join_spelled_out(editor, index);
    if (editor.alive(index)) convert_operator(editor, index);
  }
}

}  // namespace mien::runtime
