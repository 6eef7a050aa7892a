// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "mien/runtime/rewrite/network_builder.h"
#include "mien/runtime/rewrite/passes.h"

namespace mien::runtime {
namespace {

using graph::ValueId;
using Summary = std::vector<std::string>;

TEST(Simplify, IdentityDropoutAndTransposePairsDisappear) {
  NetworkBuilder net;
  auto x = net.input({1, 4, 6, 5});
  x = net.node("Identity", {x});
  x = net.node("Transpose", {x}, {{"perm", Integers{0, 2, 3, 1}}});
  x = net.nodes("Dropout", {x, net.number(0.5f)}, {}, 2)[0];
  x = net.node("Transpose", {x}, {{"perm", Integers{0, 3, 1, 2}}});
  net.output(net.node("Relu", {x}));
  expect_becomes(net, {"Relu"});
}

TEST(Simplify, AnOutputThatIsTheInputStaysServed) {
  NetworkBuilder net;
  const auto x = net.input({2, 3});
  net.output(net.node("Identity", {x}));
  net.output(net.node("Identity", {net.node("Relu", {x})}));
  expect_becomes(net, {"Identity", "Relu"});
}

TEST(Simplify, BatchNormGoesIntoConv) {
  NetworkBuilder net;
  net.output(net.batch_norm(net.conv(net.input({2, 4, 5, 5}), 4, 6, 3, 2), 6));
  expect_becomes(net, {"Conv"});
}

TEST(Simplify, BatchNormGoesIntoConvTransposeWithGroups) {
  NetworkBuilder net;
  const auto x = net.input({2, 6, 4, 4});
  net.output(net.batch_norm(net.node("ConvTranspose", {x, net.weights({6, 2, 3, 3})}, {{"group", std::int64_t{3}}}), 6));
  expect_becomes(net, {"ConvTranspose"});
}

TEST(Simplify, BatchNormGoesIntoGemm) {
  NetworkBuilder net;
  const Attributes attributes{{"transB", std::int64_t{1}}, {"alpha", 0.5f}, {"beta", 2.0f}};
  net.output(net.batch_norm(net.node("Gemm", {net.input({3, 8}), net.weights({5, 8}), net.weights({1, 5})}, attributes), 5));
  expect_becomes(net, {"Linear"});
}

TEST(Simplify, BatchNormStaysWhereTheConvIsReadTwice) {
  NetworkBuilder net;
  const auto y = net.conv(net.input({1, 3, 5, 5}), 3, 4);
  net.output(net.batch_norm(y, 4));
  net.output(net.node("MaxPool", {y}, {{"kernel_shape", Integers{2, 2}}}));
  expect_becomes(net, {"Conv", "ScaleShift", "MaxPool"});
}

TEST(Simplify, BatchNormStaysWhereTheConvIsAnOutput) {
  NetworkBuilder net;
  const auto y = net.conv(net.input({1, 3, 5, 5}), 3, 4);
  net.output(y);
  net.output(net.node("Relu", {net.batch_norm(y, 4)}));
  expect_becomes(net, {"Conv", "ScaleShift+relu"});
}

TEST(Simplify, BatchNormWithoutConvIsScaleAndShift) {
  NetworkBuilder net;
  net.output(net.batch_norm(net.input({2, 4, 3}), 4));
  const auto typed = expect_same_results(net);
  EXPECT_EQ(summary_of(typed.graph), Summary{"ScaleShift"});
  EXPECT_EQ(typed.graph.nodes[0].domain, "mien");
}

TEST(Simplify, ArithmeticWithConstantsGoesIntoTheWeights) {
  for (const graph::Dims& dims : {graph::Dims{4, 1, 1}, graph::Dims{1, 4, 1, 1}, graph::Dims{}, graph::Dims{1}}) {
    NetworkBuilder net;
    auto x = net.conv(net.input({2, 3, 4, 4}), 3, 4);
    x = net.node("Mul", {x, net.weights(dims, 0.5, 1)});
    x = net.node("Add", {net.weights(dims), x});
    x = net.node("Sub", {net.weights(dims), x});
    x = net.node("Div", {x, net.weights(dims, 0.5, 1)});
    net.output(net.node("Sub", {x, net.weights(dims)}));
    expect_becomes(net, {"Conv"});
  }
}

TEST(Simplify, ConstantsAlongOtherAxesStayOut) {
  for (const graph::Dims& dims : {graph::Dims{4}, graph::Dims{1, 1, 4, 1}, graph::Dims{2, 1, 1, 1}, graph::Dims{1, 4, 4, 4}}) {
    NetworkBuilder net;
    net.output(net.node("Mul", {net.conv(net.input({2, 3, 4, 4}), 3, 4), net.weights(dims)}));
    expect_becomes(net, {"Conv", "Mul"});
  }
}

TEST(Simplify, SharedWeightsAreNotChanged) {
  NetworkBuilder net;
  const auto x = net.input({1, 3, 5, 5});
  const auto shared = net.weights({4, 3, 1, 1});
  net.output(net.batch_norm(net.node("Conv", {x, shared}), 4));
  net.output(net.node("Conv", {x, shared}));
  const auto before = net.graph.constant(shared)->floats();
  expect_becomes(net, {"Conv", "Conv"});
  EXPECT_EQ(net.graph.constant(shared)->floats(), before);
}

TEST(Simplify, ComputedWeightsBecomeConstant) {
  NetworkBuilder net;
  const auto turned = net.node("Transpose", {net.weights({3, 3, 3, 4})}, {{"perm", Integers{3, 2, 0, 1}}});
  const auto flat = net.node("Reshape", {turned, net.integers({4, 27})});
  const auto back = net.node("Reshape", {flat, net.integers({4, 3, 3, 3})});
  const auto bias = net.node("Squeeze", {net.node("Unsqueeze", {net.weights({4}), net.integers({0})}), net.integers({0})});
  net.output(net.node("Conv", {net.input({1, 3, 6, 6}), back, bias}));
  expect_becomes(net, {"Conv"});
}

TEST(Simplify, QuantisedWeightsBecomeConstant) {
  NetworkBuilder net;
  graph::Tensor stored(graph::DataType::i8, {4, 2, 1, 1});
  for (int i = 0; i < 8; ++i) stored.values<std::int8_t>()[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(17 * i - 60);
  const auto weights = net.graph.add_constant("stored", stored);
  const auto float_weights =
      net.node("DequantizeLinear", {weights, net.floats({0.1f, 0.2f, 0.3f, 0.4f})}, {{"axis", std::int64_t{0}}});
  net.output(net.node("Conv", {net.input({1, 2, 3, 3}), float_weights}));
  const auto typed = expect_same_results(net);
  ASSERT_EQ(summary_of(typed.graph), Summary{"Conv"});
  EXPECT_FLOAT_EQ(typed.graph.constant(typed.graph.nodes[0].inputs[1])->floats()[3], (17 * 3 - 60) * 0.2f);
}

TEST(Simplify, ConstantResultsAreBounded) {
  NetworkBuilder net;
  // 8193 x 8192 bytes would be made of eight: left to the run.
  const auto wide = net.node("Expand", {net.number(1), net.integers({2049, 8193})});
  net.output(net.node("ReduceMax", {net.node("Mul", {wide, net.input({1})})}, {{"keepdims", std::int64_t{0}}}));
  auto graph = net.graph;
  simplify(graph);
  EXPECT_EQ(summary_of(graph), (Summary{"Expand", "Mul", "ReduceMax"}));
}

TEST(Simplify, PadsGoIntoTheConv) {
  NetworkBuilder net;
  const auto x = net.node("Pad", {net.input({1, 3, 5, 5}), net.integers({0, 0, 1, 0, 0, 0, 2, 1})});
  net.output(net.node("Conv", {x, net.weights({2, 3, 3, 3})}, {{"pads", Integers{1, 0, 0, 1}}}));
  const auto typed = expect_same_results(net);
  ASSERT_EQ(summary_of(typed.graph), Summary{"Conv"});
  EXPECT_EQ(typed.graph.nodes[0].integers("pads"), (Integers{2, 0, 2, 2}));
}

TEST(Simplify, PadsGoIntoPoolingOnlyWhereItPadsAlike) {
  const auto pooled = [](const std::string& op, float value, Integers own, Summary expected) {
    NetworkBuilder net;
    const auto x = net.node("Pad", {net.input({1, 2, 6, 6}), net.integers({0, 0, 1, 1, 0, 0, 0, 1}), net.number(value)});
    net.output(net.node(op, {x}, {{"kernel_shape", Integers{3, 3}}, {"strides", Integers{2, 2}}, {"pads", std::move(own)}}));
    expect_becomes(net, expected);
  };
  pooled("AveragePool", 0, {0, 0, 0, 0}, {"AveragePool"});
  pooled("AveragePool", 0, {1, 1, 1, 1}, {"Pad", "AveragePool"});  // its own pads do not count
  pooled("AveragePool", 1, {0, 0, 0, 0}, {"Pad", "AveragePool"});
  pooled("MaxPool", 0, {0, 0, 0, 0}, {"Pad", "MaxPool"});
  pooled("MaxPool", -std::numeric_limits<float>::infinity(), {0, 0, 0, 0}, {"MaxPool"});
}

TEST(Simplify, PadsOfOtherKindsStay) {
  NetworkBuilder net;
  const auto x = net.input({1, 2, 6, 6});
  const auto w = net.weights({2, 2, 3, 3}), deep = net.weights({2, 3, 3, 3});
  net.output(
      net.node("Conv", {net.node("Pad", {x, net.integers({0, 0, 1, 1, 0, 0, 1, 1})}, {{"mode", std::string("reflect")}}), w}));
  net.output(net.node("Conv", {net.node("Pad", {x, net.integers({0, 1, 0, 0, 0, 0, 0, 0})}), deep}));
  net.output(net.node("Conv", {net.node("Pad", {x, net.integers({0, 0, -1, 0, 0, 0, 0, 0})}), w}));
  expect_becomes(net, {"Pad", "Conv", "Pad", "Conv", "Pad", "Conv"});
}

TEST(Simplify, TransposedWeightsStayAsTheyLie) {
  NetworkBuilder net;
  const auto weights = net.weights({5, 8});
  net.output(net.node("Gemm", {net.input({3, 8}), weights, net.weights({5})}, {{"transB", std::int64_t{1}}}));
  const auto typed = expect_same_results(net);
  ASSERT_EQ(summary_of(typed.graph), Summary{"Linear"});
  EXPECT_EQ(typed.graph.nodes[0].integer("transposed", 0), 1);
  EXPECT_EQ(typed.graph.constant(typed.graph.nodes[0].inputs[1])->raw(), net.graph.constant(weights)->raw());
}

TEST(Simplify, DropoutThatDropsNothingDisappears) {
  NetworkBuilder net;
  const auto yes = net.graph.add_constant("yes", graph::Tensor(graph::DataType::boolean, {}));
  net.graph.values[static_cast<std::size_t>(yes)].constant->values<std::uint8_t>()[0] = 1;
  net.output(net.node("Relu", {net.node("Dropout", {net.input({2, 3}), net.number(0), yes})}));
  expect_becomes(net, {"Relu"});
}

/// What a pass has put into other weights is gone at once, not only when all passes have run.
TEST(Simplify, LetsGoOfWeightsThatNobodyReads) {
  NetworkBuilder net;
  const auto weights = net.weights({4, 3, 1, 1});
  net.output(net.batch_norm(net.node("Conv", {net.input({1, 3, 5, 5}), weights}), 4));
  auto graph = net.graph;
  net = NetworkBuilder();
  GraphEditor editor(graph);
  ASSERT_NE(editor.constant(weights), nullptr);
  fold_scales(editor);
  EXPECT_EQ(editor.constant(weights), nullptr);
  editor.finish();
  EXPECT_EQ(summary_of(graph), Summary{"Conv"});
}

}  // namespace
}  // namespace mien::runtime
