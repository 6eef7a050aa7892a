// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <numbers>
#include <string_view>
#include <utility>

#include "mien/runtime/rewrite/activations.h"
#include "mien/runtime/rewrite/node_facts.h"
#include "mien/runtime/rewrite/passes.h"

namespace mien::runtime {

using graph::no_value;
using graph::Node;
using graph::PostOp;
using graph::ValueId;
using Kind = graph::PostOp::Kind;

namespace {

/// A product of values and numbers: what a tree of Mul and of Div by numbers computes.
struct Product {
  double number = 1;
  std::vector<ValueId> factors;
};

/// The number a node combines its other operand with, and that operand.
struct WithNumber {
  ValueId data = no_value;
  double number = 0;
};

std::optional<WithNumber> with_number(const GraphEditor& editor, const Node* node, std::string_view op) {
  if (!is(node, op) || node->inputs.size() != 2 || !node->post.empty()) return std::nullopt;
  if (const float* number = editor.scalar(node->inputs[1])) return WithNumber{node->inputs[0], *number};
  const bool either_way = op == "Mul" || op == "Add";
  const float* number = either_way ? editor.scalar(node->inputs[0]) : nullptr;
  return number ? std::optional(WithNumber{node->inputs[1], *number}) : std::nullopt;
}

/// x * number, written as a product or a quotient.
std::optional<WithNumber> scaled(const GraphEditor& editor, const Node* node) {
  if (auto product = with_number(editor, node, "Mul")) return product;
  auto quotient = with_number(editor, node, "Div");
  if (quotient) quotient->number = 1 / quotient->number;
  return quotient;
}

constexpr int most_levels = 3;  ///< of Mul and Div in the spellings that we know

/// Multiplies the value into the product, or what it is made of when it is a product itself, down so many levels of nodes.
void collect(const GraphEditor& editor, ValueId value, int levels, Product& product) {
  const Node* node = editor.made_by(value);
  if (levels > 0) {
    if (const auto inner = scaled(editor, node)) {
      product.number *= inner->number;
      return collect(editor, inner->data, levels - 1, product);
    }
    if (is(node, "Mul") && node->inputs.size() == 2 && node->post.empty()) {
      collect(editor, node->inputs[0], levels - 1, product);
      return collect(editor, node->inputs[1], levels - 1, product);
    }
  }
  product.factors.push_back(value);
}

/// Clip(x + 3, 0, 6).
bool is_shifted_relu6(const GraphEditor& editor, ValueId value, ValueId x) {
  const Node* clip = editor.made_by(value);
  if (!clip || !is(*clip, "Clip")) return false;
  const auto posts = elementwise_posts(editor, *clip);
  if (posts.size() != 1 || posts[0].kind != Kind::clip || posts[0].alpha != 0 || posts[0].beta != 6) return false;
  const auto sum = with_number(editor, editor.made_by(clip->inputs[0]), "Add");
  return sum && sum->data == x && sum->number == 3;
}

/// 1 + erf(x / sqrt(2)).
bool is_gelu_gate(const GraphEditor& editor, ValueId value, ValueId x) {
  const auto sum = with_number(editor, editor.made_by(value), "Add");
  if (!sum || sum->number != 1) return false;
  const Node* erf = editor.made_by(sum->data);
  if (!is(erf, "Erf")) return false;
  const auto argument = scaled(editor, editor.made_by(erf->inputs[0]));
  return argument && argument->data == x && nearly(argument->number, 1 / std::numbers::sqrt2);
}

/// The factor k of a gate Sigmoid(k * x); nullopt for another value.
std::optional<double> sigmoid_gate(const GraphEditor& editor, ValueId value, ValueId x) {
  const Node* sigmoid = editor.made_by(value);
  if (!is(sigmoid, "Sigmoid") || !sigmoid->post.empty()) return std::nullopt;
  if (sigmoid->inputs[0] == x) return 1;
  const auto argument = scaled(editor, editor.made_by(sigmoid->inputs[0]));
  return argument && argument->data == x ? std::optional(argument->number) : std::nullopt;
}

bool is_hard_gate(const GraphEditor& editor, ValueId value, ValueId x) {
  const Node* gate = editor.made_by(value);
  if (!gate || gate->input(0) != x) return false;
  const auto posts = elementwise_posts(editor, *gate);
  return posts.size() == 1 && posts[0].kind == Kind::hard_sigmoid && nearly(posts[0].alpha, 1.0 / 6) && posts[0].beta == 0.5f;
}

/// number * x * gate(x) as an activation.
std::optional<PostOp> gated(const GraphEditor& editor, double number, ValueId x, ValueId gate) {
  if (nearly(number, 0.5) && is_gelu_gate(editor, gate, x)) return PostOp{Kind::gelu_erf};
  if (nearly(number, 1.0 / 6) && is_shifted_relu6(editor, gate, x)) return PostOp{Kind::hard_swish};
  if (number != 1) return std::nullopt;
  if (is_hard_gate(editor, gate, x)) return PostOp{Kind::hard_swish};
  if (const auto factor = sigmoid_gate(editor, gate, x)) return PostOp{Kind::swish, static_cast<float>(*factor)};
  return std::nullopt;
}

struct Activation {
  ValueId data = no_value;
  PostOp post;
};

/// What the value is when the products it is made of are taken apart down so many levels.
std::optional<Activation> recognise(const GraphEditor& editor, ValueId value, int levels) {
  Product product;
  collect(editor, value, levels, product);
  if (product.factors.size() == 1 && nearly(product.number, 1.0 / 6)) {
    const Node* clip = editor.made_by(product.factors[0]);
    const auto sum = is(clip, "Clip") ? with_number(editor, editor.made_by(clip->inputs[0]), "Add") : std::nullopt;
    if (sum && is_shifted_relu6(editor, product.factors[0], sum->data))
      return Activation{sum->data, {Kind::hard_sigmoid, 1.0f / 6, 0.5f, no_value}};
  }
  if (product.factors.size() != 2) return std::nullopt;
  for (const auto& [x, gate] :
       {std::pair(product.factors[0], product.factors[1]), std::pair(product.factors[1], product.factors[0])}) {
    if (const auto post = gated(editor, product.number, x, gate)) return Activation{x, *post};
  }
  return std::nullopt;
}

void join(GraphEditor& editor, std::int32_t index) {
  const Node& node = editor.node(index);
  if ((!is(node, "Mul") && !is(node, "Div")) || !node.post.empty() || node.inputs.size() != 2) return;
  std::optional<Activation> activation;
  // As few levels as it takes: x may be a product itself.
  for (int levels = 1; levels <= most_levels && !activation; ++levels) activation = recognise(editor, node.outputs[0], levels);
  if (!activation || editor.type(activation->data) != editor.type(node.outputs[0])) return;
  Node joined;
  joined.op = "Identity";
  joined.name = node.name;
  joined.inputs = {activation->data};
  joined.outputs = node.outputs;
  joined.post = {activation->post};
  editor.replace(index, std::move(joined));
}

}  // namespace

void join_activations(GraphEditor& editor) {
  for (const auto index : editor.order()) {
    if (editor.alive(index)) join(editor, index);
  }
}

}  // namespace mien::runtime
