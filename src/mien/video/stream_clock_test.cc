// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/stream_clock.h"

#include <gtest/gtest.h>

extern "C" {
#include <libavutil/avutil.h>
}

namespace mien::libav {
namespace {

constexpr AVRational kMilliseconds{1, 1000};

TEST(StreamClock, CountsFromTheStart) {
  StreamClock clock(kMilliseconds, 500, 40);
  EXPECT_DOUBLE_EQ(clock.at(540), 0.04);
  EXPECT_DOUBLE_EQ(clock.advance(500), 0);
  EXPECT_DOUBLE_EQ(clock.advance(533), 0.033);
  EXPECT_DOUBLE_EQ(clock.advance(2500), 2);  // a gap is a gap
  EXPECT_EQ(clock.stamp(0.25), 750);
}

TEST(StreamClock, CountsFromTheFirstFrameWithoutAStart) {
  StreamClock clock(kMilliseconds, AV_NOPTS_VALUE, 40);
  EXPECT_DOUBLE_EQ(clock.advance(12345), 0);
  EXPECT_DOUBLE_EQ(clock.advance(12385), 0.04);
  StreamClock early(kMilliseconds, 500, 40);  // a frame before the stated start
  EXPECT_DOUBLE_EQ(early.advance(480), 0);
  EXPECT_DOUBLE_EQ(early.advance(520), 0.04);
}

TEST(StreamClock, AlwaysGrows) {
  StreamClock clock(kMilliseconds, 0, 40);
  EXPECT_DOUBLE_EQ(clock.advance(0), 0);
  EXPECT_DOUBLE_EQ(clock.advance(AV_NOPTS_VALUE), 0.04);
  EXPECT_DOUBLE_EQ(clock.advance(40), 0.041);  // a repeated stamp
  EXPECT_DOUBLE_EQ(clock.advance(5000), 5);
  EXPECT_DOUBLE_EQ(clock.advance(4990), 5.001);  // slightly back
  EXPECT_DOUBLE_EQ(clock.advance(5040), 5.04);   // and right again
  EXPECT_DOUBLE_EQ(clock.advance(0), 5.08);      // another clip begins
  EXPECT_DOUBLE_EQ(clock.advance(40), 5.12);
}

TEST(StreamClock, StandsExtremes) {
  StreamClock clock(kMilliseconds, 0, 40);
  EXPECT_LE(clock.stamp(1e300), std::int64_t{1000000000000000});
  EXPECT_GE(clock.stamp(-1e300), std::int64_t{-1000000000000000});
}

}  // namespace
}  // namespace mien::libav
