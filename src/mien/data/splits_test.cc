// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/splits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "mien/base/error.h"
#include "mien/base/random.h"

namespace mien {
namespace {

Record record_of(int label, const std::string& group = {}, const std::string& identity = {}) {
  Record record;
  record.group = group;
  record.annotations.label = label;
  record.annotations.identity = identity;
  return record;
}

Dataset counts(const std::vector<int>& per_class) {
  Dataset dataset;
  dataset.name = "counts";
  for (std::size_t c = 0; c < per_class.size(); ++c)
    for (int i = 0; i < per_class[c]; ++i) dataset.records.push_back(record_of(static_cast<int>(c)));
  return dataset;
}

/// 120 people with 1 to 12 images of 4 uneven classes each; every 10th image shares a group with the next person's first.
Dataset people() {
  Dataset dataset;
  dataset.name = "people";
  Random random(11);
  for (int person = 0; person < 120; ++person) {
    const auto images = 1 + random.integer(12);
    for (int i = 0; i < images; ++i) {
      const double u = random.uniform();
      const int label = u < 0.6 ? 0 : u < 0.85 ? 1 : u < 0.95 ? 2 : 3;
      dataset.records.push_back(record_of(label, i == 9 ? "g" + std::to_string(person / 2) : "", "p" + std::to_string(person)));
    }
  }
  return dataset;
}

std::map<int, int> class_counts(const Dataset& dataset, const std::vector<std::int64_t>& indices) {
  std::map<int, int> result;
  for (const auto i : indices) ++result[dataset.records[static_cast<std::size_t>(i)].annotations.label];
  return result;
}

std::vector<int> side_of(const Split& split, std::size_t n) {
  std::vector<int> side(n, -1);
  for (const auto i : split.train) side[static_cast<std::size_t>(i)] = 0;
  for (const auto i : split.held_out) side[static_cast<std::size_t>(i)] = 1;
  return side;
}

/// Every record is on exactly one side, and both lists ascend.
void expect_partition(const Split& split, std::size_t n) {
  EXPECT_EQ(split.train.size() + split.held_out.size(), n);
  EXPECT_TRUE(std::is_sorted(split.train.begin(), split.train.end()));
  EXPECT_TRUE(std::is_sorted(split.held_out.begin(), split.held_out.end()));
  const auto side = side_of(split, n);
  EXPECT_EQ(std::count(side.begin(), side.end(), -1), 0);
}

template <typename NameOf>
bool together(const Dataset& dataset, const std::vector<int>& part, NameOf name_of) {
  std::map<std::string, int> part_of;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const std::string name = name_of(dataset.records[i]);
    if (!name.empty() && part_of.emplace(name, part[i]).first->second != part[i]) return false;
  }
  return true;
}

const auto group_name = [](const Record& r) { return r.group; };
const auto identity_name = [](const Record& r) { return r.annotations.identity; };

TEST(StratifiedSplit, HoldsOutTheShareOfEveryClassExactly) {
  const Dataset dataset = counts({100, 50, 10, 3, 1, 2});
  const Split split = stratified_split(dataset, 0.2, 1);
  expect_partition(split, 166);
  // Rounded; of three or two records one goes out, a single one stays.
  EXPECT_EQ(class_counts(dataset, split.held_out), (std::map<int, int>{{0, 20}, {1, 10}, {2, 2}, {3, 1}, {5, 1}}));
}

TEST(StratifiedSplit, IsDrawnBySeed) {
  const Dataset dataset = counts({100, 50});
  EXPECT_EQ(stratified_split(dataset, 0.3, 4).held_out, stratified_split(dataset, 0.3, 4).held_out);
  EXPECT_NE(stratified_split(dataset, 0.3, 4).held_out, stratified_split(dataset, 0.3, 5).held_out);
  std::vector<int> times(100, 0);
  for (int seed = 0; seed < 400; ++seed)
    for (const auto i : stratified_split(dataset, 0.3, static_cast<std::uint64_t>(seed)).held_out)
      if (i < 100) ++times[static_cast<std::size_t>(i)];
  for (const int t : times) EXPECT_NEAR(t, 120, 46);  // Binomial(400, 0.3): 5 standard deviations
}

TEST(StratifiedSplit, KeepsGroupsTogether) {
  Dataset dataset = counts({90, 60});
  for (std::size_t i = 0; i < 60; ++i) dataset.records[i].group = "g" + std::to_string(i / 4);
  for (std::size_t i = 85; i < 95; ++i) dataset.records[i].group = "both classes";
  const Split split = stratified_split(dataset, 0.25, 9);
  expect_partition(split, 150);
  EXPECT_TRUE(together(dataset, side_of(split, 150), group_name));
  const auto held = class_counts(dataset, split.held_out);
  EXPECT_NEAR(held.at(0), 23, 1);
  EXPECT_NEAR(held.at(1), 15, 1);
}

TEST(StratifiedSplit, KeepsPeopleTogether) {
  const Dataset dataset = people();
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Split split = stratified_split(dataset, 0.2, seed, true);
    expect_partition(split, dataset.records.size());
    EXPECT_TRUE(together(dataset, side_of(split, dataset.records.size()), identity_name));
    EXPECT_TRUE(together(dataset, side_of(split, dataset.records.size()), group_name));
    const auto all = class_counts(dataset, stratified_split(dataset, 1, 0).held_out),
               held = class_counts(dataset, split.held_out);
    for (const auto& [label, n] : all) EXPECT_NEAR(held.at(label), 0.2 * n, 3) << "class " << label << " of " << n;
  }
  EXPECT_FALSE(together(dataset, side_of(stratified_split(dataset, 0.2, 0), dataset.records.size()), identity_name));
}

