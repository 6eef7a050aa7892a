// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/verification.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "mien/base/error.h"
#include "mien/base/random.h"

namespace mien {

namespace {

double share_from(const std::vector<double>& sorted, double threshold) {
  const auto first = std::lower_bound(sorted.begin(), sorted.end(), threshold);
  return static_cast<double>(sorted.end() - first) / static_cast<double>(sorted.size());
}

void prepare(std::vector<double>& likenesses) {
  if (likenesses.empty()) throw Error(ErrorCode::usage, "verification: there are no pairs");
  for (const double value : likenesses)
    if (!std::isfinite(value)) throw Error(ErrorCode::usage, "verification: a likeness is not finite");
  std::sort(likenesses.begin(), likenesses.end());
}

double area_under_curve(const std::vector<double>& same, const std::vector<double>& different) {
  double wins = 0;
  for (const double value : same) {
    const auto [first, last] = std::equal_range(different.begin(), different.end(), value);
    wins += static_cast<double>(first - different.begin()) + 0.5 * static_cast<double>(last - first);
  }
  return wins / (static_cast<double>(same.size()) * static_cast<double>(different.size()));
}

using People = std::map<std::string, std::vector<std::size_t>>;

std::size_t pick(const std::vector<std::size_t>& images, Random& random) {
  return images[static_cast<std::size_t>(random.integer(static_cast<std::int64_t>(images.size())))];
}

/// Two images of two people.
std::pair<std::size_t, std::size_t> two_people(const std::vector<const std::vector<std::size_t>*>& people, Random& random) {
  const auto count = static_cast<std::int64_t>(people.size());
  const std::int64_t a = random.integer(count), b = (a + 1 + random.integer(count - 1)) % count;
  return {pick(*people[static_cast<std::size_t>(a)], random), pick(*people[static_cast<std::size_t>(b)], random)};
}

}  // namespace

VerificationScores verification_scores(std::vector<double> same, std::vector<double> different) {
  prepare(same);
  prepare(different);
  VerificationScores scores;
  scores.area = area_under_curve(same, different);
  std::vector<double> thresholds = same;
  thresholds.insert(thresholds.end(), different.begin(), different.end());
  std::sort(thresholds.begin(), thresholds.end());
  double closest = 2;
  for (const double threshold : thresholds) {
    const double kept = share_from(same, threshold), let_in = share_from(different, threshold);
    const double accuracy = 0.5 * (kept + 1 - let_in), apart = std::abs(let_in - (1 - kept));
    if (accuracy > scores.accuracy) scores.accuracy = accuracy, scores.best_threshold = threshold;
    if (apart < closest) {
      closest = apart;
      scores.equal_error = 0.5 * (let_in + 1 - kept);
      scores.equal_error_threshold = threshold;
    }
  }
  return scores;
}

double threshold_at_false_accepts(std::vector<double> different, double share) {
  prepare(different);
  const auto allowed = static_cast<std::size_t>(std::floor(share * static_cast<double>(different.size()) + 1e-9));
  if (allowed >= different.size()) return different.front();
  return std::nextafter(different[different.size() - 1 - allowed], 1e300);
}

double accepted(const std::vector<double>& likenesses, double threshold) {
  const auto count = std::count_if(likenesses.begin(), likenesses.end(), [&](double value) { return value >= threshold; });
  return static_cast<double>(count) / static_cast<double>(std::max<std::size_t>(1, likenesses.size()));
}

VerificationPairs draw_verification_pairs(const std::vector<std::string>& identities, const std::vector<std::string>& sessions,
                                          std::size_t same, std::size_t different, std::uint64_t seed) {
  if (!sessions.empty() && sessions.size() != identities.size())
    throw Error(ErrorCode::usage,
                "verification: expected a session for each of the " + std::to_string(identities.size()) + " images");
  People people, together;
  for (std::size_t i = 0; i < identities.size(); ++i) {
    people[identities[i]].push_back(i);
    together[sessions.empty() ? identities[i] : identities[i] + '\n' + sessions[i]].push_back(i);
  }
  std::vector<const std::vector<std::size_t>*> all, several;
  std::size_t possible = 0;
  for (const auto& [name, images] : people) all.push_back(&images);
  for (const auto& [name, images] : together) {
    if (images.size() > 1) several.push_back(&images);
    possible += images.size() * (images.size() - 1) / 2;
  }
  if (all.size() < 2 || possible < 2 * same)  // drawing without repeats would take forever near the limit
    throw Error(ErrorCode::usage,
                "verification: " + std::to_string(same) + " pairs of one person asked for, the " +
                    std::to_string(identities.size()) + " images of " + std::to_string(all.size()) + " people hold " +
                    std::to_string(possible),
                "Ask for at most half of them.");
  Random random(seed);
  VerificationPairs pairs;
  std::set<std::pair<std::size_t, std::size_t>> drawn;
  std::size_t tries = 0;
  while (pairs.same.size() < same) {
    if (++tries > 1000 * (same + 1)) throw Error(ErrorCode::usage, "verification: too few people have several images");
    const auto& images = *several[static_cast<std::size_t>(random.integer(static_cast<std::int64_t>(several.size())))];
    const std::size_t a = pick(images, random), b = pick(images, random);
    if (a < b && drawn.insert({a, b}).second) pairs.same.emplace_back(a, b);
  }
  while (pairs.different.size() < std::min(same, different)) pairs.different.push_back(two_people(all, random));
  People used;
  std::set<std::size_t> images;
  for (const auto* list : {&pairs.same, &pairs.different})
    for (const auto& [a, b] : *list) images.insert({a, b});
  for (const std::size_t i : images) used[identities[i]].push_back(i);
  std::vector<const std::vector<std::size_t>*> present;
  for (const auto& [name, own] : used) present.push_back(&own);
  while (present.size() > 1 && pairs.different.size() < different) pairs.different.push_back(two_people(present, random));
  return pairs;
}

}  // namespace mien
