// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/activations.h"

#include <limits>

#include "mien/runtime/rewrite/node_facts.h"

namespace mien::runtime {

using graph::no_value;
using graph::Node;
using graph::PostOp;
using Kind = graph::PostOp::Kind;

namespace {

PostOp post(Kind kind, float alpha = 0, float beta = 0) { return {kind, alpha, beta, no_value}; }

/// Bounds of a Clip from attributes (before opset 11) or constant inputs; nullopt when they are computed.
std::optional<PostOp> clip_post(const GraphEditor& editor, const Node& node) {
  float bounds[2] = {node.real("min", std::numeric_limits<float>::lowest()), node.real("max", std::numeric_limits<float>::max())};
  for (std::size_t i = 0; i < 2; ++i) {
    if (node.input(i + 1) == no_value) continue;
    const float* bound = editor.scalar(node.input(i + 1));
    if (!bound) return std::nullopt;
    bounds[i] = *bound;
  }
  if (bounds[0] == 0 && bounds[1] >= std::numeric_limits<float>::max()) return post(Kind::relu);
  return post(Kind::clip, bounds[0], bounds[1]);
}

bool is_exact_gelu(const Node& node) {
  if (is_mien(node, "Gelu")) return true;
  if (node.op != "Gelu" || (node.domain != "com.microsoft" && !is(node, "Gelu"))) return false;
  return node.text("approximate", "none") == "none";
}

std::optional<PostOp> activation(const GraphEditor& editor, const Node& node) {
  if (is(node, "Relu")) return post(Kind::relu);
  if (is(node, "LeakyRelu")) return post(Kind::leaky_relu, node.real("alpha", 0.01f));
  if (is(node, "Clip")) return clip_post(editor, node);
  if (is(node, "Sigmoid")) return post(Kind::sigmoid);
  if (is(node, "HardSigmoid")) return post(Kind::hard_sigmoid, node.real("alpha", 0.2f), node.real("beta", 0.5f));
  if (is(node, "HardSwish")) return post(Kind::hard_swish);
  if (is(node, "Tanh")) return post(Kind::tanh);
  if (is(node, "Elu")) return post(Kind::elu, node.real("alpha", 1));
  if (is_exact_gelu(node)) return post(Kind::gelu_erf);
  if (node.domain == "com.microsoft" && node.op == "QuickGelu") return post(Kind::swish, node.real("alpha", 1.702f));
  return std::nullopt;
}

}  // namespace

std::vector<PostOp> elementwise_posts(const GraphEditor& editor, const Node& node) {
  if (node.outputs.size() != 1 || node.input(0) == no_value || editor.type(node.outputs[0]).type != graph::DataType::f32)
    return {};
  std::vector<PostOp> posts;
  if (const auto first = activation(editor, node))
    posts.push_back(*first);
  else if (!is(node, "Identity") || node.post.empty())
    return {};
  posts.insert(posts.end(), node.post.begin(), node.post.end());
  return posts;
}

const graph::Tensor* channel_slopes(const GraphEditor& editor, const Node& node) {
  const auto* slopes = editor.constant(node.input(1));
  if (!is(node, "PRelu") || !slopes || slopes->type() != graph::DataType::f32) return nullptr;
  if (slopes->size() == 1) return slopes;
  const auto& result = editor.dims(node.outputs[0]);
  const auto& dims = slopes->dims();
  if (result.size() < 2 || dims.size() > result.size() || slopes->size() != result[1]) return nullptr;
  // The one dim that is not 1 must be the channels.
  const std::size_t missing = result.size() - dims.size();
  return missing <= 1 && dims[1 - missing] == result[1] ? slopes : nullptr;
}

}  // namespace mien::runtime
