// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: small transformers as exporters spell them out.

#include <cmath>

#include "mien/runtime/rewrite/network_builder.h"

namespace mien::runtime {

struct NamedNetwork {
  std::string name;
  NetworkBuilder network;
};

inline NamedNetwork attention() {
  NetworkBuilder n(17);
  const auto x = n.input({2, 6, 16});
  const auto norm = n.node("LayerNormalization", {x, n.weights({16}, 0.5, 1), n.weights({16})}, {{"axis", std::int64_t{-1}}});
  const auto heads = [&](Integers order) {
    const auto y = n.node("Add", {n.node("MatMul", {norm, n.weights({16, 16})}), n.weights({16})});
    return n.node("Transpose", {n.node("Reshape", {y, n.integers({2, 6, 4, 4})})}, {{"perm", std::move(order)}});
  };
  const auto q = heads({0, 2, 1, 3}), k = heads({0, 2, 3, 1}), v = heads({0, 2, 1, 3});
  const auto scores =
      n.node("Softmax", {n.node("Mul", {n.node("MatMul", {q, k}), n.number(0.5f)})}, {{"axis", std::int64_t{-1}}});
  auto y = n.node("Transpose", {n.node("MatMul", {scores, v})}, {{"perm", Integers{0, 2, 1, 3}}});
  y = n.node("Reshape", {y, n.integers({2, 6, 16})});
  n.output(n.node("Add", {n.node("MatMul", {y, n.weights({16, 16})}), x}));
  return {"attention", std::move(n)};
}

/// Parts of a transformer over `width` channels in `heads` heads. Values are [images, tokens, width].
class TransformerBuilder {
 public:
  TransformerBuilder(NetworkBuilder& network, std::int64_t width, std::int64_t heads)
      : n(network), width_(width), heads_(heads) {}

  graph::ValueId norm(graph::ValueId x) {
    return n.node("LayerNormalization", {x, n.weights({width_}, 0.5, 1), n.weights({width_})}, {{"axis", std::int64_t{-1}}});
  }
  graph::ValueId linear(graph::ValueId x, std::int64_t in, std::int64_t out) {
    return n.node("Add", {n.weights({out}), n.node("MatMul", {x, n.weights({in, out})})});
  }
  graph::ValueId transpose(graph::ValueId x, Integers order) { return n.node("Transpose", {x}, {{"perm", std::move(order)}}); }
  graph::ValueId reshape(graph::ValueId x, Integers dims) { return n.node("Reshape", {x, n.integers(std::move(dims))}); }
  graph::ValueId slice(graph::ValueId x, std::int64_t axis, std::int64_t from, std::int64_t to) {
    return n.node("Slice", {x, n.integers({from}), n.integers({to}), n.integers({axis})});
  }

  /// Softmax(q k / sqrt(size of a head) + bias) v for stacks of matrices; k is transposed already.
  graph::ValueId attend(graph::ValueId q, graph::ValueId k, graph::ValueId v, graph::ValueId bias = graph::no_value) {
    const float root = std::sqrt(static_cast<float>(width_ / heads_));
    auto scores = n.node("MatMul", {n.node("Div", {q, n.number(root)}), k});
    if (bias != graph::no_value) scores = n.node("Add", {scores, bias});
    return n.node("MatMul", {n.node("Softmax", {scores}, {{"axis", std::int64_t{-1}}}), v});
  }

  graph::ValueId attention(graph::ValueId x, std::int64_t images, std::int64_t tokens) {
    const auto head = width_ / heads_;
    const auto all = reshape(linear(x, width_, 3 * width_), {images, tokens, 3, heads_, head});
    const auto part = [&](std::int64_t i, Integers order) {
      return transpose(n.node("Gather",
                              {all, n.graph.add_constant("part" + std::to_string(n.graph.values.size()),
                                                         graph::Tensor::of(Integers{i}).reshaped({}))},
                              {{"axis", std::int64_t{2}}}),
                       std::move(order));
    };
    const auto y = attend(part(0, {0, 2, 1, 3}), part(1, {0, 2, 3, 1}), part(2, {0, 2, 1, 3}));
    return linear(reshape(transpose(y, {0, 2, 1, 3}), {images, tokens, width_}), width_, width_);
  }

  /// The same as PyTorch 1.13 has it: tokens before images, heads joined to the images.
  graph::ValueId attention_sequence_first(graph::ValueId x, std::int64_t images, std::int64_t tokens) {
    const auto head = width_ / heads_;
    const auto all = linear(transpose(x, {1, 0, 2}), width_, 3 * width_);
    const auto part = [&](std::int64_t i) {
      return transpose(reshape(slice(all, 2, i * width_, (i + 1) * width_), {tokens, images * heads_, head}), {1, 0, 2});
    };
    const auto k = transpose(part(1), {0, 2, 1});
    const auto y = transpose(attend(part(0), k, part(2)), {1, 0, 2});
    const Attributes turned{{"transB", std::int64_t{1}}};
    const auto z =
        n.node("Gemm", {reshape(y, {tokens * images, width_}), n.weights({width_, width_}), n.weights({width_})}, turned);
    return transpose(reshape(z, {tokens, images, width_}), {1, 0, 2});
  }

