// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/image_wise.h"

#include <cstring>

#include "mien/runtime/rewrite/quantized_networks_for_tests.h"

namespace mien::runtime {
namespace {

std::vector<operators::TensorType> with_rows(const NetworkBuilder& net, std::int64_t rows) {
  auto types = net.types;
  for (auto& type : types) type.dims[0] = rows;
  return types;
}

TypedGraph typed_for(const graph::Graph& simple, const NetworkBuilder& net, std::int64_t rows) {
  return specialise(simple, with_rows(net, rows));
}

/// The first `rows` rows.
graph::Tensor head(const graph::Tensor& all, std::int64_t rows) {
  auto dims = all.dims();
  dims[0] = rows;
  graph::Tensor part(all.type(), dims);
  std::memcpy(part.raw(), all.raw(), part.bytes());
  return part;
}

/// What is said of the network for 4 rows and 2; where it is yes, plain evaluation must agree.
bool said_of(const NetworkBuilder& net) {
  graph::Graph simple = net.graph;
  simplify(simple);
  const auto many = typed_for(simple, net, 4), few = typed_for(simple, net, 2);
  if (!works_image_by_image(simple, many, few)) return false;
  const auto inputs = example_inputs(many);
  std::vector<graph::Tensor> parts;
  for (const auto& input : inputs) parts.push_back(head(input, 2));
  const auto whole = reference_run(many, inputs), part = reference_run(few, parts);
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_LE(difference(part.at(i), head(whole[i], 2)), 1e-6) << "output " << i;
  return true;
}

/// A network of one node after a convolution of images [N,4,6,6].
template <typename Make>
bool said_of_image(Make make, int opset = 13) {
  NetworkBuilder net(opset);
  net.output(make(net, net.conv(net.input({-1, 3, 6, 6}), 3, 4)));
  return said_of(net);
}
/// The same after rows [N,5].
template <typename Make>
bool said_of_row(Make make, int opset = 13) {
  NetworkBuilder net(opset);
  net.output(make(net, net.node("Relu", {net.input({-1, 5})})));
  return said_of(net);
}

using Net = NetworkBuilder;
using graph::ValueId;

TEST(ImageWise, NetworksForImagesAre) {
  EXPECT_TRUE(said_of_image([](Net& n, ValueId x) {
    auto y = n.node("Relu", {n.node("Add", {n.batch_norm(n.conv(x, 4, 4), 4), x})});
    y = n.node("MaxPool", {y}, {{"kernel_shape", Integers{2, 2}}, {"strides", Integers{2, 2}}});
    y = n.node("Mul", {y, n.node("Sigmoid", {n.node("GlobalAveragePool", {y})})});
    y = n.node("Flatten", {n.node("ReduceMean", {y}, {{"axes", Integers{2, 3}}})});
    y = n.node("Gemm", {y, n.weights({4, 3}), n.weights({3})});
    return n.node("Softmax", {y}, {{"axis", std::int64_t{1}}});
  }));
}

TEST(ImageWise, ShapesThatComeFromTheInputAre) {
  EXPECT_TRUE(said_of_image([](Net& n, ValueId x) {
    const auto rows = n.node("Gather", {n.node("Shape", {x}), n.integers({0})});
    const auto target = n.node("Concat", {rows, n.integers({-1})}, {{"axis", std::int64_t{0}}});
    return n.node("Reshape", {x, target});
  }));
}

TEST(ImageWise, TokensThatEveryImageGetsAre) {
  EXPECT_TRUE(said_of_image([](Net& n, ValueId x) {
    const auto rows = n.node("Gather", {n.node("Shape", {x}), n.integers({0})});
    const auto target = n.node("Concat", {rows, n.integers({1, 4})}, {{"axis", std::int64_t{0}}});
    const auto tokens = n.node("Expand", {n.weights({1, 1, 4}), target});
    const auto pixels = n.node("Transpose", {n.node("Reshape", {x, n.integers({0, 4, 36})})}, {{"perm", Integers{0, 2, 1}}});
    const auto y = n.node("Concat", {tokens, pixels}, {{"axis", std::int64_t{1}}});
    const auto scores = n.node("MatMul", {y, n.node("Transpose", {y}, {{"perm", Integers{0, 2, 1}}})});
    const auto mixed = n.node("MatMul", {n.node("Softmax", {scores}), n.node("MatMul", {y, n.weights({4, 4})})});
    return n.node("Slice", {mixed, n.integers({0}), n.integers({1}), n.integers({1})});
  }));
}

TEST(ImageWise, WhatMixesImagesIsNot) {
  const auto axes = [](Integers a, std::int64_t keep = 1) { return Attributes{{"axes", std::move(a)}, {"keepdims", keep}}; };
  EXPECT_FALSE(said_of_image([&](Net& n, ValueId x) { return n.node("ReduceMean", {x}, axes({0})); }));
  EXPECT_FALSE(said_of_image([&](Net& n, ValueId x) { return n.node("Sub", {x, n.node("ReduceMean", {x}, axes({0}))}); }));
  EXPECT_FALSE(said_of_image([&](Net& n, ValueId x) { return n.node("Sub", {x, n.node("ReduceMean", {x}, axes({-4}))}); }));
  EXPECT_FALSE(said_of_image([&](Net& n, ValueId x) { return n.node("ReduceMax", {x}); }));
  EXPECT_FALSE(said_of_row([](Net& n, ValueId x) { return n.node("Softmax", {x}, {{"axis", std::int64_t{0}}}); }));
  EXPECT_FALSE(said_of_row([](Net& n, ValueId x) { return n.node("Softmax", {x}, {{"axis", std::int64_t{-2}}}); }));
  EXPECT_FALSE(said_of_row([](Net& n, ValueId x) { return n.node("Transpose", {x}); }));
  EXPECT_FALSE(said_of_row([](Net& n, ValueId x) { return n.node("MatMul", {x, n.node("Transpose", {x})}); }));
  EXPECT_FALSE(said_of_row([](Net& n, ValueId x) { return n.node("Concat", {x, x}, {{"axis", std::int64_t{0}}}); }));
  EXPECT_FALSE(said_of_row([](Net& n, ValueId x) { return n.node("Gather", {x, n.integers({1, 0})}); }));
  EXPECT_FALSE(said_of_row(
      [](Net& n, ValueId x) { return n.node("Slice", {x, n.integers({-1}), n.integers({-9}), n.integers({0}), n.integers({-1})}); }));
  EXPECT_FALSE(said_of_row([](Net& n, ValueId x) { return n.node("CumSum", {x, n.integers({0})}); }));
  EXPECT_FALSE(said_of_image([](Net& n, ValueId x) { return n.node("Reshape", {x, n.integers({2, -1})}); }));
  EXPECT_FALSE(said_of_image([](Net& n, ValueId x) { return n.node("Reshape", {x, n.integers({4, -1})}); }));
  EXPECT_FALSE(said_of_row([](Net& n, ValueId x) { return n.node("Gemm", {x, x, n.weights({5})}, {{"transA", std::int64_t{1}}}); }));
}

TEST(ImageWise, WhatDependsOnTheNumberOfImagesIsNot) {
  EXPECT_FALSE(said_of_row([](Net& n, ValueId x) {
    const auto rows = n.node("Cast", {n.node("Gather", {n.node("Shape", {x}), n.integers({0})})}, {{"to", std::int64_t{1}}});
    return n.node("Div", {x, rows});
  }));
  EXPECT_FALSE(said_of_row([](Net& n, ValueId x) {  // every image gets another number
    const auto count = n.node("Squeeze", {n.node("Slice", {n.node("Shape", {x}), n.integers({0}), n.integers({1})})});
    const auto numbers = n.node("Range", {n.node("Sub", {count, count}), count, n.node("Div", {count, count})});
    return n.node("Add", {x, n.node("Unsqueeze", {n.node("Cast", {numbers}, {{"to", std::int64_t{1}}}), n.integers({1})})});
  }));
}

TEST(ImageWise, OperandsOfAllImagesMayBroadcast) {
  EXPECT_TRUE(said_of_row([](Net& n, ValueId x) { return n.node("Add", {n.weights({5}), n.node("Mul", {x, n.weights({1, 5})})}); }));
  EXPECT_TRUE(said_of_image([](Net& n, ValueId x) { return n.node("PRelu", {x, n.weights({4, 1, 1})}); }));
}

TEST(ImageWise, TwoInputsOfTheSameRowsAre) {
  NetworkBuilder net;
  const auto a = net.input({-1, 3, 6, 6}), b = net.input({-1, 4, 6, 6});
  net.output(net.node("Concat", {net.conv(a, 3, 4), b}, {{"axis", std::int64_t{1}}}));
  net.output(net.node("Flatten", {b}));
  EXPECT_TRUE(said_of(net));
}

TEST(ImageWise, QuantisedNetworksAre) {
  for (const auto form : {Form::qlinear, Form::qdq}) {
    EXPECT_TRUE(said_of(quantised_residual({form}).network));
    QuantisedBuilder n({form});
    const auto x = n.conv(n.image({-1, 3, 6, 6}), 3, 8, 3, 1, n.any());
    auto s = n.sigmoid(n.conv(n.global_average(x, n.any()), 8, 8, 1, 1, n.any()));
    s = n.moved("Reshape", n.combine("Mul", x, s, n.any()), {n.integers({0, 8, 36})});
    n.finish(n.product(n.moved("Transpose", s, {}, {{"perm", Integers{0, 2, 1}}}), 8, 5, n.any()));
    EXPECT_TRUE(said_of(n));
  }
}

TEST(ImageWise, ScalesOfTheirOwnForEveryImageAreNot) {
  NetworkBuilder n;
  const auto x = n.input({4, 5}), scales = n.floats({1, 2, 3, 4});
  n.output(n.node("DequantizeLinear", {n.node("QuantizeLinear", {x, scales}, {{"axis", std::int64_t{0}}}), scales},
                  {{"axis", std::int64_t{0}}}));
  graph::Graph simple = n.graph;
  simplify(simple);
  const auto typed = specialise(simple, n.types);
  EXPECT_FALSE(works_image_by_image(simple, typed, typed));
}

TEST(ImageWise, UnknownOperatorsAreNot) {
  EXPECT_FALSE(said_of_row([](Net& n, ValueId x) { return n.node("CumSum", {x, n.integers({1})}); }));
}

}  // namespace
}  // namespace mien::runtime
