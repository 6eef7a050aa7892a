// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/error.h"
#include "mien/runtime/rewrite/network_builder.h"

namespace mien::runtime {
namespace {

using Summary = std::vector<std::string>;

TEST(Specialise, ShapeArithmeticBecomesConstant) {
  // view(x.size(0), -1) and a resize to twice the size, as PyTorch exports them.
  NetworkBuilder net;
  const auto x = net.input({3, 4, 2, 5});
  const auto batch = net.node("Gather", {net.node("Shape", {x}), net.integers({0})});
  const auto target = net.node("Concat", {batch, net.integers({-1})}, {{"axis", std::int64_t{0}}});
  net.output(net.node("Reshape", {x, target}));
  const auto typed = specialise(net.graph, net.types);
  ASSERT_EQ(summary_of(typed.graph), Summary{"Reshape"});
  EXPECT_EQ(typed.graph.constant(typed.graph.nodes[0].inputs[1])->integers(), (Integers{3, -1}));
  EXPECT_EQ(typed.types[static_cast<std::size_t>(typed.graph.outputs[0].value)].dims, (graph::Dims{3, 40}));
  expect_same_results(net);
}

TEST(Specialise, ShapeOfAPartOfTheDims) {
  NetworkBuilder net(15);
  const auto x = net.input({3, 4, 2, 5});
  net.output(net.node("Shape", {x}, {{"start", std::int64_t{-2}}}));
  net.output(net.node("Shape", {x}, {{"start", std::int64_t{1}}, {"end", std::int64_t{-1}}}));
  net.output(net.node("Size", {x}));
  const auto typed = specialise(net.graph, net.types);
  EXPECT_TRUE(typed.graph.nodes.empty());
  const auto results = reference_run(typed, example_inputs(typed));
  EXPECT_EQ(results[0].integers(), (Integers{2, 5}));
  EXPECT_EQ(results[1].integers(), (Integers{4, 2}));
  EXPECT_EQ(results[2].integers(), Integers{120});
  EXPECT_TRUE(results[2].dims().empty());
}

TEST(Specialise, TheSameNetworkAtTwoShapes) {
  NetworkBuilder net;
  const auto x = net.input({-1, 3, -1, -1});
  net.output(net.node("Flatten", {net.conv(x, 3, 4)}));
  for (const graph::Dims& dims : {graph::Dims{1, 3, 4, 4}, graph::Dims{2, 3, 5, 7}}) {
    const auto typed = specialise(net.graph, {{graph::DataType::f32, dims}});
    EXPECT_EQ(typed.types[static_cast<std::size_t>(typed.graph.outputs[0].value)].dims,
              (graph::Dims{dims[0], 4 * dims[2] * dims[3]}));
  }
}

TEST(Specialise, WhatChangesNothingAtThisShapeDisappears) {
  NetworkBuilder net;
  auto x = net.input({2, 3, 4});
  x = net.node("Relu", {x});
  x = net.node("Cast", {x}, {{"to", std::int64_t{1}}});
  x = net.node("Reshape", {x, net.integers({0, 3, -1})});
  x = net.node("Slice", {x, net.integers({0}), net.integers({100}), net.integers({1})});
  x = net.node("Expand", {x, net.integers({1, 3, 1})});
  x = net.node("Concat", {x}, {{"axis", std::int64_t{1}}});
  net.output(x);
  expect_becomes(net, {"Relu"});
}

TEST(Specialise, ReversingSlicesStay) {
  NetworkBuilder net;
  const auto x = net.input({2, 3});
  net.output(net.node("Slice", {x, net.integers({-1}), net.integers({-100}), net.integers({1}), net.integers({-1})}));
  expect_becomes(net, {"Slice"});
}

TEST(Specialise, LargeFloatsAreNotEvaluated) {
  NetworkBuilder net;
  const auto x = net.input({600, 600});
  net.output(net.node("Add", {x, net.node("ConstantOfShape", {net.node("Shape", {x})})}));
  EXPECT_EQ(summary_of(specialise(net.graph, net.types).graph), (Summary{"ConstantOfShape", "Add"}));
}

TEST(Specialise, ErrorsNameTheNode) {
  NetworkBuilder net;
  net.output(net.conv(net.input({1, 3, 4, 4}), 3, 4));
  try {
    specialise(net.graph, {{graph::DataType::f32, {1, 5, 4, 4}}});
    FAIL() << "a convolution of 3 channels took 5";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_file);
    EXPECT_NE(std::string(error.what()).find("Conv_0"), std::string::npos) << error.what();
  }
  EXPECT_THROW(specialise(net.graph, {}), Error);
}

TEST(ReferenceRun, RefusesInputsOfAnotherType) {
  NetworkBuilder net;
  net.output(net.node("Relu", {net.input({2, 2})}));
  const auto typed = specialise(net.graph, net.types);
  EXPECT_THROW(reference_run(typed, {}), Error);
  EXPECT_THROW(reference_run(typed, {graph::Tensor::of(std::vector<float>{1, 2, 3, 4})}), Error);
  const auto result = reference_run(typed, {graph::Tensor::of(std::vector<float>{-1, 2, -3, 4}).reshaped({2, 2})});
  EXPECT_EQ(result[0].floats(), (std::vector<float>{0, 2, 0, 4}));
}

TEST(Rewrite, TakesTimeLinearInTheSize) {
  // Blocks that share their constants and read the input: quadratic passes would take minutes.
  constexpr int blocks = 5000;
  NetworkBuilder net;
  const auto x = net.input({1, 2});
  const auto half = net.number(0.5f);
  auto y = x;
  for (int i = 0; i < blocks; ++i) {
    y = net.node("Identity", {net.node("Add", {net.node("Mul", {y, half}), x})});
    y = net.node("Mul", {y, net.node("Sigmoid", {y})});
  }
  net.output(y);
  // One Mul, then a sum a block that ends in swish and, but for the last, in half of it.
  EXPECT_EQ(expect_same_results(net).graph.nodes.size(), 1u + blocks);
}

}  // namespace
}  // namespace mien::runtime