  /// Linear, GELU by the error function, Linear.
  graph::ValueId perceptron(graph::ValueId x) {
    const auto y = linear(x, width_, 2 * width_);
    const auto gate = n.node("Add", {n.node("Erf", {n.node("Div", {y, n.number(std::sqrt(2.0f))})}), n.number(1)});
    return linear(n.node("Mul", {n.node("Mul", {y, gate}), n.number(0.5f)}), 2 * width_, width_);
  }

 private:
  NetworkBuilder& n;
  std::int64_t width_, heads_;
};

/// Patches, class token, positions, two layers, and a classifier on the class token.
inline NamedNetwork vision_transformer(std::int64_t images, bool sequence_first) {
  constexpr std::int64_t width = 16, tokens = 7;
  NetworkBuilder n(17);
  TransformerBuilder t(n, width, 4);
  auto x = n.node("Conv", {n.input({images, 3, 8, 12}), n.weights({width, 3, 4, 4}), n.weights({width})},
                  {{"strides", Integers{4, 4}}});
  x = t.transpose(t.reshape(x, {images, width, tokens - 1}), {0, 2, 1});
  const auto token = n.node("Expand", {n.weights({1, 1, width}), n.integers({images, 1, 1})});
  x = n.node("Add", {n.node("Concat", {token, x}, {{"axis", std::int64_t{1}}}), n.weights({1, tokens, width})});
  for (int layer = 0; layer < 2; ++layer) {
    const auto y = t.norm(x);
    x = n.node("Add", {x, sequence_first ? t.attention_sequence_first(y, images, tokens) : t.attention(y, images, tokens)});
    x = n.node("Add", {x, t.perceptron(t.norm(x))});
  }
  const auto first = n.graph.add_constant("first", graph::Tensor::of(Integers{0}).reshaped({}));
  const auto answer = n.node("Gather", {t.norm(x), first}, {{"axis", std::int64_t{1}}});
  n.output(n.node("Gemm", {answer, n.weights({5, width}), n.weights({5})}, {{"transB", std::int64_t{1}}}));
  return {std::string("vision_transformer_") + (sequence_first ? "sequence_first_" : "") + std::to_string(images), std::move(n)};
}

/// Attention inside windows of 2 x 2 of a picture that is rolled by one pixel, with a bias for each pair of places.
inline NamedNetwork shifted_windows() {
  constexpr std::int64_t images = 2, width = 8, heads = 2, windows = images * 2 * 3;
  NetworkBuilder n(17);
  TransformerBuilder t(n, width, heads);
  const auto roll = [&](graph::ValueId x, std::int64_t axis, std::int64_t size, std::int64_t by) {
    return n.node("Concat", {t.slice(x, axis, by, size), t.slice(x, axis, 0, by)}, {{"axis", axis}});
  };
  const auto x = n.input({images, 4, 6, width});
  auto y = roll(roll(t.norm(x), 1, 4, 1), 2, 6, 1);
  y = t.reshape(t.transpose(t.reshape(y, {images, 2, 2, 3, 2, width}), {0, 1, 3, 2, 4, 5}), {windows, 4, width});
  const auto all = t.reshape(t.linear(y, width, 3 * width), {windows, 4, 3, heads, width / heads});
  const auto parts = n.nodes("Split", {t.transpose(all, {2, 0, 3, 1, 4}), n.integers({1, 1, 1})}, {{"axis", std::int64_t{0}}}, 3);
  const auto part = [&](std::size_t i) { return n.node("Squeeze", {parts[i], n.integers({0})}); };
  y = t.attend(part(0), t.transpose(part(1), {0, 1, 3, 2}), part(2), n.weights({1, heads, 4, 4}));
  y = t.linear(t.reshape(t.transpose(y, {0, 2, 1, 3}), {windows, 4, width}), width, width);
  y = t.reshape(t.transpose(t.reshape(y, {images, 2, 3, 2, 2, width}), {0, 1, 3, 2, 4, 5}), {images, 4, 6, width});
  y = n.node("Add", {roll(roll(y, 1, 4, 3), 2, 6, 5), x});
  n.output(n.node("ReduceMean", {y}, {{"axes", Integers{1, 2}}, {"keepdims", std::int64_t{0}}}));
  return {"shifted_windows", std::move(n)};
}

}  // namespace mien::runtime
