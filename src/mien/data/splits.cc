// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/splits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "mien/base/error.h"
#include "mien/base/random.h"
#include "mien/data/units.h"

namespace mien {
namespace {

constexpr std::uint64_t kSplitPurpose = 1, kFoldPurpose = 2;
constexpr int kMostPasses = 20;

/// The side of every unit of a two-way split: units move one by one, in random order, as long as that brings the number of
/// held-out records of their classes closer to the target.
class HoldOut {
 public:
  HoldOut(const std::vector<Unit>& units, int strata, double share)
      : units_(units),
        held_(units.size(), false),
        count_(static_cast<std::size_t>(strata), 0),
        target_(count_),
        weight_(target_.size()) {
    std::vector<std::int64_t> records(target_.size(), 0);
    for (const auto& unit : units)
      for (const auto& [c, n] : unit.per_class) records[static_cast<std::size_t>(c)] += n;
    for (std::size_t c = 0; c < records.size(); ++c) {
      target_[c] = target_of(records[c], share);
      weight_[c] = 1.0 / static_cast<double>(std::max<std::int64_t>(records[c], 1));
    }
  }

  /// True when some unit changed sides.
  bool improve(const std::vector<std::size_t>& order) {
    bool changed = false;
    for (const std::size_t u : order)
      if (gain_of_moving(u) > 1e-12) {
        move(u);
        changed = true;
      }
    return changed;
  }

  bool held(std::size_t unit) const { return held_[unit]; }

 private:
  static std::int64_t target_of(std::int64_t records, double share) {
    const auto rounded = static_cast<std::int64_t>(std::floor(share * static_cast<double>(records) + 0.5));
    if (share <= 0 || share >= 1 || records < 2) return records < 2 && share < 1 ? 0 : rounded;
    return std::clamp<std::int64_t>(rounded, 1, records - 1);
  }

  double gain_of_moving(std::size_t u) const {
    const std::int64_t sign = held_[u] ? -1 : 1;
    double gain = 0;
    for (const auto& [c, n] : units_[u].per_class) {
      const auto i = static_cast<std::size_t>(c);
      const auto before = static_cast<double>(count_[i] - target_[i]), after = before + static_cast<double>(sign * n);
      gain += weight_[i] * (before * before - after * after);
    }
    return gain;
  }

  void move(std::size_t u) {
    const std::int64_t sign = held_[u] ? -1 : 1;
    for (const auto& [c, n] : units_[u].per_class) count_[static_cast<std::size_t>(c)] += sign * n;
    held_[u] = !held_[u];
  }

  const std::vector<Unit>& units_;
  std::vector<bool> held_;
  std::vector<std::int64_t> count_, target_;
  std::vector<double> weight_;
};

std::vector<std::size_t> random_order(std::size_t count, Random& random) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  random.shuffle(order);
  return order;
}

std::vector<int> consecutive_folds(const std::vector<Unit>& units, std::int64_t n, int k) {
  const std::int64_t run = n / k, longer = n % k;
  std::vector<int> fold_of(static_cast<std::size_t>(n));
  for (const auto& unit : units) {
    const std::int64_t first = unit.members.front();
    const std::int64_t in_longer = longer * (run + 1);
    const auto fold = static_cast<int>(first < in_longer ? first / (run + 1) : longer + (first - in_longer) / run);
    for (const std::int64_t i : unit.members) fold_of[static_cast<std::size_t>(i)] = fold;
  }
  return fold_of;
}

/// Deals the units to folds, large ones first: each to the fold that holds the fewest records of the unit's classes (or the
/// fewest of all when `size_first`).
std::vector<int> dealt_folds(const std::vector<Unit>& units, std::int64_t n, int strata, int k, bool size_first, Random& random) {
  std::vector<std::size_t> order = random_order(units.size(), random);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::make_tuple(-units[a].size(), units[a].per_class.front().first) <
           std::make_tuple(-units[b].size(), units[b].per_class.front().first);
  });
  std::vector<std::int64_t> size(static_cast<std::size_t>(k), 0);
  std::vector<std::vector<std::int64_t>> count(static_cast<std::size_t>(k),
                                               std::vector<std::int64_t>(static_cast<std::size_t>(strata), 0));
  std::vector<int> fold_of(static_cast<std::size_t>(n));
  for (const std::size_t u : order) {
    const auto cost = [&](std::size_t fold) {
      std::int64_t same = 0;
      for (const auto& [c, m] : units[u].per_class) same += m * count[fold][static_cast<std::size_t>(c)];
      return size_first ? std::make_pair(size[fold], same) : std::make_pair(same, size[fold]);
    };
    std::size_t best = 0;
    for (std::size_t fold = 1; fold < size.size(); ++fold)
      if (cost(fold) < cost(best)) best = fold;
    size[best] += units[u].size();
    for (const auto& [c, m] : units[u].per_class) count[best][static_cast<std::size_t>(c)] += m;
    for (const std::int64_t i : units[u].members) fold_of[static_cast<std::size_t>(i)] = static_cast<int>(best);
  }
  return fold_of;
}

void require_identities(const Dataset& dataset) {
  for (const auto& record : dataset.records)
    if (!record.annotations.identity.empty()) return;
  throw Error(ErrorCode::bad_data, fmt::format("folds by identity: no record of the data set '{}' has an identity", dataset.name),
              "Use stratified folds, or a data set that names its people.");
}

}  // namespace

Split stratified_split(const Dataset& dataset, double share, std::uint64_t seed, bool by_identity) {
  if (!(share >= 0 && share <= 1)) throw Error(ErrorCode::usage, fmt::format("share to hold out is {}, expected 0 to 1", share));
  const auto units = make_units(dataset, by_identity);
  Random random(seed, kSplitPurpose);
  const auto order = random_order(units.size(), random);
  HoldOut hold_out(units, stratum_count(dataset), share);
  for (int pass = 0; pass < kMostPasses && hold_out.improve(order); ++pass) {}
  Split split;
  for (std::size_t u = 0; u < units.size(); ++u) {
    auto& side = hold_out.held(u) ? split.held_out : split.train;
    side.insert(side.end(), units[u].members.begin(), units[u].members.end());
  }
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.held_out.begin(), split.held_out.end());
  return split;
}

std::vector<int> folds(const Dataset& dataset, int k, FoldKind kind, std::uint64_t seed) {
  if (k < 2) throw Error(ErrorCode::usage, fmt::format("number of folds is {}, expected 2 or more", k));
  const bool by_identity = kind == FoldKind::by_identity;
  if (by_identity) require_identities(dataset);
  const auto units = make_units(dataset, by_identity);
  if (static_cast<std::int64_t>(units.size()) < k)
    throw Error(ErrorCode::bad_data, fmt::format("data set '{}' has {} {}, too few for {} folds", dataset.name, units.size(),
                                                 by_identity ? "people" : "separable records", k));
  if (kind == FoldKind::consecutive) return consecutive_folds(units, dataset.size(), k);
  Random random(seed, kFoldPurpose, static_cast<std::uint64_t>(k));
  return dealt_folds(units, dataset.size(), stratum_count(dataset), k, by_identity, random);
}

Split fold_split(const std::vector<int>& fold_of, int validation_fold) {
  Split split;
  for (std::size_t i = 0; i < fold_of.size(); ++i)
    (fold_of[i] == validation_fold ? split.held_out : split.train).push_back(static_cast<std::int64_t>(i));
  if (split.held_out.empty())
    throw Error(ErrorCode::usage, fmt::format("no record is in fold {}", validation_fold), "Folds are counted from 0.");
  return split;
}

}  // namespace mien
