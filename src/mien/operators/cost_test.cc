// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/cost.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mien::operators {
namespace {

TensorType floats(Dims dims) { return {DataType::f32, std::move(dims)}; }

Node node_of(const std::string& op, std::map<std::string, graph::Attribute> attributes = {}) {
  Node node;
  node.op = op;
  node.attributes = std::move(attributes);
  return node;
}

TEST(Cost, AConvolutionMultipliesEveryTapOfEveryInputChannel) {
  const auto cost =
      cost_of(node_of("Conv"), {floats({2, 16, 10, 10}), floats({32, 8, 3, 3}), std::nullopt}, {floats({2, 32, 8, 8})});
  EXPECT_EQ(cost.elements, 2 * 32 * 64);
  EXPECT_EQ(cost.products, 2 * 32 * 64 * 8 * 9);
  const auto back = cost_of(node_of("ConvTranspose"), {floats({1, 4, 5, 5}), floats({4, 6, 2, 2})}, {floats({1, 6, 10, 10})});
  EXPECT_EQ(back.products, 100 * 6 * 4);
  const auto bytes = cost_of(
      node_of("QLinearConv"),
      {TensorType{DataType::u8, {1, 3, 4, 4}}, floats({}), TensorType{DataType::u8, {}}, TensorType{DataType::i8, {5, 3, 1, 1}}},
      {TensorType{DataType::u8, {1, 5, 4, 4}}});
  EXPECT_EQ(bytes.products, 80 * 3);
}

TEST(Cost, ProductsOfMatricesRunOverTheSharedDim) {
  EXPECT_EQ(cost_of(node_of("MatMul"), {floats({7, 3, 5}), floats({5, 4})}, {floats({7, 3, 4})}).products, 7 * 3 * 4 * 5);
  EXPECT_EQ(cost_of(node_of("Gemm", {{"transA", std::int64_t{1}}}), {floats({5, 3}), floats({5, 4})}, {floats({3, 4})}).products,
            60);
}

TEST(Cost, WindowsCountTheirTapsEvenWhereTheyLieOutside) {
  const auto pool = node_of("AveragePool", {{"kernel_shape", std::vector<std::int64_t>{3, 2147483647}}});
  const auto cost = cost_of(pool, {floats({2, 3, 7, 6})}, {floats({2, 3, 4, 3})});
  EXPECT_GE(cost.steps, 72.0 * 3 * 2147483647);
  EXPECT_EQ(cost.products, 0);
}

TEST(Cost, ResultsOfAnySizeHaveANumber) {
  const auto huge = std::int64_t{1} << 40;
  EXPECT_EQ(cost_of(node_of("Expand"), {floats({1}), TensorType{DataType::i64, {2}}}, {floats({huge, huge})}).elements,
            std::pow(2.0, 80));
  EXPECT_EQ(cost_of(node_of("Add"), {floats({huge, 0}), floats({1})}, {floats({huge, 0})}).steps, 0);
}

TEST(Cost, BoxesMeetEachOther) {
  const auto cost =
      cost_of(node_of("NonMaxSuppression"), {floats({1, 1000, 4}), floats({1, 2, 1000})}, {TensorType{DataType::i64, {5, 3}}});
  EXPECT_GE(cost.steps, 2e6);
}

}  // namespace
}  // namespace mien::operators
