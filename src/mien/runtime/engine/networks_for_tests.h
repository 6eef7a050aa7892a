// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: small networks, each with what one way of lowering has to get right.

#include "mien/runtime/rewrite/network_builder.h"

namespace mien::runtime {

struct NamedNetwork {
  std::string name;
  NetworkBuilder network;
};

inline NamedNetwork single_conv(const std::string& name, Integers image, std::int64_t out, std::int64_t size, std::int64_t groups,
                                Attributes more = {}) {
  NetworkBuilder n;
  const auto x = n.input(image);
  const auto pad = size / 2;
  Attributes attributes{{"pads", Integers{pad, pad, pad, pad}}, {"group", groups}, {"kernel_shape", Integers{size, size}}};
  for (auto& [key, value] : more) attributes[key] = value;
  n.output(n.node("Conv", {x, n.weights({out, image[1] / groups, size, size}), n.weights({out})}, attributes));
  return {name, std::move(n)};
}

inline NamedNetwork residual_block(const std::string& name, std::int64_t channels, const std::string& activation) {
  NetworkBuilder n;
  auto x = n.node("Relu", {n.conv(n.input({2, channels, 9, 7}), channels, channels)});
  auto y = n.node(activation, {n.conv(x, channels, channels)});
  y = n.conv(y, channels, channels, 1);
  n.output(n.node("GlobalAveragePool", {n.node("Relu", {n.node("Add", {y, x})})}));
  return {name, std::move(n)};
}

/// The block is read by a later layer too, so that the sum may not be written over it.
inline NamedNetwork residual_read_twice() {
  NetworkBuilder n;
  const auto x = n.node("Relu", {n.conv(n.input({1, 16, 8, 8}), 16, 16)});
  const auto y = n.node("Add", {n.conv(x, 16, 16), x});
  const auto z = n.node("Add", {n.conv(y, 16, 16, 1), y});
  n.output(n.node("Add", {n.conv(z, 16, 16), x}));
  return {"residual_read_twice", std::move(n)};
}

/// A layer adds its own input to its result: nothing may be written over that input.
inline NamedNetwork adds_own_input() {
  NetworkBuilder n;
  const auto x = n.node("Relu", {n.conv(n.input({1, 16, 8, 8}), 16, 16)});
  n.output(n.conv(n.node("Add", {n.conv(x, 16, 16), x}), 16, 4, 1));
  return {"adds_own_input", std::move(n)};
}

inline NamedNetwork shuffle_unit() {
  NetworkBuilder n;
  auto x = n.node("Relu", {n.conv(n.input({2, 3, 12, 12}), 3, 24)});
  for (int i = 0; i < 3; ++i) {
    const auto halves = n.nodes("Split", {x, n.integers({12, 12})}, {{"axis", std::int64_t{1}}}, 2);
    auto y = n.node("Relu", {n.conv(halves[1], 12, 12, 1)});
    y = n.node("Relu", {n.conv(n.conv(y, 12, 12, 3, 12), 12, 12, 1)});
    x = n.node("Concat", {halves[0], y}, {{"axis", std::int64_t{1}}});
    x = n.node("Reshape", {x, n.integers({2, 2, 12, 12, 12})});
    x = n.node("Transpose", {x}, {{"perm", Integers{0, 2, 1, 3, 4}}});
    x = n.node("Reshape", {x, n.integers({2, 24, 12, 12})});
  }
  n.output(n.node("ReduceMean", {x}, {{"axes", Integers{2, 3}}, {"keepdims", std::int64_t{0}}}));
  return {"shuffle_unit", std::move(n)};
}

inline NamedNetwork squeeze_excitation() {
  NetworkBuilder n;
  const auto x = n.node("HardSwish", {n.conv(n.input({2, 8, 10, 10}), 8, 16)});
  auto s = n.node("GlobalAveragePool", {x});
  s = n.node("Relu", {n.conv(s, 16, 4, 1)});
  s = n.node("Sigmoid", {n.conv(s, 4, 16, 1)});
  n.output(n.conv(n.node("Mul", {x, s}), 16, 5, 1));
  n.graph.opset = 14;
  return {"squeeze_excitation", std::move(n)};
}

inline NamedNetwork classifier_head() {
  NetworkBuilder n;
  auto x = n.node("MaxPool", {n.node("Relu", {n.conv(n.input({3, 4, 8, 8}), 4, 8)})},
                  {{"kernel_shape", Integers{3, 3}}, {"strides", Integers{2, 2}}, {"pads", Integers{1, 1, 1, 1}}});
  x = n.node("AveragePool", {x}, {{"kernel_shape", Integers{2, 2}}, {"strides", Integers{2, 2}}});
  x = n.node("Flatten", {x});
  x = n.node("Relu", {n.node("Gemm", {x, n.weights({20, 32}), n.weights({20})}, {{"transB", std::int64_t{1}}})});
  n.output(n.node("Softmax", {n.node("Gemm", {x, n.weights({20, 7}), n.weights({7})})}, {{"axis", std::int64_t{1}}}));
  return {"classifier_head", std::move(n)};
}

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

/// A detector's head: few channels, channels last in the file, boxes and scores side by side.
inline NamedNetwork detector_head(std::int64_t channels) {
  NetworkBuilder n;
  const auto x = n.node("Relu", {n.conv(n.input({1, 3, 10, 12}), 3, 16)});
  const auto up = n.node("Resize",
                         {n.node("MaxPool", {x}, {{"kernel_shape", Integers{2, 2}}, {"strides", Integers{2, 2}}}), n.floats({}),
                          n.floats({1, 1, 2, 2})},
                         {{"coordinate_transformation_mode", std::string("asymmetric")}, {"nearest_mode", std::string("floor")}});
  const auto sum = n.node("Add", {x, up});
  auto y = n.conv(n.conv(sum, 16, channels, 1), channels, channels, 3, channels);
  y = n.node("Reshape", {n.node("Transpose", {y}, {{"perm", Integers{0, 2, 3, 1}}}), n.integers({1, -1, channels})});
  n.output(n.node("Sigmoid", {y}));
  return {"detector_head_" + std::to_string(channels), std::move(n)};
}

inline NamedNetwork up_convolution(std::int64_t groups) {
  NetworkBuilder n;
  const auto x = n.conv(n.input({2, 3, 6, 5}), 3, 8);
  n.output(n.node("Relu", {n.node("ConvTranspose", {x, n.weights({8, 6 / groups, 3, 3}), n.weights({6})},
                                  {{"strides", Integers{2, 2}}, {"pads", Integers{1, 1, 0, 0}}, {"group", groups}})}));
  return {"up_convolution_" + std::to_string(groups), std::move(n)};
}

inline NamedNetwork preactivation() {
  NetworkBuilder n;
  auto x = n.conv(n.input({2, 3, 8, 8}), 3, 16);
  const auto y = n.conv(n.node("Relu", {n.batch_norm(x, 16)}), 16, 16);
  x = n.node("Add", {y, x});
  n.output(n.node("GlobalAveragePool", {n.node("Relu", {n.batch_norm(x, 16)})}));
  return {"preactivation", std::move(n)};
}

inline NamedNetwork odd_operators() {
  NetworkBuilder n;
  auto x = n.node("PRelu", {n.conv(n.input({2, 3, 8, 8}), 3, 8), n.weights({8, 1, 1})});
  x = n.node("Sub", {x, n.weights({1, 8, 1, 1})});
  x = n.node("Div", {x, n.weights({1, 8, 1, 1}, 0.2, 1)});
  x = n.node("Elu", {n.node("LeakyRelu", {x})});
  x = n.node("Concat", {x, n.node("Tanh", {x}), n.node("Abs", {x})}, {{"axis", std::int64_t{1}}});
  n.output(n.node("ReduceMax", {n.conv(x, 24, 8, 1)}, {{"axes", Integers{1}}}));
  return {"odd_operators", std::move(n)};
}

inline std::vector<NamedNetwork> networks_for_tests() {
  std::vector<NamedNetwork> all;
  all.push_back(single_conv("dense", {2, 16, 11, 9}, 32, 3, 1));
  all.push_back(single_conv("odd_channels", {1, 5, 7, 7}, 9, 3, 1));
  all.push_back(single_conv("gray_stem", {2, 1, 20, 20}, 16, 3, 1, {{"strides", Integers{2, 2}}}));
  all.push_back(single_conv("one_to_one", {1, 1, 10, 10}, 1, 3, 1));
  all.push_back(single_conv("many_to_one", {1, 64, 10, 10}, 1, 1, 1));
  all.push_back(single_conv("one_pixel", {3, 32, 1, 1}, 16, 1, 1));
  all.push_back(single_conv("depthwise", {2, 24, 9, 9}, 24, 3, 24));
  all.push_back(single_conv("depthwise_whole_map", {2, 32, 7, 7}, 32, 7, 32, {{"pads", Integers{0, 0, 0, 0}}}));
  all.push_back(single_conv("two_groups", {2, 16, 9, 9}, 32, 3, 2));
  all.push_back(single_conv("dilated", {1, 8, 15, 15}, 8, 3, 1, {{"dilations", Integers{2, 2}}, {"pads", Integers{2, 2, 2, 2}}}));
  all.push_back(single_conv("uneven_padding", {1, 8, 10, 10}, 8, 3, 1, {{"pads", Integers{0, 1, 2, 0}}}));
  all.push_back(
      single_conv("same_upper", {1, 8, 10, 10}, 8, 3, 1,
                  {{"auto_pad", std::string("SAME_UPPER")}, {"pads", Integers{0, 0, 0, 0}}, {"strides", Integers{2, 2}}}));
  all.push_back(residual_block("residual_relu", 16, "Relu"));
  all.push_back(residual_block("residual_sigmoid", 24, "Sigmoid"));
  all.push_back(residual_read_twice());
  all.push_back(adds_own_input());
  all.push_back(shuffle_unit());
  all.push_back(squeeze_excitation());
  all.push_back(classifier_head());
  all.push_back(attention());
  all.push_back(detector_head(1));
  all.push_back(detector_head(4));
  all.push_back(up_convolution(1));
  all.push_back(up_convolution(2));
  all.push_back(preactivation());
  all.push_back(odd_operators());
  return all;
}

}  // namespace mien::runtime
