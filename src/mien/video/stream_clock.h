// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

extern "C" {
#include <libavutil/rational.h>
}

namespace mien::libav {

/// Presentation time stamps to seconds since the stream's start that always grow. Stamps are true as long as they do; a missing
/// one is a frame's duration after the last, one that repeats is a tick after, and a jump back (clips glued together) goes on
/// from there.
class StreamClock {
 public:
  /// `start`: stamp of time 0, AV_NOPTS_VALUE = the first one seen. `frame_ticks`: usual distance of frames, at least 1.
  StreamClock(AVRational base, std::int64_t start, std::int64_t frame_ticks)
      : base_(base), start_(start), frame_ticks_(frame_ticks) {}
  StreamClock() = default;

  /// The time of the next frame in presentation order; AV_NOPTS_VALUE = it has no stamp.
  double advance(std::int64_t pts);
  /// What advance() would give if stamps were in order; for frames that are not there yet.
  double at(std::int64_t pts) const;
  /// The stamp of a time.
  std::int64_t stamp(double time_s) const;

 private:
  AVRational base_{1, 1};
  std::int64_t start_ = 0, frame_ticks_ = 1;
  std::int64_t shift_ = 0, last_ = INT64_MIN;  ///< ticks since the start
};

}  // namespace mien::libav
