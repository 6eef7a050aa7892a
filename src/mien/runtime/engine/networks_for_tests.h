// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: small networks, each with what one way of lowering has to get right.

#include "mien/runtime/engine/transformers_for_tests.h"
#include "mien/runtime/rewrite/network_builder.h"

namespace mien::runtime {

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

/// A feature pyramid with a detector's heads on each level: boxes, scores and landmarks of all levels behind each other.
inline NamedNetwork feature_pyramid() {
  NetworkBuilder n;
  const auto down = [&](graph::ValueId x, std::int64_t in, std::int64_t out) {
    const Attributes attributes{{"strides", Integers{2, 2}}, {"pads", Integers{1, 1, 1, 1}}, {"group", in}};
    return n.node("LeakyRelu", {n.conv(n.node("Conv", {x, n.weights({in, 1, 3, 3}), n.weights({in})}, attributes), in, out, 1)});
  };
  const auto fine = down(n.input({2, 3, 24, 16}), 3, 8), coarse = down(fine, 8, 12);
  const auto top = n.node("LeakyRelu", {n.conv(coarse, 12, 10, 1)}, {{"alpha", 0.1f}});
  const auto up = n.node("Resize", {top, n.floats({}), n.floats({1, 1, 2, 2})},
                         {{"coordinate_transformation_mode", std::string("asymmetric")}, {"nearest_mode", std::string("floor")}});
  auto merged = n.node("Add", {n.node("LeakyRelu", {n.conv(fine, 8, 10, 1)}), up});
  merged = n.node("Relu", {n.node("Concat", {n.conv(merged, 10, 5), n.conv(merged, 10, 5, 1)}, {{"axis", std::int64_t{1}}})});
  for (const std::int64_t size : {4, 2, 10}) {
    std::vector<graph::ValueId> levels;
    for (const auto level : {merged, top}) {
      const auto y = n.node("Transpose", {n.conv(level, 10, 2 * size, 1)}, {{"perm", Integers{0, 2, 3, 1}}});
      levels.push_back(n.node("Reshape", {y, n.integers({2, -1, size})}));
    }
    const auto all = n.node("Concat", levels, {{"axis", std::int64_t{1}}});
    n.output(size == 2 ? n.node("Softmax", {all}, {{"axis", std::int64_t{-1}}}) : all);
  }
  return {"feature_pyramid", std::move(n)};
}

/// A picture joined with maps, rows, columns, channels and windows of other shapes, some computed and some constant.
inline NamedNetwork broadcasts() {
  NetworkBuilder n;
  const auto x = n.node("Relu", {n.conv(n.input({2, 3, 6, 5}), 3, 8)});
  const auto map = n.conv(x, 8, 1, 1);  // [2,1,6,5]
  const auto row = n.node("ReduceMax", {x}, {{"axes", Integers{2}}});
  auto y = n.node("Add", {n.node("Mul", {map, x}), row});
  y = n.node("Sub", {n.node("Max", {y, n.weights({1, 8, 6, 1})}), n.weights({2, 1, 1, 5})});
  y = n.node("Add", {y, n.node("ReduceMax", {map}, {{"axes", Integers{0, 1}}, {"keepdims", std::int64_t{0}}})});
  n.output(n.node("Relu", {n.node("Add", {n.conv(y, 8, 4, 1), n.weights({4, 1, 5})})}));
  // [2,8,1,1] times [2,1,6,5]: neither is as large as the product.
  const auto channels = n.node("ReduceMax", {x}, {{"axes", Integers{2, 3}}});
  n.output(n.node("Mul", {n.node("Sigmoid", {n.node("Mul", {channels, map})}), x}));
  n.output(n.node("Sub", {n.node("ReduceMax", {x}, {{"axes", Integers{1, 2}}}), n.weights({1, 3, 4, 1})}));
  const auto windows = n.node("Reshape", {x, n.integers({2, 4, 2, 15, 2})});
  auto z = n.node("Add", {windows, n.weights({1, 4, 1, 15, 2})});
  z = n.node("Div", {z, n.node("Add", {n.node("ReduceMax", {windows}, {{"axes", Integers{1, 3}}}), n.number(2)})});
  n.output(n.node("Min", {z, n.weights({2, 1, 2, 15, 1})}));
  return {"broadcasts", std::move(n)};
}

/// Two layers share their weights, and each is scaled in its own way.
inline NamedNetwork shared_weights() {
  NetworkBuilder n;
  const auto x = n.node("Relu", {n.conv(n.input({2, 3, 6, 6}), 3, 8)});
  const auto shared = n.weights({8, 8, 1, 1}), matrix = n.weights({6, 8});
  n.output(n.node("Add", {n.batch_norm(n.node("Conv", {x, shared}), 8), n.batch_norm(n.node("Conv", {x, shared}), 8)}));
  const auto means = n.node("Flatten", {n.node("GlobalAveragePool", {x})});
  for (const float alpha : {0.5f, 2.0f, 1.0f})
    n.output(n.node("Gemm", {means, matrix}, {{"transB", std::int64_t{1}}, {"alpha", alpha}}));
  return {"shared_weights", std::move(n)};
}

/// Convolutions and products with slopes of their own for every channel, and what may follow these.
inline NamedNetwork slopes() {
  NetworkBuilder n;
  auto x = n.node("PRelu", {n.conv(n.input({2, 3, 8, 8}), 3, 16), n.weights({16, 1, 1})});
  const auto y = n.node("PRelu", {n.batch_norm(n.conv(n.batch_norm(x, 16), 16, 16, 3, 16), 16), n.weights({16, 1, 1})});
  x = n.node("PRelu", {n.node("Add", {n.conv(y, 16, 16), x}), n.weights({1, 16, 1, 1})});
  x = n.node("PRelu", {n.node("MaxPool", {x}, {{"kernel_shape", Integers{2, 2}}}), n.weights({16, 1, 1})});
  x = n.conv(n.node("Relu", {n.node("PRelu", {n.conv(x, 16, 8, 1), n.weights({8, 1, 1})})}), 8, 8, 1);
  x = n.node("Flatten", {n.node("GlobalAveragePool", {x})});
  n.output(n.node("PRelu", {n.node("Gemm", {x, n.weights({8, 5}), n.weights({5})}), n.weights({5})}));
  return {"slopes", std::move(n)};
}

/// Products of so many rows that they are computed as convolutions, with everything that can stand behind them.
inline NamedNetwork many_rows() {
  NetworkBuilder n;
  const auto x = n.input({3, 25, 12});
  const auto a = n.node("Relu", {n.node("Add", {n.node("MatMul", {x, n.weights({12, 20})}), n.weights({20})})});
  const auto b = n.node("Mul", {n.node("MatMul", {a, n.weights({20, 20})}), n.weights({20}, 0.5, 1)});
  const auto c = n.node("Add", {n.node("MatMul", {b, n.weights({20, 20})}), a});
  n.output(n.node("Mul", {n.node("Sigmoid", {n.node("MatMul", {c, n.weights({20, 7})})}), n.weights({7})}));
  n.output(n.node("Add", {n.node("MatMul", {b, n.weights({20, 20})}), c}));
  return {"many_rows", std::move(n)};
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
  for (const std::int64_t images : {1, 3})
    for (const bool sequence_first : {false, true}) all.push_back(vision_transformer(images, sequence_first));
  all.push_back(shifted_windows());
  all.push_back(feature_pyramid());
  all.push_back(shared_weights());
  all.push_back(broadcasts());
  all.push_back(many_rows());
  all.push_back(slopes());
  all.push_back(detector_head(1));
  all.push_back(detector_head(4));
  all.push_back(up_convolution(1));
  all.push_back(up_convolution(2));
  all.push_back(preactivation());
  all.push_back(odd_operators());
  return all;
}

}  // namespace mien::runtime
