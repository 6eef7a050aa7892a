// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/ferplus_votes.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien {
namespace {

constexpr int unknown = 8;

int sum(const FerplusVotes& votes) { return std::accumulate(votes.begin(), votes.end(), 0); }
int argmax(const FerplusVotes& votes) { return static_cast<int>(std::max_element(votes.begin(), votes.end()) - votes.begin()); }

FerplusVotes only_unknown() {
  FerplusVotes votes{};
  votes[unknown] = 1;
  return votes;
}

FerplusVotes without_single_votes(FerplusVotes votes) {
  for (int& count : votes)
    if (count <= 1) count = 0;
  return votes;
}

FerplusVotes majority(const FerplusVotes& votes) {
  const int best = argmax(votes);
  const int most = votes[static_cast<std::size_t>(best)];
  if (2 * most <= sum(votes)) return only_unknown();
  FerplusVotes kept{};
  kept[static_cast<std::size_t>(best)] = most;
  return kept;
}

/// The authors' loop, odd corners included: classes that tie with the maximum are taken together, which may make four, and
/// an "unknown" met after other classes is not kept although its votes count as reached.
FerplusVotes strongest_classes(FerplusVotes left) {
  const int total = sum(left);
  FerplusVotes kept{};
  int reached = 0, classes = 0;
  bool expressions_only = true;
  while (4 * reached < 3 * total && classes < 3 && expressions_only) {
    const int most = *std::max_element(left.begin(), left.end());
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (left[i] != most) continue;
      kept[i] = most;
      left[i] = 0;
      reached += most;
      ++classes;
      if (i < unknown) continue;
      expressions_only = false;
      if (sum(kept) > most) {
        kept[i] = 0;
        --classes;
      }
      break;
    }
  }
  return 2 * sum(kept) <= total || classes > 3 ? only_unknown() : kept;
}

FerplusVotes multi_target(const FerplusVotes& votes) {
  const int total = sum(votes);
  FerplusVotes kept{};
  for (std::size_t i = 0; i < votes.size(); ++i)
    if (10 * votes[i] >= 3 * total) kept[i] = votes[i];
  return 2 * sum(kept) <= total ? only_unknown() : kept;
}

/// All votes of an image that has a majority for one of the eight expressions.
FerplusVotes votes_with_majority(const FerplusVotes& votes) {
  return argmax(majority(votes)) < unknown ? votes : only_unknown();
}

FerplusVotes kept_votes(const FerplusVotes& votes, VoteMode mode) {
  switch (mode) {
    case VoteMode::majority: return majority(without_single_votes(votes));
    case VoteMode::probability:
    case VoteMode::crossentropy: return strongest_classes(without_single_votes(votes));
    case VoteMode::multi_target: return multi_target(without_single_votes(votes));
    case VoteMode::majority_votes: return votes_with_majority(without_single_votes(votes));
    case VoteMode::argmax: break;
  }
  const auto best = static_cast<std::size_t>(argmax(votes));
  if (votes[best] <= 0) return only_unknown();
  FerplusVotes kept{};
  kept[best] = votes[best];
  return kept;
}

}  // namespace

const std::vector<std::string>& vote_mode_names() {
  static const std::vector<std::string> names = {"majority", "probability", "crossentropy", "multi_target", "majority_votes", "argmax"};
  return names;
}

VoteMode vote_mode(const std::string& name) {
  const auto& names = vote_mode_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw Error(ErrorCode::usage, fmt::format("unknown vote mode '{}'", name), suggestion(name, names));
  return static_cast<VoteMode>(found - names.begin());
}

std::optional<VoteTarget> vote_target(const FerplusVotes& votes, VoteMode mode) {
  const FerplusVotes kept = kept_votes(votes, mode);
  VoteTarget target;
  target.label = argmax(kept);
  const int total = std::accumulate(kept.begin(), kept.begin() + unknown, 0);
  if (target.label >= unknown || total <= 0) return std::nullopt;
  for (std::size_t i = 0; i < target.distribution.size(); ++i) target.distribution[i] = static_cast<double>(kept[i]) / total;
  return target;
}

int vote_outcome(const FerplusVotes& votes, VoteMode mode) { return argmax(kept_votes(votes, mode)); }

std::array<double, 8> multi_target_training_target(const VoteTarget& target) {
  constexpr double floor = 1e-3;
  std::array<double, 8> result;
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = target.distribution[i] > 0 ? 1.0 : floor;
  return result;
}

}  // namespace mien
