// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mien/runtime/rewrite/activations.h"
#include "mien/runtime/rewrite/channel_affine.h"
#include "mien/runtime/rewrite/node_facts.h"
#include "mien/runtime/rewrite/passes.h"

namespace mien::runtime {

using graph::DataType;
using graph::Dims;
using graph::no_value;
using graph::Node;
using graph::PostOp;
using graph::Tensor;
using graph::ValueId;
using Kind = graph::PostOp::Kind;

namespace {

bool is_convolution(const Node& node) { return is(node, "Conv") || is(node, "ConvTranspose"); }
bool is_product(const Node& node) { return is(node, "Gemm") || is(node, "MatMul") || is_mien(node, "Linear"); }

/// Nodes that take activations behind them.
bool takes_activations(const Node& node) {
  return is_convolution(node) || is_product(node) || is(node, "Add") || is(node, "Mul") || is_mien(node, "ScaleShift") ||
         (is(node, "Identity") && !node.post.empty());
}

/// Nodes that take a second value behind them: the heavy ones, where it costs no pass of its own.
bool takes_operands(const Node& node) { return is_convolution(node) || is_product(node); }

/// Slopes run along dim 1, which a product sees only when its result is a matrix.
bool takes_slopes(const GraphEditor& editor, std::int32_t source) {
  const Node& node = editor.node(source);
  return takes_operands(node) && (is_convolution(node) || editor.dims(node.outputs[0]).size() == 2);
}

/// The node `source` that makes an operand of node `index` takes over `index` as post operations.
void attach(GraphEditor& editor, std::int32_t index, std::int32_t source, const std::vector<PostOp>& posts) {
  Node joined = editor.node(source);
  joined.outputs = editor.node(index).outputs;
  joined.post.insert(joined.post.end(), posts.begin(), posts.end());
  editor.replace(index, std::move(joined));
}

/// The node that makes a value when it may go on with what `index` does with it; -1 otherwise.
std::int32_t source_of(const GraphEditor& editor, ValueId value, std::int32_t index) {
  const auto source = editor.maker(value);
  if (source < 0 || editor.sole_reader(value) != index || editor.node(source).outputs.size() != 1) return -1;
  const auto& post = editor.node(source).post;
  if (!post.empty() && post.back().kind == Kind::prelu) return -1;  // nothing stands behind slopes
  return editor.type(value).type == DataType::f32 && editor.type(value) == editor.type(editor.node(index).outputs[0]) ? source
                                                                                                                      : -1;
}

std::vector<PostOp> prelu_posts(GraphEditor& editor, const Node& node) {
  const Tensor* slopes = channel_slopes(editor, node);
  if (!slopes) return {};
  if (slopes->size() == 1) return {{Kind::leaky_relu, slopes->floats()[0], 0, no_value}};
  const auto name = derived_name(editor, node.inputs[1], "slopes");
  return {{Kind::prelu, 0, 0, editor.add_constant(name, slopes->reshaped({slopes->size()}))}};
}

bool attach_activation(GraphEditor& editor, std::int32_t index) {
  const Node& node = editor.node(index);
  const auto source = node.input(0) == no_value ? -1 : source_of(editor, node.inputs[0], index);
  if (source < 0 || !takes_activations(editor.node(source))) return false;
  auto posts = elementwise_posts(editor, node);
  if (posts.empty() && is(node, "PRelu") && node.post.empty() && takes_slopes(editor, source)) posts = prelu_posts(editor, node);
  if (posts.empty()) return false;
  attach(editor, index, source, posts);
  return true;
}

/// y = scale * x + shift as post operations on a result of these dims.
std::vector<PostOp> affine_posts(GraphEditor& editor, const ChannelAffine& affine, const Dims& result) {
  if (affine.size() == 1)
    return {{Kind::linear, static_cast<float>(affine.scale[0]), static_cast<float>(affine.shift[0]), no_value}};
  Dims dims(result.size(), 1);
  dims[affine.axis] = static_cast<std::int64_t>(affine.size());
  const auto constant = [&](const std::string& what, const std::vector<double>& values) {
    return editor.add_constant(derived_name(editor, affine.data, what), float_tensor(dims, {values.begin(), values.end()}));
  };
  std::vector<PostOp> posts;
  if (std::any_of(affine.scale.begin(), affine.scale.end(), [](double factor) { return factor != 1; }))
    posts.push_back({Kind::multiply, 0, 0, constant("factors", affine.scale)});
  if (std::any_of(affine.shift.begin(), affine.shift.end(), [](double term) { return term != 0; }))
    posts.push_back({Kind::add, 0, 0, constant("terms", affine.shift)});
  return posts;
}

/// Arithmetic with a constant along the channels: dim 1 behind convolutions, the last one behind matrix products.
bool attach_constant(GraphEditor& editor, std::int32_t index) {
  const auto operand = constant_operand(editor, editor.node(index));
  const auto source = operand ? source_of(editor, operand->data, index) : -1;
  if (source < 0 || !takes_activations(editor.node(source)) || !editor.node(index).post.empty()) return false;
  const auto& dims = editor.dims(operand->data);
  const auto affine = arithmetic_affine(editor, editor.node(index), dims.size());
  if (!affine) return false;
  const std::size_t channels = is_convolution(editor.node(source)) ? 1 : dims.size() - 1;
  if (affine->size() != 1 && (affine->axis != channels || !takes_operands(editor.node(source)))) return false;
  const auto posts = affine_posts(editor, *affine, Dims(dims));
  if (posts.empty()) return false;
  attach(editor, index, source, posts);
  return true;
}

/// The source of operand `which` of an Add or Mul when it can take the other operand, of the same shape, behind it; else -1.
std::int32_t combining_source(const GraphEditor& editor, const Node& node, std::int32_t index, std::size_t which) {
  const auto value = node.inputs[which], other = node.inputs[1 - which];
  const auto source = source_of(editor, value, index);
  if (source < 0 || !takes_operands(editor.node(source)) || editor.constant(other)) return -1;
  return editor.type(other) == editor.type(value) ? source : -1;
}

bool attach_combination(GraphEditor& editor, std::int32_t index) {
  const Node& node = editor.node(index);
  const bool adds = is(node, "Add") || is(node, "Sum");
  if ((!adds && !is(node, "Mul")) || node.inputs.size() != 2) return false;
  if (node.inputs[0] == no_value || node.inputs[1] == no_value || node.inputs[0] == node.inputs[1]) return false;
  const auto first = combining_source(editor, node, index, 0), second = combining_source(editor, node, index, 1);
  if (first < 0 && second < 0) return false;
  // The later one: by then the other operand is there, and the earlier one runs where it stood.
  const bool take_second = first < 0 || (second >= 0 && editor.before(first, second));
  std::vector<PostOp> posts{{adds ? Kind::add : Kind::multiply, 0, 0, node.inputs[take_second ? 0 : 1]}};
  posts.insert(posts.end(), node.post.begin(), node.post.end());
  attach(editor, index, take_second ? second : first, posts);
  return true;
}

/// Gelu on its own is an operator of its own.
void name_lonely_gelu(GraphEditor& editor, std::int32_t index) {
  const Node& node = editor.node(index);
  if (!is(node, "Identity") || node.post.empty() || node.post[0].kind != Kind::gelu_erf) return;
  Node gelu = mien_node("Gelu", node.name, node.inputs, node.outputs[0]);
  gelu.post.assign(node.post.begin() + 1, node.post.end());
  editor.replace(index, std::move(gelu));
}

}  // namespace

void attach_post_operations(GraphEditor& editor) {
  for (const auto index : editor.order()) {
    if (!editor.alive(index) || editor.node(index).outputs.size() != 1) continue;
    attach_activation(editor, index) || attach_constant(editor, index) || attach_combination(editor, index);
  }
  for (const auto index : editor.order()) name_lonely_gelu(editor, index);
}

}  // namespace mien::runtime
