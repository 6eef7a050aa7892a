// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/budget.h"

#include <gmock/gmock.h>

#include "mien/base/error.h"
#include "mien/runtime/rewrite/network_builder.h"

namespace mien::runtime {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

template <typename Work>
std::string refusal(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_file);
    EXPECT_THAT(error.hint(), HasSubstr("--model-budget"));
    return error.what();
  }
  return "nothing was thrown";
}

std::string refusal_of(const NetworkBuilder& n, Budget budget) {
  return refusal([&] {
    auto graph = n.graph;
    Meter loading(budget), running(budget);
    loading.expect_nodes(graph);
    simplify(graph, &loading);
    specialise(graph, n.types, &running);
  });
}

constexpr Budget generous{1e30, 1e30, 1e30, 1e30};

TEST(Budget, GrowsWithTheNumbersAtHandAndTheFactor) {
  const auto one = budget_for(1, 0), more = budget_for(1, 1000), twice = budget_for(2, 1000);
  EXPECT_GT(one.elements, 0);
  EXPECT_EQ(one.nodes, more.nodes);
  EXPECT_GT(more.elements, one.elements);
  EXPECT_GT(more.products, one.products);
  EXPECT_GT(more.steps, one.steps);
  EXPECT_EQ(twice.elements, 2 * more.elements);
  EXPECT_EQ(twice.nodes, 2 * more.nodes);
  EXPECT_TRUE(std::isinf(budget_for(0, 0).products));
}

TEST(Budget, NodesAreCountedBeforeAnythingIsDone) {
  NetworkBuilder n;
  auto x = n.input({1});
  for (int i = 0; i < 20; ++i) x = n.node("Relu", {x});
  n.output(x);
  Budget budget = generous;
  budget.nodes = 20;
  EXPECT_EQ(refusal_of(n, budget), "nothing was thrown");
  budget.nodes = 19;
  EXPECT_THAT(refusal_of(n, budget), AllOf(HasSubstr("Relu_19"), HasSubstr("20 nodes"), HasSubstr("budget for it is 19")));
}

TEST(Budget, EachLimitNamesTheNodeThatGoesPastIt) {
  NetworkBuilder n;
  const auto x = n.node("Relu", {n.conv(n.input({1, 3, 10, 10}), 3, 8)});
  n.output(n.node("AveragePool", {x}, {{"kernel_shape", Integers{5, 5}}}));
  EXPECT_EQ(refusal_of(n, generous), "nothing was thrown");
  Budget budget = generous;
  budget.elements = 1500;  // 800 + 800 + 288
  EXPECT_THAT(refusal_of(n, budget), AllOf(HasSubstr("Relu_1"), HasSubstr("1.6e+03 elements")));
  budget = generous;
  budget.products = 21599;  // 800 * 27
  EXPECT_THAT(refusal_of(n, budget), AllOf(HasSubstr("Conv_0"), HasSubstr("2.16e+04 products")));
  budget = generous;
  budget.steps = 10000;  // the pool's 288 * 25 and what is read and written
  EXPECT_THAT(refusal_of(n, budget), AllOf(HasSubstr("AveragePool_2"), HasSubstr("steps of arithmetic")));
}

/// A few bytes that stand for much: each operator that makes results of any size, folded and run.
TEST(Budget, OperatorsWhoseCostIsNotInTheFile) {
  const auto million = Integers{1000, 1000};
  Budget budget = generous;
  budget.elements = 1e6 - 1;
  const auto folded = [&](auto make) {
    NetworkBuilder n;
    n.output(make(n, n.floats({1})));
    return refusal_of(n, budget);
  };
  const auto run = [&](auto make) {
    NetworkBuilder n;
    n.output(make(n, n.input({1})));
    return refusal_of(n, budget);
  };
  const auto both = [&](auto make, const char* op) {
    EXPECT_THAT(folded(make), HasSubstr(op));
    EXPECT_THAT(run(make), HasSubstr(op));
  };
  both([&](auto& n, auto x) { return n.node("Expand", {x, n.integers(million)}); }, "Expand");
  both([&](auto& n, auto x) { return n.node("Tile", {x, n.integers({1000000})}); }, "Tile");
  both([&](auto& n, auto x) { return n.node("Pad", {x, n.integers({0, 999999})}); }, "Pad");
  both([&](auto& n, auto x) { return n.node("Resize", {x, n.floats({}), n.floats({1e6f})}); }, "Resize");
  both([&](auto& n, auto x) { return n.node("Add", {x, n.node("ConstantOfShape", {n.integers(million)})}); }, "ConstantOfShape");
  both(
      [&](auto& n, auto x) {
        return n.node("OneHot",
                      {n.node("Cast", {x}, {{"to", std::int64_t{7}}}),
                       n.graph.add_constant("depth", graph::Tensor::of(Integers{1000000}).reshaped({})), n.floats({0, 1})});
      },
      "OneHot");
  both(
      [&](auto& n, auto x) {
        const auto scalar = [&](const char* name, std::int64_t value) {
          return n.graph.add_constant(name, graph::Tensor::of(Integers{value}).reshaped({}));
        };
        return n.node("Add", {x, n.node("Cast", {n.node("Range", {scalar("a", 0), scalar("b", 1000000), scalar("c", 1)})},
                                        {{"to", std::int64_t{1}}})});
      },
      "Range");
  both(
      [&](auto& n, auto x) {  // many small steps
        for (int i = 0; i < 10; ++i) x = n.node("Tile", {x, n.integers({4})});
        return x;
      },
      "Tile");
}

}  // namespace
}  // namespace mien::runtime
