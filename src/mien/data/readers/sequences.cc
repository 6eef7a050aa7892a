// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/sequences.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/error.h"

namespace mien {

SequenceFrames choose_frames(std::size_t count, long long last_frames, bool first_as_neutral) {
  if (last_frames < 1) throw Error(ErrorCode::usage, fmt::format("last_frames must be at least 1, not {}", last_frames));
  SequenceFrames frames;
  frames.first_is_neutral = first_as_neutral && count > 1;  // a single frame is the peak
  const std::size_t first_allowed = frames.first_is_neutral ? 1 : 0;
  const std::size_t wanted = static_cast<std::size_t>(last_frames);
  for (std::size_t i = std::max(first_allowed, count > wanted ? count - wanted : 0); i < count; ++i) frames.peak.push_back(i);
  return frames;
}

}  // namespace mien
