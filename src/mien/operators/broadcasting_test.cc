// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/broadcasting.h"

#include <gtest/gtest.h>

#include <numeric>

namespace mien::operators {
namespace {

TEST(Broadcasting, ShapesFollowNumpy) {
  EXPECT_EQ(broadcast_dims({2, 3, 4}, {3, 1}), (Dims{2, 3, 4}));
  EXPECT_EQ(broadcast_dims({5, 1}, {1, 6}), (Dims{5, 6}));
  EXPECT_EQ(broadcast_dims({}, {2}), (Dims{2}));
  EXPECT_EQ(broadcast_dims({1, 3}, {0, 1}), (Dims{0, 3}));
  EXPECT_EQ(broadcast_dims({2, 3}, {2}), std::nullopt);
  EXPECT_EQ(broadcast_dims({0}, {2}), std::nullopt);
}

TEST(Broadcasting, StridesStandStillAlongRepeatedDims) {
  EXPECT_EQ(strides_of({2, 3, 4}), (Dims{12, 4, 1}));
  EXPECT_EQ(broadcast_strides({3, 1}, {2, 3, 4}), (Dims{0, 1, 0}));
  EXPECT_EQ(broadcast_strides({}, {2, 3}), (Dims{0, 0}));
}

TEST(Broadcasting, ABiasOfChannelsIsALoopOfThreeDims) {
  const Dims dims{2, 3, 4, 5};
  const auto loop = merged<2>(dims, {strides_of(dims), broadcast_strides({3, 1, 1}, dims)});
  EXPECT_EQ(loop.dims, (Dims{2, 3, 20}));
  EXPECT_EQ(loop.strides[0], (Dims{60, 20, 1}));
  EXPECT_EQ(loop.strides[1], (Dims{0, 1, 0}));
}

TEST(Broadcasting, EqualShapesAreOneLoop) {
  const Dims dims{2, 1, 3, 4};
  EXPECT_EQ(merged<1>(dims, {strides_of(dims)}).dims, (Dims{24}));
  EXPECT_EQ(merged<1>({1, 1}, {Dims{1, 1}}).dims, (Dims{1}));
  EXPECT_EQ(merged<1>({}, {Dims{}}).dims, (Dims{1}));
}

TEST(Broadcasting, RowsAreVisitedInOrder) {
  std::vector<std::int64_t> offsets;
  for_each_row(StridedLoop<1>{{2, 3, 7}, {Dims{100, 10, 1}}}, [&](const auto& at) { offsets.push_back(at[0]); });
  EXPECT_EQ(offsets, (std::vector<std::int64_t>{0, 10, 20, 100, 110, 120}));
}

TEST(Broadcasting, StridedCopyTransposesAndReverses) {
  std::vector<std::uint16_t> from(6), to(6);
  std::iota(from.begin(), from.end(), std::uint16_t{0});
  const auto copy = [&](std::int64_t first, const Dims& read, const Dims& dims) {
    strided_copy(reinterpret_cast<const std::byte*>(from.data() + first), read, reinterpret_cast<std::byte*>(to.data()),
                 strides_of(dims), dims, sizeof from[0]);
    return to;
  };
  EXPECT_EQ(copy(0, {1, 3}, {3, 2}), (std::vector<std::uint16_t>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(copy(5, {-1}, {6}), (std::vector<std::uint16_t>{5, 4, 3, 2, 1, 0}));
}

}  // namespace
}  // namespace mien::operators
