// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/packet_order.h"

namespace mien::libav {

namespace {

/// No codec reorders further; more than this only waits because times are damaged.
constexpr std::size_t kLongestWait = 64;

}  // namespace

void PacketOrder::settle_first() {
  number_of_[unsettled_.begin()->second] = next_number_++;
  unsettled_.erase(unsettled_.begin());
}

void PacketOrder::push(Packet packet) {
  const std::int64_t position = position_++;
  if (packet->flags & AV_PKT_FLAG_DISCARD) {
    number_of_[position] = -1;
  } else {
    std::int64_t pts = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
    if (pts == AV_NOPTS_VALUE) pts = newest_pts_;
    if (pts < first_pts_) return;
    if (packet->dts != AV_NOPTS_VALUE && packet->dts < newest_dts_) {
      while (!unsettled_.empty()) settle_first();
      broken_ = true;
      newest_dts_ = packet->dts;
      newest_pts_ = pts;
    }
    newest_pts_ = std::max(newest_pts_, pts);
    unsettled_.emplace(pts, position);
  }
  if (packet->dts != AV_NOPTS_VALUE) newest_dts_ = std::max(newest_dts_, packet->dts);
  waiting_.push_back({std::move(packet), position});
}

void PacketOrder::abandon() {
  while (!unsettled_.empty() && unsettled_.begin()->first <= newest_dts_) settle_first();
  for (const auto& [pts, position] : unsettled_) number_of_[position] = -1;
  unsettled_.clear();
}

std::optional<PacketOrder::Numbered> PacketOrder::pop() {
  if (waiting_.empty()) return std::nullopt;
  while (!unsettled_.empty() && (ended_ || unsettled_.begin()->first <= newest_dts_)) settle_first();
  const std::int64_t position = waiting_.front().position;
  if (waiting_.size() > kLongestWait)
    while (!number_of_.contains(position)) settle_first();
  const auto number = number_of_.find(position);
  if (number == number_of_.end()) return std::nullopt;
  Numbered result{std::move(waiting_.front().packet), number->second};
  number_of_.erase(number);
  waiting_.pop_front();
  return result;
}

}  // namespace mien::libav