TEST(StratifiedSplit, ExtremesAndNonsense) {
  const Dataset dataset = counts({5, 1});
  EXPECT_TRUE(stratified_split(dataset, 0, 1).held_out.empty());
  EXPECT_TRUE(stratified_split(dataset, 1, 1).train.empty());
  EXPECT_EQ(stratified_split(dataset, 0.99, 1).held_out.size(), 4u);
  EXPECT_TRUE(stratified_split(counts({}), 0.5, 1).train.empty());
  EXPECT_THROW(stratified_split(dataset, 1.5, 1), Error);
  EXPECT_THROW(stratified_split(dataset, -0.1, 1), Error);
}

TEST(Folds, ConsecutiveRunsInFileOrder) {
  EXPECT_EQ(folds(counts({10}), 4, FoldKind::consecutive, 0),
            (std::vector<int>{0, 0, 0, 1, 1, 1, 2, 2, 3, 3}));  // as scikit-learn's KFold
  Dataset dataset = counts({6});
  dataset.records[1].group = dataset.records[2].group = "sequence";
  EXPECT_EQ(folds(dataset, 3, FoldKind::consecutive, 0), (std::vector<int>{0, 0, 0, 1, 2, 2}));
}

TEST(Folds, StratifiedFoldsDifferByOne) {
  const Dataset dataset = counts({52, 23, 9, 3});
  const auto fold_of = folds(dataset, 5, FoldKind::stratified, 2);
  std::map<std::pair<int, int>, int> by_class;
  std::vector<int> sizes(5, 0);
  for (std::size_t i = 0; i < fold_of.size(); ++i) {
    ++by_class[{dataset.records[i].annotations.label, fold_of[i]}];
    ++sizes.at(static_cast<std::size_t>(fold_of[i]));
  }
  const int n[] = {52, 23, 9, 3};
  for (int c = 0; c < 4; ++c)
    for (int f = 0; f < 5; ++f) {
      const int found = by_class[std::make_pair(c, f)];
      EXPECT_TRUE(found == n[c] / 5 || found == n[c] / 5 + 1) << "class " << c << " fold " << f << ": " << found;
    }
  EXPECT_LE(*std::max_element(sizes.begin(), sizes.end()) - *std::min_element(sizes.begin(), sizes.end()), 1);
  EXPECT_EQ(fold_of, folds(dataset, 5, FoldKind::stratified, 2));
  EXPECT_NE(fold_of, folds(dataset, 5, FoldKind::stratified, 3));
}

TEST(Folds, StratifiedFoldsKeepGroupsTogether) {
  const Dataset dataset = people();
  EXPECT_TRUE(together(dataset, folds(dataset, 5, FoldKind::stratified, 2), group_name));
}

TEST(Folds, ByIdentityIsSubjectDisjointAndEven) {
  const Dataset dataset = people();
  const auto fold_of = folds(dataset, 10, FoldKind::by_identity, 2);
  EXPECT_TRUE(together(dataset, fold_of, identity_name));
  EXPECT_TRUE(together(dataset, fold_of, group_name));
  std::vector<int> sizes(10, 0);
  for (const int fold : fold_of) ++sizes.at(static_cast<std::size_t>(fold));
  EXPECT_LE(*std::max_element(sizes.begin(), sizes.end()) - *std::min_element(sizes.begin(), sizes.end()), 2);
}

TEST(Folds, Nonsense) {
  EXPECT_THROW(folds(counts({10}), 1, FoldKind::stratified, 0), Error);
  EXPECT_THROW(folds(counts({3}), 4, FoldKind::consecutive, 0), Error);
  EXPECT_THROW(folds(counts({10}), 2, FoldKind::by_identity, 0), Error);  // nobody is named
  Dataset two = counts({10});
  for (std::size_t i = 0; i < 10; ++i) two.records[i].annotations.identity = i < 5 ? "a" : "b";
  EXPECT_THROW(folds(two, 3, FoldKind::by_identity, 0), Error);
  EXPECT_NO_THROW(folds(two, 2, FoldKind::by_identity, 0));
}

TEST(FoldSplit, TakesOneFoldOut) {
  const Split split = fold_split({0, 1, 2, 1}, 1);
  EXPECT_EQ(split.train, (std::vector<std::int64_t>{0, 2}));
  EXPECT_EQ(split.held_out, (std::vector<std::int64_t>{1, 3}));
  EXPECT_THROW(fold_split({0, 1}, 2), Error);
}

}  // namespace
}  // namespace mien
