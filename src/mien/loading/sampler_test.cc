// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/loading/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "mien/base/error.h"

namespace mien {
namespace {

using Indices = std::vector<std::int64_t>;

/// Records with these labels.
Dataset labelled(const std::vector<int>& labels) {
  Dataset dataset;
  dataset.name = "labelled";
  dataset.labels = LabelSpace("abc", {"a", "b", "c"});
  for (const int label : labels) {
    Record record;
    record.annotations.label = label;
    dataset.records.push_back(record);
  }
  return dataset;
}

/// 60 of class 0, 30 of class 1, 10 of class 2.
Dataset uneven() {
  std::vector<int> labels(100, 0);
  std::fill(labels.begin() + 60, labels.begin() + 90, 1);
  std::fill(labels.begin() + 90, labels.end(), 2);
  return labelled(labels);
}

std::vector<int> class_counts(const Dataset& dataset, const Indices& indices) {
  std::vector<int> counts(3, 0);
  for (const auto i : indices) ++counts[static_cast<std::size_t>(dataset.records[static_cast<std::size_t>(i)].annotations.label)];
  return counts;
}

SamplerOptions sampler(const std::string& kind, std::int64_t samples = 0, std::int64_t per_class = 8) {
  return {kind, per_class, samples};
}

TEST(Sampler, SequentialIsInOrder) {
  Indices expected(100);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(epoch_indices(sampler("sequential"), uneven(), 1, 5), expected);
}

TEST(Sampler, ShuffledShowsEverythingOnceInAnotherOrderEachEpoch) {
  const Dataset dataset = uneven();
  const auto first = epoch_indices(sampler("shuffled"), dataset, 1, 0),
             second = epoch_indices(sampler("shuffled"), dataset, 1, 1);
  EXPECT_EQ(std::set<std::int64_t>(first.begin(), first.end()).size(), 100u);
  EXPECT_EQ(first.size(), 100u);
  EXPECT_NE(first, second);
  EXPECT_FALSE(std::is_sorted(first.begin(), first.end()));
}

TEST(Sampler, EveryKindIsAPureFunctionOfSeedAndEpoch) {
  const Dataset dataset = uneven();
  for (const char* kind : {"shuffled", "balanced", "undersampled", "per_class"}) {
    const auto once = epoch_indices(sampler(kind), dataset, 7, 3);
    EXPECT_EQ(once, epoch_indices(sampler(kind), dataset, 7, 3)) << kind;
    EXPECT_NE(once, epoch_indices(sampler(kind), dataset, 8, 3)) << kind;
    EXPECT_NE(once, epoch_indices(sampler(kind), dataset, 7, 4)) << kind;
  }
}

TEST(Sampler, BalancedDrawsClassesWithEqualChance) {
  const Dataset dataset = uneven();
  EXPECT_EQ(epoch_indices(sampler("balanced"), dataset, 1, 0).size(), 100u);
  // Binomial(9000, 1/3): standard deviation 45.
  for (const int count : class_counts(dataset, epoch_indices(sampler("balanced", 9000), dataset, 1, 0)))
    EXPECT_NEAR(count, 3000, 225);
}

TEST(Sampler, UndersampledCutsToTheSmallestClassWithANewDraw) {
  const Dataset dataset = uneven();
  std::set<std::int64_t> seen;
  for (int epoch = 0; epoch < 120; ++epoch) {
    const auto indices = epoch_indices(sampler("undersampled"), dataset, 3, epoch);
    EXPECT_EQ(class_counts(dataset, indices), (std::vector<int>{10, 10, 10}));
    EXPECT_EQ(std::set<std::int64_t>(indices.begin(), indices.end()).size(), indices.size());
    seen.insert(indices.begin(), indices.end());
  }
  EXPECT_EQ(seen.size(), 100u);  // some record of class 0 stays unseen with probability below 60 (5/6)^120 < 1e-7
}

TEST(Sampler, PerClassTakesTheClassesInTurn) {
  const Dataset dataset = uneven();
  const auto indices = epoch_indices(sampler("per_class", 20, 4), dataset, 1, 0);
  ASSERT_EQ(indices.size(), 12u);  // one block of 3 classes x 4
  for (std::size_t i = 0; i < indices.size(); ++i)
    EXPECT_EQ(dataset.records[static_cast<std::size_t>(indices[i])].annotations.label, static_cast<int>(i % 3));
  EXPECT_EQ(epoch_indices(sampler("per_class", 1, 4), dataset, 1, 0).size(), 12u);
  EXPECT_EQ(epoch_indices(sampler("per_class", 24, 4), dataset, 1, 0).size(), 24u);
}

TEST(Sampler, RecordsWithoutAClassAreLeftOutAndEmptyClassesSkipped) {
  Dataset dataset = labelled({0, -1, 2, -1, 2});
  const auto drawn = epoch_indices(sampler("balanced", 300), dataset, 1, 0);
  EXPECT_EQ(std::set<std::int64_t>(drawn.begin(), drawn.end()), (std::set<std::int64_t>{0, 2, 4}));
  EXPECT_EQ(epoch_indices(sampler("undersampled"), dataset, 1, 0).size(), 2u);
  dataset.records[1].annotations.distribution = {0.2f, 0.7f, 0.1f};
  EXPECT_EQ(epoch_indices(sampler("undersampled"), dataset, 1, 0).size(), 3u);
}

TEST(Sampler, RefusesWhatMakesNoSense) {
  const auto code_of = [](const SamplerOptions& options, const Dataset& dataset) {
    try {
      epoch_indices(options, dataset, 0, 0);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::interrupted;
  };
  EXPECT_EQ(code_of(sampler("balanced"), labelled({-1, -1})), ErrorCode::bad_data);
  EXPECT_EQ(code_of(sampler("shufled"), uneven()), ErrorCode::usage);
  EXPECT_EQ(code_of(sampler("balanced", -1), uneven()), ErrorCode::usage);
  EXPECT_EQ(code_of(sampler("per_class", 0, 0), uneven()), ErrorCode::usage);
  EXPECT_TRUE(epoch_indices(sampler("shuffled"), labelled({}), 0, 0).empty());
}

}  // namespace
}  // namespace mien
