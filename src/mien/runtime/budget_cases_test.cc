// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Small files that would cost minutes or gigabytes, and large ones that may.
#include <gmock/gmock.h>

#include "mien/graph/onnx_file.h"
#include "mien/runtime/rewrite/network_builder.h"
#include "mien/runtime/runtime.h"

namespace mien::runtime {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Model model_of(const graph::Graph& graph, double budget = 1) {
  const auto bytes = graph::serialize_onnx(graph);
  ModelOptions options{Precision::fp32, 1};
  options.budget = budget;
  return Model::parse(bytes.data(), bytes.size(), "hostile", options);
}

/// Loads the network and runs it on zeros of the shape.
std::string refusal(const graph::Graph& graph, const std::vector<std::int64_t>& shape, double budget = 1) {
  try {
    Session session(model_of(graph, budget));
    TensorView input;
    input.shape = shape;
    const std::vector<float> zeros(static_cast<std::size_t>(input.size()));
    input.data = zeros.data();
    session.run({input});
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_file);
    EXPECT_THAT(error.hint(), HasSubstr("ModelOptions::budget"));
    return error.what();
  }
  return "nothing was thrown";
}

TEST(BudgetCases, APoolWhoseKernelReachesFarBeyondItsInput) {
  NetworkBuilder n;
  n.output(
      n.node("AveragePool", {n.input({2, 3, 7, 6})},
             {{"auto_pad", std::string("SAME_LOWER")}, {"kernel_shape", Integers{3, 2147483647}}, {"strides", Integers{2, 2}}}));
  EXPECT_THAT(refusal(n.graph, {2, 3, 7, 6}), AllOf(HasSubstr("AveragePool_0"), HasSubstr("4.64e+11 steps")));
}

TEST(BudgetCases, AValueOfGigabytesFromNothing) {
  NetworkBuilder n;
  const auto x = n.input({1, 1, 1, 1});
  n.output(n.node("ReduceMax", {n.node("Expand", {x, n.integers({1, 16000, 16000, 1})})}, {{"axes", Integers{1, 2}}}));
  EXPECT_THAT(refusal(n.graph, {1, 1, 1, 1}), AllOf(HasSubstr("Expand_0"), HasSubstr("2.56e+08 elements")));
}

TEST(BudgetCases, ManyConstantsThatAreLargeTogether) {
  NetworkBuilder n;
  auto x = n.input({1});
  for (int i = 0; i < 20; ++i) {
    const auto large = n.node("ConstantOfShape", {n.integers({15000000 + i})});
    x = n.node("Add", {x, n.node("ReduceMax", {large}, {{"axes", Integers{0}}})});
  }
  n.output(x);
  EXPECT_THAT(refusal(n.graph, {1}), AllOf(HasSubstr("ConstantOfShape"), HasSubstr("elements")));
}

TEST(BudgetCases, AChainOfAHundredThousandNodes) {
  NetworkBuilder n;
  auto x = n.input({1});
  for (int i = 0; i < 100000; ++i) x = n.node("Sin", {x});
  n.output(x);
  EXPECT_THAT(refusal(n.graph, {1}), AllOf(HasSubstr("1e+05 nodes"), HasSubstr("5e+04")));
}

TEST(BudgetCases, WhoTrustsTheFileRaisesTheBudget) {
  NetworkBuilder n;
  n.output(n.node("ReduceMax", {n.node("Expand", {n.input({1, 1}), n.integers({9000, 9000})})}, {{"axes", Integers{0, 1}}}));
  EXPECT_THAT(refusal(n.graph, {1, 1}), HasSubstr("Expand_0"));
  EXPECT_EQ(refusal(n.graph, {1, 1}, 4), "nothing was thrown");
  EXPECT_EQ(refusal(n.graph, {1, 1}, 0), "nothing was thrown");
}

/// Many images at once through the deepest kind of network for its weights: all at full size.
TEST(BudgetCases, NetworksAsTheyAreUsedStayInside) {
  NetworkBuilder n;
  auto x = n.node("Relu", {n.conv(n.input({-1, 1, 16, 16}), 1, 64)});
  for (int layer = 0; layer < 16; ++layer) x = n.node("Relu", {n.batch_norm(n.conv(x, 64, 64), 64)});
  n.output(n.conv(x, 64, 1));
  EXPECT_EQ(refusal(n.graph, {1, 1, 16, 16}), "nothing was thrown");
  EXPECT_EQ(refusal(n.graph, {64, 1, 16, 16}), "nothing was thrown");
}

}  // namespace
}  // namespace mien::runtime
