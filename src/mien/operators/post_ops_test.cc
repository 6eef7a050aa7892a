// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/post_ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mien/operators/test_nodes.h"

namespace mien::operators {
namespace {

using Kind = graph::PostOp::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

float value(Kind kind, float x, float alpha = 0, float beta = 0) {
  return apply_elementwise({kind, alpha, beta, graph::no_value}, x);
}

TEST(PostOps, ElementwiseValuesFromTheirFormulas) {
  EXPECT_EQ(value(Kind::relu, -2), 0);
  EXPECT_EQ(value(Kind::relu, 3), 3);
  EXPECT_FLOAT_EQ(value(Kind::leaky_relu, -2, 0.1f), -0.2f);
  EXPECT_EQ(value(Kind::clip, 9, -1, 6), 6);
  EXPECT_EQ(value(Kind::clip, -9, -1, 6), -1);
  EXPECT_FLOAT_EQ(value(Kind::sigmoid, 1), 0.73105858f);
  EXPECT_FLOAT_EQ(value(Kind::hard_sigmoid, 1, 0.2f, 0.5f), 0.7f);
  EXPECT_EQ(value(Kind::hard_sigmoid, 9, 0.2f, 0.5f), 1);
  EXPECT_FLOAT_EQ(value(Kind::hard_swish, 1), 2.0f / 3);
  EXPECT_EQ(value(Kind::hard_swish, -4), 0);
  EXPECT_FLOAT_EQ(value(Kind::swish, 1, 1), 0.73105858f);
  EXPECT_FLOAT_EQ(value(Kind::swish, 1, 2), 0.88079708f);
  EXPECT_FLOAT_EQ(value(Kind::tanh, 0.5f), 0.46211716f);
  EXPECT_FLOAT_EQ(value(Kind::gelu_erf, 1), 0.84134475f);
  EXPECT_FLOAT_EQ(value(Kind::gelu_erf, -1), -0.15865525f);
  EXPECT_FLOAT_EQ(value(Kind::elu, -1, 2), 2 * -0.63212056f);
  EXPECT_FLOAT_EQ(value(Kind::linear, 3, 2, -1), 5);
}

/// GlobalAverage of one pixel a channel hands its input on, so that what comes out is the work of the post operations.
Node identity_node(std::vector<graph::PostOp> post) {
  Node node = node_of("GlobalAverage", 1, {}, "mien");
  node.post = std::move(post);
  return node;
}

TEST(PostOps, AreAppliedInOrderAndBroadcast) {
  const Tensor x = floats_of({2, 2, 1, 1}, {1, -2, 3, -4}), per_channel = floats_of({2, 1, 1}, {10, 20}),
               all = floats_of({1}, {2});
  const Node node = identity_node({{Kind::add, 0, 0, 5}, {Kind::relu}, {Kind::multiply, 0, 0, 6}});
  EXPECT_THAT(run(node, {x}, 13, {&per_channel, nullptr, &all}), ElementsAre(22, 36, 26, 32));
  EXPECT_EQ(x.values<float>()[1], -2) << "the input stays as it is";
}

TEST(PostOps, PReluHasASlopeAChannel) {
  const Tensor x = floats_of({2, 2, 1, 1}, {-1, -2, 3, -4}), slopes = floats_of({2}, {0.5f, 0.25f}), one = floats_of({1}, {0.5f});
  const Node node = identity_node({{Kind::prelu, 0, 0, 5}});
  EXPECT_THAT(run(node, {x}, 13, {&slopes}), ElementsAre(-0.5f, -0.5f, 3, -1));
  EXPECT_THAT(run(node, {x}, 13, {&one}), ElementsAre(-0.5f, -1, 3, -2));
}

TEST(PostOps, RefuseOperandsThatDoNotFit) {
  const Tensor x = floats_of({1, 2, 1, 1}, {1, 2}), wide = floats_of({1, 2, 1, 3}, {1, 2, 3, 4, 5, 6}),
               three = floats_of({3}, {1, 2, 3});
  const auto failure = [&](graph::PostOp op, std::vector<const Tensor*> operands) {
    return message_of([&] { run(identity_node({op}), {x}, 13, operands); });
  };
  EXPECT_THAT(failure({Kind::add}, {}), HasSubstr("post operation 0 needs an f32 operand"));
  EXPECT_THAT(failure({Kind::add}, {&wide}), HasSubstr("1x2x1x3 does not broadcast to the result 1x2x1x1"));
  EXPECT_THAT(failure({Kind::prelu}, {&three}), HasSubstr("3 slopes for 2 channels"));
  Node integer = node_of("ConvInteger", 2);
  integer.post = {{Kind::relu}};
  const Tensor bytes = tensor_of<std::uint8_t>(DataType::u8, {1, 1, 1}, {3});
  EXPECT_THAT(message_of([&] { run(integer, {bytes, bytes}); }), HasSubstr("post operations need f32, the result is i32"));
}

}  // namespace
}  // namespace mien::operators
