// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace mien {

/// Frames taken from a sequence that begins neutral and ends at the peak of an expression.
struct SequenceFrames {
  std::vector<std::size_t> peak;  ///< the last frames, in order
  bool first_is_neutral = false;  ///< frame 0 is taken as neutral
};

/// The last `last_frames` of `count` frames, and frame 0 as neutral when asked for. Frame 0 never counts as peak when it is
/// neutral. Throws Error{usage} when `last_frames` < 1.
SequenceFrames choose_frames(std::size_t count, long long last_frames, bool first_as_neutral);

}  // namespace mien
