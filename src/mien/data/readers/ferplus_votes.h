// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace mien {

/// Ten vote counts in the order of FER+: neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, unknown,
/// not a face.
using FerplusVotes = std::array<int, 10>;

/// How votes become a training target (Barsoum et al. 2016 and the authors' code). In all modes but `argmax` counts of one
/// are set to zero first; S is the sum of the rest.
enum class VoteMode {
  majority,      ///< the class with more than half of S, else the image is unknown
  probability,   ///< up to three strongest classes until 3/4 of S; training draws one label from the target at each visit
  crossentropy,  ///< the same target; training uses it as soft label
  multi_target,  ///< the classes with at least 0.3 S; training uses `multi_target_training_target`
  majority_votes,  ///< the images of `majority`, with all their cleaned votes as a soft label; not a mode of the authors
  argmax,        ///< the class with most votes as they are, ties to the first; not a mode of the authors
};
/// By name; throws Error{usage} with the nearest one.
VoteMode vote_mode(const std::string& name);
const std::vector<std::string>& vote_mode_names();

struct VoteTarget {
  int label = -1;                        ///< first index of the largest target
  std::array<double, 8> distribution{};  ///< sums to 1
};

/// The target over the eight expressions; nullopt when the rule leaves the image out (unknown, not a face, no agreement).
std::optional<VoteTarget> vote_target(const FerplusVotes& votes, VoteMode mode);

/// Why an image was left out: 8 = unknown or no agreement, 9 = not a face; the label otherwise.
int vote_outcome(const FerplusVotes& votes, VoteMode mode);

/// (1 - 0.001) [target > 0] + 0.001, the weights w of the multi-target loss -log max_k w_k p_k.
std::array<double, 8> multi_target_training_target(const VoteTarget& target);

}  // namespace mien
