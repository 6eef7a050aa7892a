// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime_bench/floor.h"

#include <cmath>

#include "mien/runtime/rewrite/network_builder.h"

namespace mien::runtime_bench {
namespace {

using runtime::Integers;
using runtime::NetworkBuilder;

runtime::TypedGraph typed_of(const NetworkBuilder& net) {
  graph::Graph simple = net.graph;
  runtime::simplify(simple);
  return runtime::specialise(simple, net.types);
}

/// A convolution of each kind, a linear layer, and a product of computed matrices.
NetworkBuilder network() {
  NetworkBuilder n;
  auto x = n.conv(n.input({2, 3, 8, 6}), 3, 8);
  x = n.node("Relu", {n.batch_norm(n.conv(x, 8, 8, 3, 8), 8)});
  x = n.node("Conv", {x, n.weights({6, 4, 1, 1})}, {{"group", std::int64_t{2}}, {"strides", Integers{2, 2}}});
  x = n.node("ConvTranspose", {x, n.weights({6, 5, 2, 2})}, {{"strides", Integers{2, 2}}});  // [2,5,8,6]
  const auto rows = n.node("Reshape", {x, n.integers({2, 5, 48})});
  const auto squares = n.node("MatMul", {rows, n.node("Transpose", {rows}, {{"perm", Integers{0, 2, 1}}})});  // [2,5,5]
  n.output(n.node("Gemm", {n.node("Flatten", {squares}), n.weights({25, 7}), n.weights({7})}));
  return n;
}

TEST(Floor, FindsAllConvolutionsAndProducts) {
  const auto all = dense_work(typed_of(network()));
  std::vector<double> flop;
  for (const auto& work : all) flop.push_back(std::round(1e9 * work.gflop()));
  // Twice: values of the result x products a value.
  const std::vector<double> expected{2.0 * (2 * 8 * 8 * 6) * (3 * 9), 2.0 * (2 * 8 * 8 * 6) * 9,  2.0 * (2 * 6 * 4 * 3) * 4,
                                     2.0 * (2 * 6 * 4 * 3) * (5 * 4), 2.0 * (2 * 5 * 5) * 48,     2.0 * (2 * 7) * 25};
  EXPECT_EQ(flop, expected);
  EXPECT_EQ(all[1].weights, (graph::Dims{8, 1, 1, 3, 3}));
  EXPECT_EQ(all[2].strides, (graph::Dims{2, 2}));
  EXPECT_EQ(all[3].kind, DenseWork::Kind::transposed_convolution);
  EXPECT_EQ(all[4].kind, DenseWork::Kind::product);
  EXPECT_EQ(all[5].source, (graph::Dims{2, 25}));
}

TEST(Floor, EveryKindRunsInEveryPrecision) {
  const auto net = network();
  for (const auto precision : {runtime::Precision::fp32, runtime::Precision::bf16, runtime::Precision::int8}) {
    if (!runtime::processor_has(precision)) continue;
    const auto floor = floor_of(net.graph, {{2, 3, 8, 6}}, precision, 2, 1);
    EXPECT_EQ(floor.primitives, 6u);
    EXPECT_GT(floor.milliseconds, 0);
    double gflop = 0;
    for (const auto& work : dense_work(typed_of(net))) gflop += work.gflop();
    EXPECT_NEAR(floor.gflop, gflop, 1e-12);
  }
}

TEST(Floor, ANetworkWithoutProductsHasNone) {
  NetworkBuilder n;
  n.output(n.node("Relu", {n.input({1, 4})}));
  const auto floor = floor_of(n.graph, {{1, 4}}, runtime::Precision::fp32, 1, 1);
  EXPECT_EQ(floor.primitives, 0u);
  EXPECT_EQ(floor.milliseconds, 0);
}

}  // namespace
}  // namespace mien::runtime_bench
