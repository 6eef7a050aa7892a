// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// The registry, and operators that ONNX Runtime has no counterpart for, by hand.
#include "mien/operators/operators.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <tuple>

#include "mien/base/files.h"
#include "mien/operators/test_nodes.h"
#include "mien/testing/golden.h"

namespace mien::operators {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Registry, TheDocumentationListsEveryOperator) {
  std::set<std::string> words;
  std::string word;
  for (const char c : read_text(testing::source_folder() / "docs" / "runtime.md")) {
    if (std::isalnum(static_cast<unsigned char>(c))) {
      word += c;
    } else {
      words.insert(word);
      word.clear();
    }
  }
  for (const Operator& op : all_operators()) {
    if (op.domain != "mien") {
      EXPECT_TRUE(words.contains(std::string(op.name))) << op.name;
    }
  }
}

TEST(Registry, EveryVersionIsThereOnceAndComplete) {
  std::set<std::tuple<std::string_view, std::string_view, int>> seen;
  for (const Operator& op : all_operators()) {
    EXPECT_TRUE(seen.insert({op.domain, op.name, op.since}).second) << op.name << " since " << op.since;
    EXPECT_NE(op.infer, nullptr) << op.name;
    EXPECT_NE(op.evaluate, nullptr) << op.name;
    EXPECT_LE(op.since, 18) << op.name;
  }
  EXPECT_TRUE(std::is_sorted(all_operators().begin(), all_operators().end(),
                             [](const Operator& a, const Operator& b) { return a.name < b.name; }));
}

TEST(Registry, FindsByDomainNameAndOpset) {
  EXPECT_EQ(find_operator("", "Conv", 9), find_operator("ai.onnx", "Conv", 18));
  ASSERT_NE(find_operator("", "LayerNormalization", 17), nullptr);
  EXPECT_EQ(find_operator("", "LayerNormalization", 16), nullptr);
  EXPECT_NE(find_operator("com.microsoft", "QLinearAdd", 9), nullptr);
  EXPECT_EQ(find_operator("", "QLinearAdd", 13), nullptr);
  EXPECT_NE(find_operator("mien", "ChannelGather", 9), nullptr);
  EXPECT_NE(find_operator("mien", "Gelu", 9), find_operator("com.microsoft", "Gelu", 9));
}

TEST(Registry, UnknownOperatorsAreNamedWithAdvice) {
  const auto attempt = [](const Node& node, int opset) {
    try {
      infer_one(node, {{1}}, opset);
    } catch (const Error& error) {
      return std::make_pair(std::string(error.what()), error.hint());
    }
    return std::make_pair(std::string("no error"), std::string());
  };
  const auto [unknown, advice] = attempt(node_of("Convv", 1), 13);
  EXPECT_THAT(unknown, HasSubstr("Convv node 'n': operator 'Convv' is not supported"));
  EXPECT_THAT(advice, HasSubstr("Did you mean 'Conv'?"));
  EXPECT_THAT(attempt(node_of("QLinearAdd", 1, {}, "elsewhere"), 13).first, HasSubstr("'elsewhere.QLinearAdd' is not supported"));
  const auto [early, higher] = attempt(node_of("LayerNormalization", 1), 13);
  EXPECT_THAT(early, HasSubstr("exists from opset 17 on, the model says opset 13"));
  EXPECT_THAT(higher, HasSubstr("higher opset"));
}

