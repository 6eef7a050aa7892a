// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Nodes that move values to where none are: each is refused with its reason, before anything is allocated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "mien/operators/test_nodes.h"

namespace mien::operators {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t huge = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

/// The outputs of a node whose first input is f32 of these dims and not known, and whose other inputs are known integers.
std::vector<TensorType> infer(const std::string& op, const Dims& x, const std::vector<Integers>& known,
                              Attributes attributes = {}, int opset = 13, std::size_t outputs = 1) {
  Node node = node_of(op, 1 + known.size(), std::move(attributes));
  node.outputs.resize(outputs, node.outputs[0]);
  std::vector<std::optional<TensorType>> types{TensorType{DataType::f32, x}};
  std::vector<Tensor> tensors;
  for (const auto& values : known) tensors.push_back(Tensor::of(values));
  std::vector<const Tensor*> constants{nullptr};
  for (const Tensor& tensor : tensors) {
    types.push_back(TensorType{tensor.type(), tensor.dims()});
    constants.push_back(&tensor);
  }
  return infer_types(node, opset, types, constants);
}

std::string failure(const std::string& op, const Dims& x, const std::vector<Integers>& known, Attributes attributes = {},
                    int opset = 13, std::size_t outputs = 1) {
  return message_of([&] { infer(op, x, known, attributes, opset, outputs); });
}

TEST(MovementErrors, Reshape) {
  EXPECT_THAT(failure("Reshape", {2, 3}, {{4, 2}}),
              HasSubstr("Reshape node 'n': 6 elements of shape 2x3 do not fit into the shape 4x2"));
  EXPECT_THAT(failure("Reshape", {2, 3}, {{4, -1}}), HasSubstr("do not fit"));
  EXPECT_THAT(failure("Reshape", {2, 3}, {{-1, -1}}), HasSubstr("more than one -1"));
  EXPECT_THAT(failure("Reshape", {2, 3}, {{-2, 3}}), HasSubstr("below -1"));
  EXPECT_THAT(failure("Reshape", {2, 3}, {{2, 3, 0}}), HasSubstr("takes over dim 2"));
  EXPECT_THAT(failure("Reshape", {0, 3}, {{0, -1}}), HasSubstr("do not fit"));
  EXPECT_THAT(failure("Reshape", {2, 3}, {{huge, huge, -1}}), HasSubstr("overflow"));
  EXPECT_THAT(failure("Reshape", {2, 3}, {{huge, huge}}), HasSubstr("more than the"));
  EXPECT_THAT(failure("Reshape", {1}, {Integers(65, 1)}), HasSubstr("65 dims"));
  EXPECT_THAT(message_of([] { infer_one(node_of("Reshape", 2), {{2}, {2}}); }), HasSubstr("input 1 must be a list of integers"));
}

TEST(MovementErrors, AShapeThatIsNotKnown) {
  const std::vector<std::optional<TensorType>> types{TensorType{DataType::f32, {2}}, TensorType{DataType::i64, {1}}};
  for (const char* op : {"Reshape", "Expand", "Tile", "Pad", "Squeeze"})
    EXPECT_THAT(message_of([&] { infer_types(node_of(op, 2), 13, types, {nullptr, nullptr}); }),
                HasSubstr("must be known before the network runs")) << op;
}

TEST(MovementErrors, AxesOutOfRange) {
  const auto axis = [](std::int64_t value) { return Attributes{{"axis", value}}; };
  EXPECT_THAT(failure("Flatten", {2, 3}, {}, axis(3)), HasSubstr("axis 3 is outside of a tensor with 2 dims"));
  EXPECT_THAT(failure("Concat", {2, 3}, {}, axis(-3)), HasSubstr("axis -3 is outside"));
  EXPECT_THAT(failure("Split", {2, 3}, {}, axis(least)), HasSubstr("is outside"));
  EXPECT_THAT(failure("Squeeze", {2, 1}, {{2}}), HasSubstr("axis 2 is outside"));
  EXPECT_THAT(failure("Squeeze", {2, 1}, {{0}}), HasSubstr("dim 0 of a tensor of shape 2x1 is to be removed"));
  EXPECT_THAT(failure("Squeeze", {2, 1}, {{1, -1}}), HasSubstr("axis -1 is given twice"));
  EXPECT_THAT(failure("Unsqueeze", {2, 1}, {{4}}), HasSubstr("axis 4 is outside of a tensor with 3 dims"));
  EXPECT_THAT(failure("Unsqueeze", {2, 1}, {{0, 0}}), HasSubstr("given twice"));
  EXPECT_THAT(failure("Unsqueeze", {2, 1}, {}), HasSubstr("axes to insert are missing"));
}

TEST(MovementErrors, Transpose) {
  EXPECT_THAT(failure("Transpose", {2, 3}, {}, {{"perm", Integers{0}}}), HasSubstr("'perm' has 1 axes for a tensor with 2 dims"));
  EXPECT_THAT(failure("Transpose", {2, 3}, {}, {{"perm", Integers{0, 0}}}), HasSubstr("names axis 0 twice"));
  EXPECT_THAT(failure("Transpose", {2, 3}, {}, {{"perm", Integers{0, 2}}}), HasSubstr("axis 2 is outside"));
}

TEST(MovementErrors, GiantResults) {
  EXPECT_THAT(failure("Expand", {1}, {{huge, huge}}), HasSubstr("more than the 268435456 elements"));
  EXPECT_THAT(failure("Expand", {1}, {{std::int64_t{1} << 30}}), HasSubstr("more than the 268435456 elements"));
  EXPECT_THAT(failure("Expand", {2}, {{3}}), HasSubstr("a tensor of shape 2 does not expand to 3"));
  EXPECT_THAT(failure("Expand", {1}, {{-5}}), HasSubstr("negative dim"));
  EXPECT_THAT(failure("Tile", {2}, {{huge}}), HasSubstr("overflow"));
  EXPECT_THAT(failure("Tile", {2}, {{std::int64_t{1} << 30}}), HasSubstr("more than the 268435456 elements"));
  EXPECT_THAT(failure("Tile", {2}, {{-1}}), HasSubstr("repeated -1 times"));
  EXPECT_THAT(failure("Tile", {2}, {{1, 1}}), HasSubstr("2 repeats for a tensor with 1 dims"));
}

TEST(MovementErrors, Concat) {
  EXPECT_THAT(failure("Concat", {2, 3}, {}), HasSubstr("attribute 'axis' is missing"));
  const Node node = node_of("Concat", 2, {{"axis", std::int64_t{0}}});
  EXPECT_THAT(message_of([&] {
                infer_one(node, {{2, 3}, {2, 4}});
              }),
              HasSubstr("input 1 of shape 2x4 does not fit behind one of shape 2x3"));
  EXPECT_THAT(message_of([&] { infer_one(node, {{2, 3}, {2}}); }), HasSubstr("does not fit"));
  EXPECT_THAT(message_of([&] { infer_one(node, {{huge, 0}, {huge, 0}}); }), HasSubstr("overflow"));
}

TEST(MovementErrors, Split) {
  EXPECT_THAT(failure("Split", {7}, {}, {}, 13, 2), HasSubstr("a dim of 7 does not split into 2 equal parts"));
  EXPECT_THAT(failure("Split", {7}, {{3, 3}}, {}, 13, 2), HasSubstr("the parts 3x3 are 6 long in all, the dim is 7"));
  EXPECT_THAT(failure("Split", {7}, {{8, -1}}, {}, 13, 2), HasSubstr("negative dim"));
  EXPECT_THAT(failure("Split", {7}, {{huge, huge}}, {}, 13, 2), HasSubstr("more than the"));
  EXPECT_THAT(failure("Split", {7}, {{3, 4}}, {}, 13, 3), HasSubstr("sizes of 2 parts are given for 3 outputs"));
  EXPECT_THAT(failure("Split", {5}, {}, {{"num_outputs", std::int64_t{4}}}, 18, 4), HasSubstr("does not split into 4 parts"));
  EXPECT_THAT(failure("Split", {6}, {}, {{"num_outputs", std::int64_t{2}}}, 18, 3), HasSubstr("'num_outputs' is 2"));
}

TEST(MovementErrors, Slice) {
  EXPECT_THAT(failure("Slice", {4}, {{0}, {2}, {0}, {0}}), HasSubstr("a step of 0"));
  EXPECT_THAT(failure("Slice", {4}, {{0}, {2, 3}}), HasSubstr("1 starts, 2 ends"));
  EXPECT_THAT(failure("Slice", {4}, {{0, 0}, {2, 3}}), HasSubstr("2 starts for a tensor with 1 dims"));
  EXPECT_THAT(failure("Slice", {4}, {{0, 0}, {2, 3}, {0, -1}}), HasSubstr("given twice"));
  EXPECT_THAT(failure("Slice", {4}, {}), HasSubstr("the starts are missing"));
}

TEST(Movement, SliceBoundsOfAnySizeStayInside) {
  for (const std::int64_t start : {least, std::int64_t{-1}, std::int64_t{0}, std::int64_t{3}, huge})
    for (const std::int64_t end : {least, std::int64_t{-2}, std::int64_t{2}, huge})
      for (const std::int64_t step : {least, std::int64_t{-1}, std::int64_t{1}, huge}) {
        const auto count = infer("Slice", {4}, {{start}, {end}, {0}, {step}})[0].dims[0];
        EXPECT_GE(count, 0);
        EXPECT_LE(count, 4) << start << ":" << end << ":" << step;
      }
  EXPECT_EQ(infer("Slice", {4}, {{-1}, {least}, {0}, {-1}})[0].dims, (Dims{4}));
  EXPECT_EQ(infer("Slice", {4}, {{-1}, {least}, {0}, {least}})[0].dims, (Dims{1}));
}

TEST(MovementErrors, Pad) {
  const Attributes reflect{{"mode", std::string("reflect")}}, edge{{"mode", std::string("edge")}};
  EXPECT_THAT(failure("Pad", {4}, {{1}}), HasSubstr("1 pads for 1 axes"));
  EXPECT_THAT(failure("Pad", {4}, {{-3, -2}}), HasSubstr("cut more than a dim of 4"));
  EXPECT_THAT(failure("Pad", {4}, {{huge, 0}}), HasSubstr("overflow"));
  EXPECT_THAT(failure("Pad", {4}, {{std::int64_t{1} << 30, 0}}), HasSubstr("more than the 268435456 elements"));
  EXPECT_THAT(failure("Pad", {4}, {{4, 0}}, reflect), HasSubstr("a dim of 4 cannot be reflected over 4, at most over 3"));
  EXPECT_THAT(failure("Pad", {0}, {{1, 0}}, edge), HasSubstr("no edge to repeat"));
  EXPECT_THAT(failure("Pad", {4}, {{1, 0}}, {{"mode", std::string("wrap")}}), HasSubstr("'mode' is 'wrap'"));
}

}  // namespace
}  // namespace mien::operators
