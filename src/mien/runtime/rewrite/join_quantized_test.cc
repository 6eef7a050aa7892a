// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <set>

#include "mien/runtime/rewrite/quantized_networks_for_tests.h"

namespace mien::runtime {
namespace {

using Names = std::vector<std::string>;

graph::Graph simplified(const NetworkBuilder& network) {
  graph::Graph graph = network.graph;
  simplify(graph);
  return graph;
}

/// Largest distance of the outputs from those of the network as it was written, in units of `step`, and the share of values that
/// are apart at all.
std::pair<double, double> apart_in_steps(const NetworkBuilder& network, double step) {
  const TypedGraph plain = specialise(network.graph, network.types), joined = rewritten(network.graph, network.types);
  expect_runnable(joined.graph);
  const auto inputs = example_inputs(plain);
  const auto expected = reference_run(plain, inputs), found = reference_run(joined, inputs);
  double worst = 0, different = 0, all = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(found.at(i).dims(), expected[i].dims());
    const auto a = found[i].floats(), b = expected[i].floats();
    for (std::size_t k = 0; k < b.size(); ++k) {
      worst = std::max(worst, std::abs(static_cast<double>(a[k]) - b[k]) / step);
      different += a[k] != b[k];
      ++all;
    }
  }
  return {worst, different / all};
}

/// Operators on bytes are exactly what they were; what stood between DequantizeLinear and QuantizeLinear is off by rounding at
/// most.
TEST(JoinQuantised, ComputesWhatTheFileComputes) {
  for (const auto& [name, network] : quantised_networks()) {
    SCOPED_TRACE(name);
    const auto [worst, share] = apart_in_steps(network, 4.0 / 255);
    EXPECT_LE(worst, network.qdq() ? 1.001 : 0);
    EXPECT_LE(share, network.qdq() ? 0.02 : 0);
  }
}

TEST(JoinQuantised, LeavesNoFloatsBetweenLayers) {
  static const std::set<std::string> allowed = {"QuantizeLinear",
                                                "DequantizeLinear",
                                                "QLinearConv",
                                                "QLinearMatMul",
                                                "QGemm",
                                                "QLinearAdd",
                                                "QLinearMul",
                                                "MaxPool",
                                                "QLinearGlobalAveragePool",
                                                "Table",
                                                "Reshape",
                                                "Transpose",
                                                "Flatten",
                                                "ChannelGather",
                                                "Concat",
                                                "Split"};
  for (const auto& [name, network] : quantised_networks()) {
    SCOPED_TRACE(name);
    int quantised = 0, dequantised = 0;
    for (const auto& node : rewritten(network.graph, network.types).graph.nodes) {
      EXPECT_TRUE(allowed.contains(node.op)) << node.label();
      quantised += node.op == "QuantizeLinear";
      dequantised += node.op == "DequantizeLinear";
    }
    EXPECT_EQ(quantised, 1);
    EXPECT_EQ(dequantised, 1);
  }
}

TEST(JoinQuantised, ReluAndClipBecomeBoundsOfBytes) {
  QuantisedBuilder n({Form::qdq});
  const auto x = n.image({1, 2, 4, 4});
  const auto w = n.quantised_weights({3, 2, 1, 1}, 3, 0.5);
  const auto made = n.node("Clip", {n.node("Relu", {n.node("Conv", {x.id, n.dequantised(w, 0)})}), n.number(-1), n.number(0.5f)});
  n.finish(n.quantise(made, 0.01f, 100));
  const auto graph = simplified(n);
  ASSERT_EQ(summary_of(graph), (Names{"QuantizeLinear", "QLinearConv+clip", "DequantizeLinear"}));
  EXPECT_EQ(graph.nodes[1].post[0].alpha, 100);
  EXPECT_EQ(graph.nodes[1].post[0].beta, 150);
  EXPECT_LE(apart_in_steps(n, 0.01).first, 1.001);
}

TEST(JoinQuantised, BoundsThatTheBytesHaveAnywayAreNone) {
  QuantisedBuilder n({Form::qdq});
  n.finish(n.conv(n.image({1, 2, 4, 4}), 2, 3, 1, 1, n.positive(), true));
  EXPECT_EQ(summary_of(simplified(n)), (Names{"QuantizeLinear", "QLinearConv", "DequantizeLinear"}));
}

TEST(JoinQuantised, FunctionsOfOneByteBecomeTables) {
  QuantisedBuilder n({Form::qdq});
  const auto x = n.image({1, 2, 4, 4});
  const auto y = n.node("Mul", {x.id, n.node("Sigmoid", {n.node("Mul", {x.id, n.number(1.5f)})})});
  n.finish(n.quantise(y, 0.01f, 40));
  EXPECT_EQ(summary_of(simplified(n)), (Names{"QuantizeLinear", "Table", "DequantizeLinear"}));
  EXPECT_EQ(apart_in_steps(n, 0.01).first, 0);
}

TEST(JoinQuantised, QuantisingAgainInTheSameWayIsNothing) {
  QuantisedBuilder n({Form::qdq});
  auto x = n.image({1, 2, 4, 4});
  for (int i = 0; i < 3; ++i) x = n.quantise(x.id, x.scale, x.zero);
  n.finish(x);
  EXPECT_EQ(summary_of(simplified(n)), (Names{"QuantizeLinear", "DequantizeLinear"}));
}

/// What floats read too stays in floats; the layer is not computed twice.
TEST(JoinQuantised, LayersThatFloatsReadStay) {
  QuantisedBuilder n({Form::qdq});
  const auto x = n.image({1, 2, 4, 4});
  const auto w = n.quantised_weights({3, 2, 1, 1}, 3, 0.5);
  const auto made = n.node("Conv", {x.id, n.dequantised(w, 0)});
  n.finish(n.quantise(made, 0.01f, 100));
  n.output(n.node("Exp", {made}));
  EXPECT_EQ(summary_of(simplified(n)),
            (Names{"QuantizeLinear", "DequantizeLinear", "Conv", "QuantizeLinear", "DequantizeLinear", "Exp"}));
  EXPECT_EQ(apart_in_steps(n, 0.01).first, 0);
}

/// Every operator that moves elements does so with bytes as well.
TEST(JoinQuantised, BytesAreMoved) {
  struct Case {
    std::string op;
    std::function<std::vector<graph::ValueId>(QuantisedBuilder&)> more;
    Attributes attributes;
  };
  const auto none = [](QuantisedBuilder&) { return std::vector<graph::ValueId>{}; };
  const auto integers = [](Integers values) { return [values](QuantisedBuilder& n) { return std::vector{n.integers(values)}; }; };
  const std::vector<Case> cases = {{"Reshape", integers({2, 32}), {}},
                                   {"Flatten", none, {}},
                                   {"Squeeze", integers({0}), {}},
                                   {"Unsqueeze", integers({0}), {}},
                                   {"Transpose", none, {{"perm", Integers{0, 2, 3, 1}}}},
                                   {"Slice",
                                    [](QuantisedBuilder& n) {
                                      return std::vector{n.integers({1}), n.integers({3}), n.integers({1}), n.integers({1})};
                                    },
                                    {}},
                                   {"Gather", integers({3, 0, 0}), {{"axis", std::int64_t{1}}}},
                                   {"Expand", integers({3, 4, 4, 4}), {}},
                                   {"Tile", integers({1, 2, 1, 1}), {}},
                                   {"MaxPool", none, {{"kernel_shape", Integers{2, 2}}}},
                                   {"DepthToSpace", none, {{"blocksize", std::int64_t{2}}}},
                                   {"SpaceToDepth", none, {{"blocksize", std::int64_t{2}}}},
                                   {"Resize",
                                    [](QuantisedBuilder& n) {
                                      return std::vector{n.floats({}), n.floats({1, 1, 2, 2})};
                                    },
                                    {}},
                                   {"Concat", none, {{"axis", std::int64_t{1}}}}};
  for (const auto type : {graph::DataType::u8, graph::DataType::i8})
    for (const auto& [op, more, attributes] : cases) {
      SCOPED_TRACE(op);
      QuantisedBuilder n({Form::qdq, type});
      const auto x = n.image({1, 4, 4, 4});
      n.finish(n.moved(op, x, more(n), attributes));
      int quantised = 0;
      for (const auto& node : rewritten(n.graph, n.types).graph.nodes)
        quantised += node.op == "QuantizeLinear" || node.op == "DequantizeLinear";
      EXPECT_EQ(quantised, 2);
      EXPECT_EQ(apart_in_steps(n, 0.01).first, 0);
    }
}

TEST(JoinQuantised, NegativeOrVaryingScalesAreLeftAlone) {
  QuantisedBuilder n({Form::qdq});
  const auto x = n.input({1, 2, 4, 4}), scale = n.node("Exp", {n.input({})});
  const auto bytes = n.node("QuantizeLinear", {x, scale, n.byte(3, graph::DataType::u8)});
  n.output(n.node("Relu", {n.node("DequantizeLinear", {bytes, scale, n.byte(3, graph::DataType::u8)})}));
  EXPECT_EQ(summary_of(simplified(n)), (Names{"Exp", "QuantizeLinear", "DequantizeLinear", "Relu"}));
}

}  // namespace
}  // namespace mien::runtime
