// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include "mien/base/random.h"
#include "mien/runtime/engine/program.h"

namespace mien::runtime::engine {
namespace {

bool overlap(const Buffer& a, const Buffer& b) {
  return a.first <= b.last && b.first <= a.last && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

/// The most bytes that are alive in one step: no placement can do with less.
std::size_t least_bytes(const std::vector<Buffer>& buffers) {
  std::size_t most = 0;
  for (const auto& at : buffers) {
    std::size_t alive = 0;
    for (const auto& b : buffers)
      if (b.first <= at.first && at.first <= b.last) alive += b.bytes;
    most = std::max(most, alive);
  }
  return most;
}

TEST(PlaceBuffers, AChainNeedsTwoPlaces) {
  std::vector<Buffer> buffers;
  for (int i = 0; i < 10; ++i) buffers.push_back({640, i - 1, i});
  EXPECT_EQ(place_buffers(buffers), 2 * 640u);
}

/// Long enough that looking at all others for each would be felt.
TEST(PlaceBuffers, ALongChainToo) {
  std::vector<Buffer> buffers;
  for (int i = 0; i < 200000; ++i) buffers.push_back({64, i - 1, i});
  buffers.push_back({64, -1, INT32_MAX});
  EXPECT_EQ(place_buffers(buffers), 3 * 64u);
}

TEST(PlaceBuffers, NothingThatLivesTogetherOverlaps) {
  Random random(11);
  for (int round = 0; round < 50; ++round) {
    std::vector<Buffer> buffers;
    for (int i = 0; i < 40; ++i) {
      const auto first = static_cast<std::int32_t>(random.integer(60));
      buffers.push_back(
          {1 + static_cast<std::size_t>(random.integer(5000)), first, first + static_cast<std::int32_t>(random.integer(10))});
    }
    const auto total = place_buffers(buffers);
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      EXPECT_EQ(buffers[i].offset % 64, 0u);
      EXPECT_LE(buffers[i].offset + buffers[i].bytes, total);
      for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(overlap(buffers[i], buffers[j]));
    }
    EXPECT_LE(total, least_bytes(buffers) * 3 / 2);
  }
}

}  // namespace
}  // namespace mien::runtime::engine
