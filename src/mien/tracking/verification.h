// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mien {

/// How well likenesses tell pairs of one person from pairs of two.
struct VerificationScores {
  double area = 0;      ///< under the ROC curve; ties count half
  double accuracy = 0;  ///< mean of both rates at the best threshold
  double best_threshold = 0;
  double equal_error = 0;  ///< where as many pairs of two are accepted as pairs of one are refused (shares)
  double equal_error_threshold = 0;
};
/// Throws Error{usage} when a side is empty or not finite.
VerificationScores verification_scores(std::vector<double> same, std::vector<double> different);

/// The smallest threshold (accepted = at or above it) that accepts at most `share` of the pairs of two.
double threshold_at_false_accepts(std::vector<double> different, double share);
/// Share at or above the threshold.
double accepted(const std::vector<double>& likenesses, double threshold);

/// Pairs of images, by position.
struct VerificationPairs {
  std::vector<std::pair<std::size_t, std::size_t>> same, different;
};
/// Draws `same` pairs of one person, people with several images being equally likely and no pair twice, and as many pairs of two
/// people, all people being equally likely; then, among the images drawn, more pairs of two people up to `different` in all. With
/// `sessions` (one an image, else empty) pairs of one person are taken from one session, a person in one session counting as one
/// of the people. The same seed gives the same pairs. Throws Error{usage} when the images do not hold so many pairs.
VerificationPairs draw_verification_pairs(const std::vector<std::string>& identities, const std::vector<std::string>& sessions,
                                          std::size_t same, std::size_t different, std::uint64_t seed);

}  // namespace mien
