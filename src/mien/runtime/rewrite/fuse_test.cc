// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "mien/runtime/rewrite/network_builder.h"

namespace mien::runtime {
namespace {

using Summary = std::vector<std::string>;

TEST(Fuse, ResidualBlocks) {
  // As in ResNet: with and without a convolution on the short cut.
  NetworkBuilder net;
  const auto x = net.input({1, 3, 6, 6});
  auto y = net.node("Relu", {net.batch_norm(net.conv(x, 3, 4), 4)});
  const auto first = net.conv(net.node("Relu", {net.conv(y, 4, 4)}), 4, 4);
  y = net.node("Relu", {net.node("Add", {first, y})});
  const auto second = net.conv(net.node("Relu", {net.conv(y, 4, 5)}), 5, 5);
  y = net.node("Relu", {net.node("Add", {second, net.conv(y, 4, 5, 1)})});
  net.output(y);
  const auto typed = expect_same_results(net);
  EXPECT_EQ(summary_of(typed.graph), (Summary{"Conv+relu", "Conv+relu", "Conv+add+relu", "Conv+relu", "Conv", "Conv+add+relu"}));
  // The later of the two convolutions takes the sum: the one on the short cut.
  EXPECT_EQ(typed.graph.nodes.back().integers("kernel_shape"), (Integers{1, 1}));
}

TEST(Fuse, ASumWaitsForBothSides) {
  // The convolution stands first, what is added to it comes later and cannot take the sum.
  NetworkBuilder net;
  const auto x = net.input({1, 3, 4, 4});
  const auto y = net.conv(x, 3, 3);
  net.output(net.node("Sigmoid", {net.node("Add", {y, net.node("Softmax", {x})})}));
  expect_becomes(net, {"Softmax", "Conv+add+sigmoid"});
}

TEST(Fuse, SumsThatBroadcastOrReadTwiceStay) {
  NetworkBuilder net;
  const auto x = net.input({2, 3, 4, 4});
  const auto y = net.conv(x, 3, 3), z = net.conv(x, 3, 3);
  net.output(net.node("Add", {y, net.node("GlobalMaxPool", {x})}));
  net.output(net.node("Add", {z, z}));
  const auto w = net.conv(x, 3, 3);
  net.output(net.node("Add", {net.node("Softmax", {w}), w}));
  expect_becomes(net, {"Conv", "Conv", "GlobalMaxPool", "Add", "Add", "Conv", "Softmax", "Add"});
}

TEST(Fuse, WhatIsAnOutputKeepsItsValue) {
  NetworkBuilder net;
  const auto y = net.conv(net.input({1, 3, 4, 4}), 3, 3);
  net.output(y);
  net.output(net.node("Relu", {y}));
  expect_becomes(net, {"Conv", "Relu"});
}

TEST(Fuse, ActivationsBehindElementwiseNodes) {
  NetworkBuilder net;
  const auto a = net.input({2, 3, 4}), b = net.input({2, 3, 4});
  net.output(net.node("Tanh", {net.node("Relu", {net.node("Add", {a, b})})}));
  net.output(net.node("Mul", {net.node("Sigmoid", {net.node("Mul", {a, b})}), net.number(2)}));
  expect_becomes(net, {"Add+relu+tanh", "Mul+sigmoid+linear"});
}

TEST(Fuse, LinearFromGemmAndMatMul) {
  NetworkBuilder net;
  const auto x = net.input({4, 6});
  net.output(net.node("Relu", {net.node("Gemm", {x, net.weights({5, 6}), net.weights({5})}, {{"transB", std::int64_t{1}}})}));
  net.output(net.node("Gemm", {x, net.weights({6, 5})}, {{"alpha", 0.5f}}));
  net.output(net.node("Gemm", {x, net.weights({6, 5}), net.weights({4, 5})}));  // another bias for each row
  const auto tokens = net.input({2, 3, 6});
  net.output(net.node("Add", {net.weights({5}), net.node("MatMul", {tokens, net.weights({6, 5})})}));
  net.output(net.node("Add", {net.node("MatMul", {tokens, net.weights({1, 6, 5})}), net.weights({1, 1, 5})}));
  net.output(net.node("MatMul", {tokens, net.weights({2, 6, 5})}));  // another matrix for each picture
  expect_becomes(net, {"Linear+relu", "Linear", "Gemm", "Linear", "Linear", "MatMul"});
}

TEST(Fuse, ResidualBehindLinear) {
  NetworkBuilder net;
  const auto x = net.input({2, 3, 6});
  net.output(net.node("Add", {x, net.node("Add", {net.node("MatMul", {x, net.weights({6, 6})}), net.weights({6})})}));
  expect_becomes(net, {"Linear+add"});
}

TEST(Fuse, Attention) {
  NetworkBuilder net;
  const auto q = net.input({2, 4, 5, 8}), k = net.input({2, 4, 8, 5}), v = net.input({2, 4, 5, 8});
  const auto scores = net.node("Div", {net.node("MatMul", {q, k}), net.number(std::sqrt(8.f))});
  net.output(net.node("MatMul", {net.node("Softmax", {scores}, {{"axis", std::int64_t{-1}}}), v}));
  expect_becomes(net, {"MatMul+linear", "Softmax", "MatMul"});
}

TEST(Fuse, FactorsGoBehindProducts) {
  NetworkBuilder net;
  const auto q = net.input({2, 4, 5, 8}), k = net.input({2, 4, 8, 5}), x = net.node("Relu", {q}), y = net.node("Relu", {k});
  net.output(net.node("MatMul", {net.node("Div", {x, net.number(4)}), net.node("Mul", {net.number(3), y})}));
  expect_becomes(net, {"Relu", "Relu", "MatMul+linear+linear"});

  NetworkBuilder kept;
  const auto a = kept.node("Relu", {kept.input({5, 8})}), b = kept.node("Relu", {kept.input({8, 5})});
  const auto read_twice = kept.node("Tanh", {kept.node("Mul", {a, kept.number(2)})});
  kept.output(kept.node("MatMul", {read_twice, b}));
  kept.output(kept.node("Abs", {read_twice}));
  kept.output(kept.node("MatMul", {kept.node("Abs", {kept.node("Mul", {a, kept.weights({8})})}), b}));  // by column
  kept.output(kept.node("MatMul", {kept.node("Mul", {kept.node("Abs", {a}), kept.weights({8})}), b}));
  expect_becomes(kept, {"Relu", "Relu", "Mul+tanh", "MatMul", "Abs", "Mul", "Abs", "MatMul", "Abs", "Mul", "MatMul"});
}

TEST(Fuse, LayerNormSpelledOut) {
  for (const bool power : {true, false}) {
    for (const bool affine : {true, false}) {
      NetworkBuilder net;
      const auto x = net.input({2, 3, 8});
      const Attributes last{{"axes", Integers{-1}}};
      const auto centred = net.node("Sub", {x, net.node("ReduceMean", {x}, last)});
      const auto square = power ? net.node("Pow", {centred, net.number(2)}) : net.node("Mul", {centred, centred});
      const auto variance = net.node("Add", {net.node("ReduceMean", {square}, last), net.number(1e-3f)});
      auto y = net.node("Div", {centred, net.node("Sqrt", {variance})});
      if (affine) y = net.node("Add", {net.node("Mul", {y, net.weights({8})}), net.weights({8})});
      net.output(y);
      const auto typed = expect_same_results(net);
      ASSERT_EQ(summary_of(typed.graph), Summary{"LayerNorm"});
      EXPECT_FLOAT_EQ(typed.graph.nodes[0].real("epsilon", 0), 1e-3f);
    }
  }
}

TEST(Fuse, LayerNormalization) {
  NetworkBuilder net(17);
  const auto x = net.input({2, 3, 8});
  net.output(net.node("LayerNormalization", {x, net.weights({8})}, {{"epsilon", 1e-3f}}));
  net.output(net.node("LayerNormalization", {x, net.weights({8}), net.weights({8})}, {{"axis", std::int64_t{2}}}));
  net.output(net.node("LayerNormalization", {x, net.weights({3, 8})}, {{"axis", std::int64_t{1}}}));
  expect_becomes(net, {"LayerNorm", "LayerNorm", "LayerNormalization"});
}

TEST(Fuse, AveragesOverThePicture) {
  const auto averaged = [](auto make, const Summary& expected, std::int64_t keep) {
    NetworkBuilder net;
    net.output(make(net, net.node("Softplus", {net.input({2, 3, 4, 5})})));
    const auto typed = expect_same_results(net);
    ASSERT_EQ(summary_of(typed.graph), expected);
    EXPECT_EQ(typed.graph.nodes.back().integer("keep", -1), keep);
  };
  const auto pool = [](auto& net, auto x) { return net.node("GlobalAveragePool", {x}); };
  averaged(pool, {"Softplus", "GlobalAverage"}, 1);
  averaged([&](auto& net, auto x) { return net.node("Flatten", {pool(net, x)}); }, {"Softplus", "GlobalAverage"}, 0);
  averaged(
      [&](auto& net, auto x) {
        return net.node("Squeeze", {pool(net, x), net.integers({2, 3})});
      },
      {"Softplus", "GlobalAverage"}, 0);
  averaged(
      [&](auto& net, auto x) {
        return net.node("Reshape", {pool(net, x), net.integers({0, -1})});
      },
      {"Softplus", "GlobalAverage"}, 0);
  averaged(
      [](auto& net, auto x) {
        return net.node("ReduceMean", {x}, {{"axes", Integers{2, 3}}});
      },
      {"Softplus", "GlobalAverage"}, 1);
  averaged(
      [](auto& net, auto x) {
        return net.node("ReduceMean", {x}, {{"axes", Integers{-1, -2}}, {"keepdims", std::int64_t{0}}});
      },
      {"Softplus", "GlobalAverage"}, 0);
  averaged(
      [](auto& net, auto x) {
        return net.node("AveragePool", {x}, {{"kernel_shape", Integers{4, 5}}});
      },
      {"Softplus", "GlobalAverage"}, 1);
  averaged(
      [](auto& net, auto x) {
        return net.node("ReduceMean", {x}, {{"axes", Integers{1, 2}}});
      },
      {"Softplus", "ReduceMean"}, -1);
}

}  // namespace
}  // namespace mien::runtime
