// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Indices that lead outside of their tensor, shapes that do not fit, and results that only the values decide.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "mien/operators/test_nodes.h"

namespace mien::operators {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t huge = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

Tensor indices(Dims dims, const Integers& values) { return tensor_of(DataType::i64, std::move(dims), values); }

const Tensor x = floats_of({2, 3}, {1, 2, 3, 4, 5, 6});

std::string failure(const std::string& op, const std::vector<Tensor>& inputs, Attributes attributes = {}, int opset = 18) {
  return message_of([&] { run(node_of(op, inputs.size(), std::move(attributes)), inputs, opset); });
}

TEST(IndexingErrors, IndicesOutOfRange) {
  for (const std::int64_t index : {std::int64_t{2}, std::int64_t{-3}, huge, least}) {
    EXPECT_THAT(failure("Gather", {x, indices({1}, {index})}), HasSubstr("is outside of a dim of 2"));
    EXPECT_THAT(failure("GatherElements", {x, indices({1, 1}, {index})}), HasSubstr("is outside of a dim of 2"));
    EXPECT_THAT(failure("GatherND", {x, indices({1, 1}, {index})}), HasSubstr("is outside of a dim of 2"));
    EXPECT_THAT(failure("ScatterElements", {x, indices({1, 1}, {index}), floats_of({1, 1}, {0})}),
                HasSubstr("outside of a dim of 2"));
    EXPECT_THAT(failure("ScatterND", {x, indices({1, 1}, {index}), floats_of({1, 3}, {0, 0, 0})}),
                HasSubstr("outside of a dim of 2"));
  }
  EXPECT_THAT(failure("Gather", {floats_of({0, 3}, {}), indices({1}, {0})}), HasSubstr("index 0 is outside of a dim of 0"));
}

TEST(IndexingErrors, Shapes) {
  EXPECT_THAT(failure("Gather", {x, x}), HasSubstr("input 1 is f32, expected indices of type i32 or i64"));
  EXPECT_THAT(failure("Gather", {x, indices({1}, {0})}, {{"axis", std::int64_t{2}}}), HasSubstr("axis 2 is outside"));
  EXPECT_THAT(failure("GatherElements", {x, indices({1}, {0})}), HasSubstr("indices of shape 1 do not fit values of shape 2x3"));
  EXPECT_THAT(failure("GatherElements", {x, indices({1, 4}, {0, 0, 0, 0})}), HasSubstr("do not fit values"));
  EXPECT_THAT(failure("GatherND", {x, indices({1, 3}, {0, 0, 0})}), HasSubstr("indices with 3 parts"));
  EXPECT_THAT(failure("GatherND", {x, indices({1, 1}, {0})}, {{"batch_dims", std::int64_t{1}}}), HasSubstr("the first 1 dims"));
  EXPECT_THAT(failure("GatherND", {x, indices({2, 1}, {0, 0})}, {{"batch_dims", std::int64_t{2}}}),
              HasSubstr("'batch_dims' is 2"));
  EXPECT_THAT(failure("ScatterElements", {x, indices({1, 2}, {0, 0}), floats_of({1, 1}, {0})}), HasSubstr("do not fit values"));
  EXPECT_THAT(failure("ScatterND", {x, indices({1, 1}, {0}), floats_of({1}, {0})}),
              HasSubstr("the updates have the shape 1, expected 1x3"));
  EXPECT_THAT(failure("ScatterND", {x, indices({}, {0}), floats_of({1}, {0})}), HasSubstr("indices of shape scalar"));
  EXPECT_THAT(failure("ScatterND", {x, indices({1, 1}, {0}), floats_of({1, 3}, {0, 0, 0})}, {{"reduction", std::string("xor")}}),
              HasSubstr("'reduction' is 'xor'"));
  EXPECT_THAT(failure("CumSum", {x, indices({1}, {5})}), HasSubstr("axis 5 is outside"));
  EXPECT_THAT(failure("Trilu", {floats_of({1}, {0})}), HasSubstr("expected a matrix"));
}

TEST(IndexingErrors, CountsAndDepths) {
  EXPECT_THAT(failure("TopK", {x, indices({1}, {4})}), HasSubstr("the 4 first of 3 values"));
  EXPECT_THAT(failure("TopK", {x, indices({1}, {-1})}), HasSubstr("the -1 first"));
  EXPECT_THAT(failure("TopK", {x, indices({2}, {1, 1})}), HasSubstr("must hold one integer and holds 2"));
  EXPECT_THAT(failure("TopK", {x}), HasSubstr("the count is missing"));
  EXPECT_THAT(failure("ArgMax", {floats_of({0, 3}, {})}), HasSubstr("axis 0 has no values"));
  const Tensor values = floats_of({2}, {0, 1});
  EXPECT_THAT(failure("OneHot", {indices({2}, {0, 1}), indices({}, {huge}), values}),
              HasSubstr("more than the 268435456 elements"));
  EXPECT_THAT(failure("OneHot", {indices({2}, {0, 1}), indices({}, {0}), values}), HasSubstr("a depth of 0"));
  EXPECT_THAT(failure("OneHot", {indices({2}, {0, 1}), indices({}, {2}), x}), HasSubstr("input 2 holds off and on value"));
}

TEST(IndexingErrors, ResultsThatTheValuesDecide) {
  const std::string reason = "must be known before the network runs";
  EXPECT_THAT(message_of([] {
                infer_types(node_of("NonZero", 1), 13, {TensorType{DataType::f32, {2}}}, {nullptr});
              }),
              HasSubstr(reason));
  EXPECT_THAT(message_of([] {
                infer_types(node_of("NonMaxSuppression", 2), 13,
                            {TensorType{DataType::f32, {1, 5, 4}}, TensorType{DataType::f32, {1, 2, 5}}}, {nullptr, nullptr});
              }), HasSubstr(reason));
  EXPECT_THAT(message_of([] { infer_one(node_of("NonMaxSuppression", 2), {{1, 5, 4}, {1, 2, 6}}); }),
              HasSubstr("boxes of shape 1x5x4 and scores of shape 1x2x6"));
}

TEST(Indexing, NotANumberHasAPlaceInTheOrder) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Node node = node_of("TopK", 2);
  node.outputs.push_back(3);
  const Tensor values = floats_of({5}, {1, nan, 3, nan, 2}), count = indices({1}, {5});
  EXPECT_THAT(evaluate(node, 13, {&values, &count})[1].integers(), ElementsAre(1, 3, 2, 4, 0));
}

TEST(Indexing, TriluWithAnyOffset) {
  for (const std::int64_t far : {huge, least}) {
    const auto kept = run(node_of("Trilu", 2), {x, indices({}, {far})}, 14);
    EXPECT_THAT(kept, far > 0 ? ElementsAre(0, 0, 0, 0, 0, 0) : ElementsAre(1, 2, 3, 4, 5, 6));
  }
}

}  // namespace
}  // namespace mien::operators
