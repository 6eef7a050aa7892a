// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Reductions and created tensors: refused nodes, and reductions of nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mien/operators/test_nodes.h"

namespace mien::operators {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t huge = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr float infinity = std::numeric_limits<float>::infinity();

Tensor integer(std::int64_t value) { return tensor_of<std::int64_t>(DataType::i64, {}, {value}); }

std::string failure(const std::string& op, const std::vector<Tensor>& inputs, Attributes attributes = {}, int opset = 13) {
  return message_of([&] { run(node_of(op, inputs.size(), std::move(attributes)), inputs, opset); });
}

TEST(ReductionErrors, Axes) {
  const Tensor x = floats_of({2}, {1, 2});
  EXPECT_THAT(failure("ReduceSum", {x, Tensor::of(Integers{1})}), HasSubstr("ReduceSum node 'n': axis 1 is outside"));
  EXPECT_THAT(failure("ReduceMean", {x}, {{"axes", Integers{-2}}}), HasSubstr("axis -2 is outside"));
  EXPECT_THAT(failure("LpNormalization", {x}, {{"axis", std::int64_t{1}}}), HasSubstr("axis 1 is outside"));
  EXPECT_THAT(failure("LpNormalization", {x}, {{"p", std::int64_t{3}}}), HasSubstr("'p' is 3, expected 1 or 2"));
  EXPECT_THAT(failure("ReduceSum", {x, x}), HasSubstr("input 1 must be a list of integers and is f32"));
  EXPECT_THAT(failure("ReduceMean", {tensor_of<std::int32_t>(DataType::i32, {0}, {})}), HasSubstr("the mean of no integers"));
}

TEST(Reduction, OfNothing) {
  const Tensor nothing(DataType::f32, {2, 0});
  const Attributes columns{{"axes", Integers{1}}, {"keepdims", std::int64_t{0}}};
  const auto of = [&](const std::string& op) { return run(node_of(op, 1, columns), {nothing}, 11); };
  EXPECT_THAT(of("ReduceSum"), ElementsAre(0, 0));
  EXPECT_THAT(of("ReduceProd"), ElementsAre(1, 1));
  EXPECT_THAT(of("ReduceMax"), ElementsAre(-infinity, -infinity));
  EXPECT_THAT(of("ReduceMin"), ElementsAre(infinity, infinity));
  EXPECT_THAT(of("ReduceLogSumExp"), ElementsAre(-infinity, -infinity));
  EXPECT_TRUE(std::isnan(of("ReduceMean")[0]));
}

TEST(Reduction, OfHugeDimsWithoutElements) {
  const Tensor nothing(DataType::f32, {huge, huge, 0});
  EXPECT_THAT(run(node_of("ReduceSum", 1, {{"keepdims", std::int64_t{0}}}), {nothing}, 11), ElementsAre(0));
}

TEST(Reduction, KeepsTheSignificantDigitsOfLongSums) {
  const Tensor x = floats_of({1 << 20}, std::vector<float>(1 << 20, 0.1f));
  EXPECT_FLOAT_EQ(run(node_of("ReduceMean", 1), {x})[0], 0.1f);
}

TEST(CreationErrors, GiantSizes) {
  const auto limit = HasSubstr("more than the 268435456 elements");
  EXPECT_THAT(failure("ConstantOfShape", {Tensor::of(Integers{huge, huge})}), limit);
  EXPECT_THAT(failure("ConstantOfShape", {Tensor::of(Integers{1 << 15, 1 << 15})}), limit);
  EXPECT_THAT(failure("ConstantOfShape", {Tensor::of(Integers{2, -1})}), HasSubstr("negative dim"));
  EXPECT_THAT(failure("ConstantOfShape", {Tensor::of(Integers{2})}, {{"value", Tensor::of(Integers{1, 2})}}),
              HasSubstr("holds 2 values"));
  EXPECT_THAT(failure("Range", {integer(least), integer(huge), integer(1)}), HasSubstr("are too many"));
  EXPECT_THAT(failure("Range", {integer(huge), integer(least), integer(-1)}), HasSubstr("are too many"));
  EXPECT_THAT(failure("Range", {integer(0), integer(9), integer(0)}), HasSubstr("a step of 0"));
  const auto real = [](float value) { return Tensor::scalar(value); };
  EXPECT_THAT(failure("Range", {real(0), real(infinity), real(1)}), HasSubstr("are too many"));
  EXPECT_THAT(failure("Range", {real(0), real(1), real(NAN)}), HasSubstr("are too many"));
  EXPECT_THAT(failure("Range", {real(0), real(1), real(1e-30f)}), HasSubstr("are too many"));
  EXPECT_THAT(failure("EyeLike", {floats_of({2}, {1, 2})}), HasSubstr("expected 2 dims"));
}

TEST(Creation, RangesOfAnyBounds) {
  const auto range = [](const Tensor& a, const Tensor& b, const Tensor& step) {
    return run(node_of("Range", 3), {a, b, step}).size();
  };
  EXPECT_EQ(range(integer(least), integer(huge), integer(huge)), 3u);
  EXPECT_EQ(range(integer(huge), integer(least), integer(least)), 2u);
  EXPECT_EQ(range(Tensor::scalar(0), Tensor::scalar(-infinity), Tensor::scalar(1)), 0u);
}

TEST(Creation, DiagonalsOutsideOfTheMatrix) {
  const Tensor x = floats_of({2, 2}, {1, 1, 1, 1});
  EXPECT_THAT(run(node_of("EyeLike", 1, {{"k", huge}}), {x}), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(run(node_of("EyeLike", 1, {{"k", least}}), {x}), ElementsAre(0, 0, 0, 0));
}

TEST(Creation, TheShapeOfAValueNeedsNoValue) {
  EXPECT_EQ(infer_one(node_of("Shape", 1), {{4, 5, 6}}), (TensorType{DataType::i64, {3}}));
}

}  // namespace
}  // namespace mien::operators
