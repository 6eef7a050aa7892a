// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "mien/video/libav.h"

namespace mien::libav {

/// Packets come in decoding order and carry the times at which their frames are shown; this gives each the number of its frame in
/// presentation order. It waits only as long as an earlier frame may still come: until a packet with a decoding time not before
/// the presentation time has been seen, since no frame is shown before it is decoded. For codecs with one frame a packet.
class PacketOrder {
 public:
  struct Numbered {
    Packet packet;
    std::int64_t number = 0;  ///< -1: only there for others to refer to, not to be shown
  };

  /// Numbers begin at `first_number` with the frame shown at `first_pts`; frames shown before that one are dropped.
  explicit PacketOrder(std::int64_t first_number = 0, std::int64_t first_pts = INT64_MIN)
      : next_number_(first_number), first_pts_(first_pts) {}

  void push(Packet packet);
  /// No packet comes any more.
  void end() { ended_ = true; }
  /// No packet comes any more, but some should have: those whose numbers are uncertain are not to be shown.
  void abandon();
  /// The next packet in decoding order; none = push another one first, or nothing is left after end().
  std::optional<Numbered> pop();
  /// Decoding times ran backwards: clips glued together, or damage. Numbers go on counting, times say nothing about the order.
  bool broken() const { return broken_; }

 private:
  using Key = std::pair<std::int64_t, std::int64_t>;  ///< presentation time, position in decoding order

  void settle_first();

  struct Waiting {
    Packet packet;
    std::int64_t position;
  };
  std::deque<Waiting> waiting_;
  std::set<Key> unsettled_;
  std::map<std::int64_t, std::int64_t> number_of_;  ///< by position, of the packets still waiting
  std::int64_t next_number_, first_pts_;
  std::int64_t position_ = 0, newest_dts_ = INT64_MIN, newest_pts_ = INT64_MIN;
  bool ended_ = false, broken_ = false;
};

}  // namespace mien::libav
