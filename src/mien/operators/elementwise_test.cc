// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// What the fixtures of ONNX Runtime cannot show: refused nodes, and values for which C++ or ONNX Runtime define nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mien/operators/number_types.h"
#include "mien/operators/test_nodes.h"

namespace mien::operators {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Tensor i32_of(const std::vector<std::int32_t>& values) {
  return tensor_of(DataType::i32, {static_cast<std::int64_t>(values.size())}, values);
}

std::string failure(const std::string& op, const std::vector<Tensor>& inputs, Attributes attributes = {}, int opset = 13) {
  return message_of([&] { run(node_of(op, inputs.size(), std::move(attributes)), inputs, opset); });
}

const Tensor three = floats_of({3}, {1, 2, 3});
const Tensor two = floats_of({2}, {1, 2});
const Tensor truth = tensor_of<std::uint8_t>(DataType::boolean, {2}, {0, 1});

TEST(ElementwiseErrors, ShapesThatDoNotBroadcast) {
  for (const char* op : {"Add", "Pow", "Max", "Mean", "Equal", "Less"})
    EXPECT_THAT(failure(op, {three, two}), HasSubstr("the shapes 3 and 2 do not broadcast")) << op;
  EXPECT_THAT(failure("Where", {truth, three, three}), HasSubstr("do not broadcast"));
  EXPECT_THAT(failure("PRelu", {two, floats_of({2, 2}, {1, 1, 1, 1})}), HasSubstr("slopes of shape 2x2 do not broadcast"));
}

TEST(ElementwiseErrors, BroadcastingBeyondTheLimit) {
  const Dims column{std::int64_t{1} << 40, 1}, row{std::int64_t{1} << 40};
  EXPECT_THAT(message_of([&] { infer_one(node_of("Add", 2), {column, row}); }), HasSubstr("more than the 17179869184 elements"));
}

TEST(ElementwiseErrors, Types) {
  EXPECT_THAT(failure("Exp", {i32_of({1})}), HasSubstr("Exp node 'n': input 0 is i32, expected f32"));
  EXPECT_THAT(failure("Add", {two, i32_of({1})}), HasSubstr("inputs 0 and 1 must have the same type and have f32 and i32"));
  EXPECT_THAT(failure("Add", {truth, truth}), HasSubstr("input 0 is boolean, expected numbers"));
  EXPECT_THAT(failure("And", {two, two}), HasSubstr("expected boolean"));
  EXPECT_THAT(failure("Not", {two}), HasSubstr("expected boolean"));
  EXPECT_THAT(failure("Where", {two, two, two}), HasSubstr("expected boolean"));
  EXPECT_THAT(failure("BitShift", {i32_of({1}), i32_of({1})}), HasSubstr("input 0 is i32"));
}

TEST(ElementwiseErrors, Attributes) {
  const Tensor bytes = tensor_of<std::uint8_t>(DataType::u8, {1}, {1});
  EXPECT_THAT(failure("BitShift", {bytes, bytes}, {{"direction", std::string("UP")}}), HasSubstr("must be LEFT or RIGHT"));
  EXPECT_THAT(failure("Mod", {two, two}), HasSubstr("fmod = 1"));
  EXPECT_THAT(failure("Cast", {two}), HasSubstr("attribute 'to' is missing"));
  EXPECT_THAT(failure("Cast", {two}, {{"to", std::int64_t{8}}}), HasSubstr("element type 8"));
  EXPECT_THAT(failure("Clip", {two, two}), HasSubstr("input 1 must hold one value and has the shape 2"));
  EXPECT_THAT(failure("HardSwish", {two}), HasSubstr("from opset 14 on"));
}

TEST(ElementwiseErrors, DropoutInTraining) {
  const Tensor yes = tensor_of<std::uint8_t>(DataType::boolean, {}, {1});
  EXPECT_THAT(failure("Dropout", {two, Tensor::scalar(0.5f), yes}), HasSubstr("export the model for inference"));
  EXPECT_EQ(failure("Dropout", {two, Tensor::scalar(0), yes}), "no error");  // drops nothing
}

TEST(ElementwiseErrors, DivisionByZero) {
  EXPECT_THAT(failure("Div", {i32_of({1}), i32_of({0})}), HasSubstr("Div node 'n': an integer is divided by zero"));
  EXPECT_THAT(failure("Mod", {i32_of({1}), i32_of({0})}), HasSubstr("division by zero"));
}

TEST(Elementwise, TheLeastIntegerDividedByMinusOneWraps) {
  const auto least = std::numeric_limits<std::int32_t>::min();
  EXPECT_THAT(run(node_of("Div", 2), {i32_of({least}), i32_of({-1})}), ElementsAre(static_cast<float>(least)));
  EXPECT_THAT(run(node_of("Mod", 2), {i32_of({least}), i32_of({-1})}), ElementsAre(0));
}

TEST(Elementwise, AShiftByTheWholeWidthLeavesZero) {
  const auto node = node_of("BitShift", 2, {{"direction", std::string("LEFT")}});
  const Tensor value = tensor_of<std::uint32_t>(DataType::u32, {1}, {7}), by = tensor_of<std::uint32_t>(DataType::u32, {1}, {32});
  EXPECT_THAT(run(node, {value, by}), ElementsAre(0));
}

TEST(Elementwise, BytesOtherThanOneAreTrueToo) {
  const Tensor odd = tensor_of<std::uint8_t>(DataType::boolean, {3}, {0, 2, 255});
  const Tensor one = tensor_of<std::uint8_t>(DataType::boolean, {1}, {1});
  EXPECT_THAT(run(node_of("Equal", 2), {odd, one}), ElementsAre(0, 1, 1));
  EXPECT_THAT(run(node_of("Xor", 2), {odd, one}), ElementsAre(1, 0, 0));
  EXPECT_THAT(run(node_of("Not", 1), {odd}), ElementsAre(1, 0, 0));
  EXPECT_THAT(run(node_of("Cast", 1, {{"to", std::int64_t{1}}}), {odd}), ElementsAre(0, 1, 1));
}

TEST(Elementwise, FloatsOutOfRangeBecomeTheLeastInteger) {
  constexpr auto infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(number_cast<std::int32_t>(3e9f), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(number_cast<std::int32_t>(std::nanf("")), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(number_cast<std::int64_t>(-infinity), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(number_cast<std::uint64_t>(1e19), 10'000'000'000'000'000'000u);
  EXPECT_EQ(number_cast<std::uint8_t>(-1.5f), 255);
  EXPECT_EQ(number_cast<std::int32_t>(-2147483648.0), std::numeric_limits<std::int32_t>::min());
}

TEST(Elementwise, HalfAndDoubleMeanF32) {
  for (const std::int64_t to : {10, 11, 16})
    EXPECT_EQ(infer_one(node_of("Cast", 1, {{"to", to}}), {{2}}), (TensorType{DataType::f32, {2}})) << to;
}

}  // namespace
}  // namespace mien::operators
