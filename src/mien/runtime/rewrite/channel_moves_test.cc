// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/network_builder.h"

namespace mien::runtime {
namespace {

using graph::ValueId;
using Summary = std::vector<std::string>;

/// Channel shuffle as torchvision exports it.
ValueId shuffle(NetworkBuilder& net, ValueId x, Integers parts, Integers whole) {
  x = net.node("Reshape", {x, net.integers(std::move(parts))});
  x = net.node("Transpose", {x}, {{"perm", Integers{0, 2, 1, 3, 4}}});
  return net.node("Reshape", {x, net.integers(std::move(whole))});
}

TEST(ChannelMoves, ShuffleOfGroups) {
  NetworkBuilder net;
  net.output(shuffle(net, net.input({2, 6, 3, 3}), {2, 3, 2, 3, 3}, {2, -1, 3, 3}));
  const auto typed = expect_same_results(net);
  ASSERT_EQ(summary_of(typed.graph), Summary{"ChannelGather"});
  EXPECT_EQ(typed.graph.nodes[0].integers("channel"), (Integers{0, 2, 4, 1, 3, 5}));
  EXPECT_EQ(typed.graph.nodes[0].integers("input"), (Integers{0, 0, 0, 0, 0, 0}));
}

TEST(ChannelMoves, ShuffleNetUnitsReadTheConvolutions) {
  NetworkBuilder net;
  const auto x = net.input({1, 4, 4, 4});
  const auto left = net.node("Relu", {net.conv(x, 4, 4)}), right = net.node("Relu", {net.conv(x, 4, 4, 1)});
  const auto joined = net.node("Concat", {left, right}, {{"axis", std::int64_t{1}}});
  const auto halves = net.nodes("Split", {shuffle(net, joined, {1, 2, 4, 4, 4}, {1, 8, 4, 4}), net.integers({4, 4})},
                                {{"axis", std::int64_t{1}}}, 2);
  const auto worked = net.node("Relu", {net.conv(halves[1], 4, 4)});
  net.output(net.node("Add", {halves[0], worked}));
  net.output(worked);
  const auto typed = expect_same_results(net);
  ASSERT_EQ(summary_of(typed.graph), (Summary{"Conv+relu", "Conv+relu", "ChannelGather", "ChannelGather", "Conv+relu", "Add"}));
  for (const std::size_t i : {2, 3}) {
    const auto& gather = typed.graph.nodes[i];
    EXPECT_EQ(gather.inputs, (std::vector<ValueId>{typed.graph.nodes[0].outputs[0], typed.graph.nodes[1].outputs[0]}));
    EXPECT_EQ(gather.integers("input"), (Integers{0, 1, 0, 1}));
    EXPECT_EQ(gather.integers("channel"), i == 2 ? (Integers{0, 0, 1, 1}) : (Integers{2, 2, 3, 3}));
  }
}

TEST(ChannelMoves, SlicesAndGathersOfChannels) {
  for (const int opset : {9, 13}) {
    NetworkBuilder net(opset);
    const auto x = net.node("Softplus", {net.input({2, 6, 3})});
    const auto slice = [&](Integers from, Integers to) {
      if (opset < 10) return net.node("Slice", {x}, {{"starts", from}, {"ends", to}, {"axes", Integers{1}}});
      return net.node("Slice", {x, net.integers(from), net.integers(to), net.integers({1})});
    };
    net.output(net.node("Concat", {slice({-2}, {100}), slice({1}, {3})}, {{"axis", std::int64_t{1}}}));
    net.output(net.node("Gather", {x, net.integers({5, -6})}, {{"axis", std::int64_t{1}}}));
    const auto typed = expect_same_results(net);
    ASSERT_EQ(summary_of(typed.graph), (Summary{"Softplus", "ChannelGather", "ChannelGather"}));
    EXPECT_EQ(typed.graph.nodes[1].integers("channel"), (Integers{4, 5, 1, 2}));
    EXPECT_EQ(typed.graph.nodes[2].integers("channel"), (Integers{5, 0}));
  }
}

TEST(ChannelMoves, SplitOfAConcatDisappears) {
  NetworkBuilder net;
  const auto x = net.input({1, 3, 4, 4});
  const auto a = net.conv(x, 3, 2), b = net.conv(x, 3, 4);
  const auto parts = net.nodes("Split", {net.node("Concat", {a, b}, {{"axis", std::int64_t{1}}}), net.integers({2, 4})},
                               {{"axis", std::int64_t{1}}}, 2);
  net.output(net.node("Relu", {parts[0]}));
  net.output(net.node("Concat", {parts[1], x}, {{"axis", std::int64_t{1}}}));
  net.output(net.node("Softplus", {parts[1]}));
  expect_becomes(net, {"Conv", "Conv+relu", "ChannelGather", "Softplus"});
}

TEST(ChannelMoves, AnOutputThatIsAWholeValueStays) {
  NetworkBuilder net;
  const auto x = net.input({1, 3, 4, 4});
  const auto joined = net.node("Concat", {x, x}, {{"axis", std::int64_t{1}}});
  const auto parts = net.nodes("Split", {joined, net.integers({3, 3})}, {{"axis", std::int64_t{1}}}, 2);
  net.output(parts[0]);
  net.output(net.node("Relu", {parts[1]}));
  expect_becomes(net, {"Identity", "Relu"});
}

TEST(ChannelMoves, WhatOthersReadIsMadeOnce) {
  // As in DenseNet: a joined value goes into a convolution and into the next join.
  NetworkBuilder net;
  const auto x = net.input({1, 3, 4, 4});
  const auto first = net.node("Concat", {x, net.conv(x, 3, 2)}, {{"axis", std::int64_t{1}}});
  const auto second = net.node("Concat", {first, net.conv(first, 5, 2)}, {{"axis", std::int64_t{-3}}});
  net.output(net.conv(second, 7, 2));
  const auto typed = expect_same_results(net);
  EXPECT_EQ(summary_of(typed.graph), (Summary{"Conv", "ChannelGather", "Conv", "ChannelGather", "Conv"}));
  EXPECT_EQ(typed.graph.nodes[3].inputs[0], typed.graph.nodes[1].outputs[0]);
}

TEST(ChannelMoves, OtherAxesStay) {
  NetworkBuilder net;
  const auto x = net.input({2, 4, 3});
  net.output(net.node("Concat", {x, x}, {{"axis", std::int64_t{2}}}));
  net.output(net.node("Slice", {x, net.integers({0}), net.integers({4}), net.integers({1}), net.integers({2})}));
  net.output(net.node("Gather", {x, net.graph.add_constant("first", graph::Tensor::of(Integers{1}).reshaped({}))},
                      {{"axis", std::int64_t{1}}}));
  for (const auto part : net.nodes("Split", {x}, {{"axis", std::int64_t{0}}}, 2)) net.output(part);
  expect_becomes(net, {"Concat", "Slice", "Gather", "Split"});
}

TEST(ChannelMoves, AShuffleSeenFromWithinStays) {
  NetworkBuilder net;
  const auto parts = net.node("Reshape", {net.input({1, 4, 2, 2}), net.integers({1, 2, 2, 2, 2})});
  const auto turned = net.node("Transpose", {parts}, {{"perm", Integers{0, 2, 1, 3, 4}}});
  net.output(turned);
  net.output(net.node("Reshape", {turned, net.integers({1, 4, 2, 2})}));
  expect_becomes(net, {"Reshape", "Transpose", "ChannelGather"});
}

TEST(ChannelMoves, UnitsInARowReadNoFurtherBackThanTheUnitBefore) {
  NetworkBuilder n;
  auto x = n.node("Relu", {n.conv(n.input({1, 3, 6, 6}), 3, 24)});
  for (int unit = 0; unit < 4; ++unit) {
    const auto halves = n.nodes("Split", {x, n.integers({12, 12})}, {{"axis", std::int64_t{1}}}, 2);
    x = n.node("Concat", {halves[0], n.node("Relu", {n.conv(halves[1], 12, 12, 1)})}, {{"axis", std::int64_t{1}}});
    x = shuffle(n, x, {1, 2, 12, 6, 6}, {1, 24, 6, 6});
  }
  n.output(n.node("GlobalAveragePool", {x}));
  const auto fused = expect_same_results(n);
  int gathers = 0;
  for (const auto& node : fused.graph.nodes) {
    if (node.op != "ChannelGather") continue;
    ++gathers;
    EXPECT_LE(node.inputs.size(), 2u) << node.name;
  }
  EXPECT_EQ(gathers, 1 + 2 * 3 + 1);  // half of the first value, both halves of three shuffled ones, the last one whole
}

}  // namespace
}  // namespace mien::runtime
