// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/units.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <unordered_map>

#include "mien/data/strata.h"

namespace mien {
namespace {

/// Disjoint sets whose representative is their smallest member.
class DisjointSets {
 public:
  explicit DisjointSets(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
  std::size_t find(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) {
    a = find(a);
    b = find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::size_t> parent_;
};

template <typename NameOf>
void join_equal(const Dataset& dataset, DisjointSets& sets, NameOf name_of) {
  std::unordered_map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < dataset.records.size(); ++i) {
    const std::string& name = name_of(dataset.records[i]);
    if (!name.empty()) sets.join(first.emplace(name, i).first->second, i);
  }
}

void count_classes(const Dataset& dataset, Unit& unit) {
  std::map<int, std::int64_t> counts;
  for (const std::int64_t i : unit.members) ++counts[stratum_of(dataset.records[static_cast<std::size_t>(i)].annotations) + 1];
  unit.per_class.assign(counts.begin(), counts.end());
}

}  // namespace

int stratum_count(const Dataset& dataset) {
  int largest = 0;
  for (const auto& record : dataset.records) largest = std::max(largest, stratum_of(record.annotations) + 1);
  return largest + 1;
}

std::vector<Unit> make_units(const Dataset& dataset, bool by_identity) {
  DisjointSets sets(dataset.records.size());
  join_equal(dataset, sets, [](const Record& record) -> const std::string& { return record.group; });
  if (by_identity)
    join_equal(dataset, sets, [](const Record& record) -> const std::string& { return record.annotations.identity; });
  std::vector<Unit> units;
  std::vector<std::size_t> unit_of(dataset.records.size());
  for (std::size_t i = 0; i < dataset.records.size(); ++i) {
    const std::size_t root = sets.find(i);
    if (root == i) {
      unit_of[i] = units.size();
      units.emplace_back();
    }
    units[unit_of[root]].members.push_back(static_cast<std::int64_t>(i));
  }
  for (auto& unit : units) count_classes(dataset, unit);
  return units;
}

}  // namespace mien
