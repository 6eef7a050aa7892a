// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace mien {

/// A stretch of time in which one person shows one expression.
struct Episode {
  int identity = 0, label = 0;
  double onset_s = 0, apex_s = 0, offset_s = 0;
  float peak = 0;  ///< probability at the apex
};

struct EpisodeOptions {
  double min_duration_s = 0.3;   ///< from onset to offset; shorter ones are left out
  double max_gap_s = 0.2;        ///< shorter interruptions do not end an episode
  float on = 0.5F, off = 0.35F;  ///< probability that starts, and below which ends, an episode
};

/// One sample of one person.
struct ExpressionSample {
  double time_s = 0;
  std::vector<float> probabilities;
};

/// Episodes of the samples (in time order), sorted by onset, then label. An episode of a label begins with the first sample at or
/// above `on` (onset), lasts over samples at or above `off`, and ends with the last of them (offset); its apex is the first of
/// its largest values. Times without such a sample of up to `max_gap_s`, or, where samples are sparse, of up to one and a half
/// times their usual (median) distance, are bridged. Samples with other or NaN probabilities count as not there. `skip_label`
/// (neutral) has none; -1 = none skipped. Throws Error{usage} when `off` > `on` or samples are not in order.
std::vector<Episode> find_episodes(int identity, const std::vector<ExpressionSample>& samples, int skip_label,
                                   const EpisodeOptions& options = {});

}  // namespace mien
