// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/packet_order.h"

#include <gtest/gtest.h>

#include <vector>

namespace mien::libav {
namespace {

Packet packet(std::int64_t pts, std::int64_t dts, int flags = 0) {
  Packet p = make_packet();
  p->pts = pts, p->dts = dts, p->flags = flags;
  return p;
}

std::vector<std::int64_t> drain(PacketOrder& order) {
  std::vector<std::int64_t> numbers;
  while (auto next = order.pop()) numbers.push_back(next->number);
  return numbers;
}

TEST(PacketOrder, NumbersByPresentationTimeInDecodingOrder) {
  // I P B B P B B: shown I B B P B B P.
  PacketOrder order;
  const std::int64_t pts[] = {0, 3, 1, 2, 6, 4, 5};
  for (std::int64_t i = 0; i < 7; ++i) order.push(packet(pts[i], i - 2));
  order.end();
  EXPECT_EQ(drain(order), (std::vector<std::int64_t>{0, 3, 1, 2, 6, 4, 5}));
  EXPECT_FALSE(order.broken());
}

TEST(PacketOrder, WaitsOnlyUntilTheNumberIsCertain) {
  PacketOrder order;
  order.push(packet(0, -2));
  EXPECT_TRUE(drain(order).empty());  // a frame with pts -1 could still come
  order.push(packet(3, -1));
  order.push(packet(1, 0));
  EXPECT_EQ(drain(order), (std::vector<std::int64_t>{0}));
  order.push(packet(2, 1));
  EXPECT_TRUE(drain(order).empty());  // the next in decoding order is shown at 3
  order.push(packet(6, 2));
  order.push(packet(4, 3));
  EXPECT_EQ(drain(order), (std::vector<std::int64_t>{3, 1, 2}));
}

TEST(PacketOrder, HidesWhatIsUncertainWhenTheRestIsLost) {
  PacketOrder order;
  order.push(packet(0, -2));
  order.push(packet(1, -1));
  order.push(packet(4, 0));
  order.push(packet(2, 1));  // 3 is lost, so nobody knows what number 4 has
  order.abandon();
  EXPECT_EQ(drain(order), (std::vector<std::int64_t>{0, 1, -1, -1}));
}

TEST(PacketOrder, BeginsInTheMiddle) {
  PacketOrder order(100, 50);
  order.push(packet(50, 48));
  order.push(packet(48, 49));  // shown before the key frame: dropped
  order.push(packet(52, 50));
  order.push(packet(51, 51));
  order.end();
  EXPECT_EQ(drain(order), (std::vector<std::int64_t>{100, 102, 101}));
}

TEST(PacketOrder, DoesNotCountPacketsThatAreNeverShown) {
  PacketOrder order;
  order.push(packet(-2, -2, AV_PKT_FLAG_DISCARD));
  order.push(packet(0, -1));
  order.push(packet(1, 1));
  order.end();
  EXPECT_EQ(drain(order), (std::vector<std::int64_t>{-1, 0, 1}));
}

TEST(PacketOrder, GoesOnCountingWhenTimesRunBack) {
  PacketOrder order;
  for (const std::int64_t t : {100, 101, 102}) order.push(packet(t, t));
  for (const std::int64_t t : {0, 1, 2}) order.push(packet(t, t));
  order.end();
  EXPECT_EQ(drain(order), (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_TRUE(order.broken());
}

TEST(PacketOrder, DoesNotWaitForEver) {
  // Presentation times far beyond the decoding times, or none at all.
  PacketOrder wild;
  for (std::int64_t i = 0; i < 500; ++i) wild.push(packet(1'000'000 - i, i));
  EXPECT_GT(drain(wild).size(), 400u);
  PacketOrder none;
  for (int i = 0; i < 500; ++i) none.push(packet(AV_NOPTS_VALUE, AV_NOPTS_VALUE));
  none.end();
  EXPECT_EQ(drain(none).size(), 500u);
}

}  // namespace
}  // namespace mien::libav
