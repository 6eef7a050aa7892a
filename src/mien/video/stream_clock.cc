// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/stream_clock.h"

extern "C" {
#include <libavutil/avutil.h>
}

#include <algorithm>
#include <cmath>

namespace mien::libav {

namespace {

/// A jump back of more than this is a new beginning, a smaller one a careless writer.
constexpr double kNewBeginning_s = 1;

double in_seconds(std::int64_t ticks, AVRational base) { return static_cast<double>(ticks) * base.num / base.den; }

}  // namespace

double StreamClock::advance(std::int64_t pts) {
  const bool first = last_ == INT64_MIN;
  if (pts == AV_NOPTS_VALUE) {
    last_ = first ? 0 : last_ + frame_ticks_;
  } else {
    if (start_ == AV_NOPTS_VALUE || (first && pts < start_)) start_ = pts;
    std::int64_t ticks = pts - start_ + shift_;
    if (!first && ticks <= last_) {
      const bool new_beginning = in_seconds(last_ - ticks, base_) > kNewBeginning_s;
      if (new_beginning) shift_ += last_ + frame_ticks_ - ticks;
      ticks = last_ + (new_beginning ? frame_ticks_ : 1);
    }
    last_ = ticks;
  }
  return in_seconds(last_, base_);
}

double StreamClock::at(std::int64_t pts) const {
  return in_seconds(pts - (start_ == AV_NOPTS_VALUE ? 0 : start_) + shift_, base_);
}

std::int64_t StreamClock::stamp(double time_s) const {
  // Far ends of the scale are cut so that nothing overflows.
  const double ticks = std::clamp(std::floor(time_s * base_.den / base_.num), -1e15, 1e15);
  return (start_ == AV_NOPTS_VALUE ? 0 : start_) + static_cast<std::int64_t>(ticks);
}

}  // namespace mien::libav
