// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mien {

/// A file that could not be used, and why.
struct BadSample {
  std::string id;
  std::string reason;
};

/// A batch in plain memory, free of any tensor library. Optional fields are empty vectors when no sample has them; where
/// only some samples do, a `has_*` byte per sample says so and the rest is zero.
struct HostBatch {
  int size = 0, channels = 0, height = 0, width = 0, classes = 0;
  std::vector<float> images;               ///< [N,C,H,W], preprocessed
  std::vector<std::int64_t> indices;       ///< [N] positions in the Dataset
  std::vector<std::int64_t> labels;        ///< [N] class index, -1 = none
  std::vector<float> targets;              ///< [N,K] label distributions; one-hot of the label where a sample has no distribution
  std::vector<float> valence_arousal;      ///< [N,2]
  std::vector<std::uint8_t> has_valence_arousal;
  std::vector<float> action_units;         ///< [N,18]
  std::vector<std::uint8_t> has_action_units;
  std::vector<float> landmarks;            ///< [N,P,2] x,y in pixels of the network input
  int landmark_count = 0;
  std::vector<std::uint8_t> has_landmarks;
  std::vector<float> heat_maps;            ///< [N,1,H,W]
  std::vector<float> masks;                ///< [N,1,H,W] in [0,1]
  std::vector<BadSample> bad;              ///< samples that were skipped while this batch was made
};

}  // namespace mien