TEST(MienOperators, ChannelGatherTakesChannelsOfSeveralInputs) {
  const Node node = node_of("ChannelGather", 2, {{"input", Integers{1, 0, 1}}, {"channel", Integers{0, 1, 0}}}, "mien");
  const Tensor a = floats_of({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), b = floats_of({2, 1, 2}, {10, 20, 30, 40});
  EXPECT_THAT(run(node, {a, b}), ElementsAre(10, 20, 3, 4, 10, 20, 30, 40, 7, 8, 30, 40));
  const auto failure = [](Integers input, Integers channel, std::vector<Dims> dims) {
    return message_of([&] { infer_one(node_of("ChannelGather", 2, {{"input", input}, {"channel", channel}}, "mien"), dims); });
  };
  EXPECT_THAT(failure({2}, {0}, {{1, 2, 3}, {1, 2, 3}}), HasSubstr("names input 2 of 2"));
  EXPECT_THAT(failure({1}, {2}, {{1, 2, 3}, {1, 2, 3}}), HasSubstr("names channel 2 of 2"));
  EXPECT_THAT(failure({1}, {-1}, {{1, 2, 3}, {1, 2, 3}}), HasSubstr("names channel -1 of 2"));
  EXPECT_THAT(failure({1}, {}, {{1, 2, 3}, {1, 2, 3}}), HasSubstr("have 1 and 0 values"));
  EXPECT_THAT(failure({0}, {0}, {{1, 2, 3}, {1, 2, 4}}), HasSubstr("input 1 is 1x2x4"));
}

TEST(MienOperators, LinearTakesWeightsInEitherOrder) {
  const Tensor x = floats_of({2, 3}, {1, 2, 3, 4, 5, 6}), bias = floats_of({2}, {100, 200});
  const Tensor rows = floats_of({3, 2}, {1, 4, 2, 5, 3, 6}), columns = floats_of({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(run(node_of("Linear", 3, {}, "mien"), {x, rows, bias}), ElementsAre(114, 232, 132, 277));
  EXPECT_THAT(run(node_of("Linear", 3, {{"transposed", std::int64_t{1}}}, "mien"), {x, columns, bias}),
              ElementsAre(114, 232, 132, 277));
  const Node turned = node_of("Linear", 2, {{"transposed", std::int64_t{1}}}, "mien");
  EXPECT_EQ(infer_one(turned, {{4, 5, 3}, {2, 3}}).dims, (Dims{4, 5, 2}));
  EXPECT_THAT(message_of([&] { infer_one(turned, {{4, 5, 3}, {3, 2}}); }), HasSubstr("4x5x3 and 3x2 (transposed)"));
}

TEST(MienOperators, ScaleShiftWorksAlongChannels) {
  EXPECT_THAT(
      run(node_of("ScaleShift", 3, {}, "mien"),
          {floats_of({1, 2, 2}, {1, 2, 3, 4}), Tensor::of(std::vector<float>{2, -1}), Tensor::of(std::vector<float>{0.5f, 10})}),
      ElementsAre(2.5f, 4.5f, 7, 6));
}

TEST(MienOperators, GlobalAverageKeepsOrDropsTheSpatialDims) {
  const Tensor x = floats_of({1, 2, 1, 2}, {1, 3, -5, 5});
  EXPECT_THAT(run(node_of("GlobalAverage", 1, {{"keep", std::int64_t{0}}}, "mien"), {x}), ElementsAre(2, 0));
  EXPECT_EQ(infer_one(node_of("GlobalAverage", 1, {{"keep", std::int64_t{0}}}, "mien"), {{1, 2, 1, 2}}).dims, (Dims{1, 2}));
  EXPECT_EQ(infer_one(node_of("GlobalAverage", 1, {{"keep", std::int64_t{1}}}, "mien"), {{1, 2, 1, 2}}).dims, (Dims{1, 2, 1, 1}));
}

TEST(MienOperators, LayerNormHasZeroMeanAndUnitVarianceBeforeTheScale) {
  const auto y = run(node_of("LayerNorm", 3, {{"epsilon", 0.0f}}, "mien"),
                     {floats_of({1, 4}, {1, 2, 3, 4}), floats_of({4}, {1, 1, 1, 2}), floats_of({4}, {0, 0, 0, 1})});
  const float unit = 1 / std::sqrt(1.25f);
  EXPECT_FLOAT_EQ(y[0], -1.5f * unit);
  EXPECT_FLOAT_EQ(y[1], -0.5f * unit);
  EXPECT_FLOAT_EQ(y[3], 3 * unit + 1);
}

// ONNX Runtime knows odd sizes alone; ONNX: from c - floor((size-1)/2) to c + ceil((size-1)/2).
TEST(LocalResponseNormalization, EvenSizesReachOneFurtherUp) {
  const Node node = node_of("LRN", 1, {{"size", std::int64_t{2}}, {"alpha", 2.0f}, {"beta", 1.0f}, {"bias", 1.0f}});
  EXPECT_THAT(run(node, {floats_of({1, 3, 1}, {1, 2, 3})}), ElementsAre(1.0f / (1 + 5), 2.0f / (1 + 13), 3.0f / (1 + 9)));
}

// ONNX Runtime refuses dilation with SAME_*; the output has ceil(in / stride) positions as without it.
TEST(Convolution, SamePaddingCountsTheDilation) {
  const Node node = node_of("Conv", 2, {{"auto_pad", std::string("SAME_UPPER")}, {"dilations", Integers{2}}});
  EXPECT_THAT(run(node, {floats_of({1, 1, 4}, {1, 2, 3, 4}), floats_of({1, 1, 3}, {1, 10, 100})}), ElementsAre(310, 420, 31, 42));
}

TEST(Operators, TakeEmptyTensors) {
  EXPECT_EQ(infer_one(node_of("Conv", 2), {{0, 3, 8, 8}, {4, 3, 3, 3}}).dims, (Dims{0, 4, 6, 6}));
  EXPECT_TRUE(run(node_of("Conv", 2), {Tensor(DataType::f32, {0, 3, 3}), floats_of({1, 3, 1}, {1, 2, 3})}).empty());
  EXPECT_TRUE(run(node_of("Softmax", 1), {Tensor(DataType::f32, {2, 0})}).empty());
  EXPECT_TRUE(run(node_of("LayerNorm", 2, {}, "mien"), {Tensor(DataType::f32, {2, 0}), Tensor(DataType::f32, {0})}).empty());
  EXPECT_THAT(run(node_of("MatMul", 2), {Tensor(DataType::f32, {2, 0}), Tensor(DataType::f32, {0, 1})}), ElementsAre(0, 0));
  EXPECT_THAT(run(node_of("Gemm", 2), {Tensor(DataType::f32, {1, 0}), Tensor(DataType::f32, {0, 2})}), ElementsAre(0, 0));
}

// Sizes that cost no memory must cost no time either.
TEST(Operators, HugeDimsOfEmptyTensorsAndHugeKernelsEndAtOnce) {
  const std::int64_t many = std::int64_t{1} << 30, kernel = std::int64_t{1} << 40;
  const Tensor c = Tensor::of(std::vector<float>{1, 1}), empty(DataType::f32, {many, 2, 0});
  EXPECT_TRUE(run(node_of("BatchNormalization", 5), {empty, c, c, c, c}).empty());
  EXPECT_TRUE(run(node_of("MatMul", 2), {empty, Tensor(DataType::f32, {0, 0})}).empty());
  const Attributes pool{{"kernel_shape", Integers{kernel}}, {"pads", Integers{kernel - 1, 0}}, {"strides", Integers{kernel}}};
  EXPECT_THAT(run(node_of("MaxPool", 1, pool), {floats_of({1, 1, 1}, {3})}), ElementsAre(3));
  EXPECT_THAT(run(node_of("AveragePool", 1, pool), {floats_of({1, 1, 1}, {3})}), ElementsAre(3));
}

}  // namespace
}  // namespace mien::operators
