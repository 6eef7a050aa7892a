// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/label_noise.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>

#include "mien/base/error.h"

namespace mien {
namespace {

constexpr int kSamples = 4000;

/// Labels in turn; every second sample has votes: 0.7 for its label, 0.3 for the class after it.
Dataset labelled_faces(const std::string& space = "ferplus") {
  Dataset data{"faces", known_label_space(space), {}, nullptr};
  const int classes = data.labels.size();
  for (int i = 0; i < kSamples; ++i) {
    Record record;
    record.id = fmt::format("train/{:05d}.png", i);
    record.annotations.label = i % classes;
    if (i % 2 == 0) {
      record.annotations.distribution.assign(static_cast<std::size_t>(classes), 0.0F);
      record.annotations.distribution[static_cast<std::size_t>(i % classes)] = 0.7F;
      record.annotations.distribution[static_cast<std::size_t>((i + 1) % classes)] = 0.3F;
    }
    data.records.push_back(record);
  }
  return data;
}

int flipped(const Dataset& a, const Dataset& b) {
  int count = 0;
  for (std::size_t i = 0; i < a.records.size(); ++i) count += a.records[i].annotations.label != b.records[i].annotations.label;
  return count;
}

TEST(LabelNoise, SymmetricFlipsTheShareToAllOtherClassesAlike) {
  const Dataset clean = labelled_faces();
  const Dataset noisy = with_label_noise(clean, parse_label_noise("symmetric:0.3"), 1);
  const double deviation = std::sqrt(0.3 * 0.7 * kSamples);  // of a binomial count
  EXPECT_NEAR(flipped(clean, noisy), 0.3 * kSamples, 4 * deviation);
  std::map<int, int> distance;
  for (std::size_t i = 0; i < clean.records.size(); ++i)
    ++distance[(noisy.records[i].annotations.label - clean.records[i].annotations.label + 8) % 8];
  const double expected = 0.3 * kSamples / 7;
  for (int d = 1; d < 8; ++d) EXPECT_NEAR(distance[d], expected, 4 * std::sqrt(expected)) << d;
}

TEST(LabelNoise, PairsTakeEachClassForItsCounterpart) {
  const Dataset clean = labelled_faces();
  const Dataset noisy = with_label_noise(clean, parse_label_noise("pairs:1"), 1);
  const std::map<std::string, std::string> expected = {{"neutral", "sadness"}, {"happiness", "neutral"}, {"surprise", "fear"},
                                                       {"sadness", "neutral"}, {"anger", "disgust"},     {"disgust", "anger"},
                                                       {"fear", "surprise"},   {"contempt", "neutral"}};
  const auto& names = clean.labels.names();
  for (std::size_t i = 0; i < clean.records.size(); ++i)
    ASSERT_EQ(names[static_cast<std::size_t>(noisy.records[i].annotations.label)],
              expected.at(names[static_cast<std::size_t>(clean.records[i].annotations.label)]));
}

TEST(LabelNoise, AClassWithoutItsCounterpartStays) {
  const Dataset clean = labelled_faces("oulu");  // no neutral
  const Dataset noisy = with_label_noise(clean, parse_label_noise("pairs:1"), 1);
  for (std::size_t i = 0; i < clean.records.size(); ++i) {
    const std::string name = clean.labels.names()[static_cast<std::size_t>(clean.records[i].annotations.label)];
    EXPECT_EQ(noisy.records[i].annotations.label == clean.records[i].annotations.label, name == "happiness" || name == "sadness")
        << name;
  }
  EXPECT_THROW(with_label_noise(labelled_faces("rafdb_compound"), parse_label_noise("pairs:0.5"), 1), Error);
}

TEST(LabelNoise, DistributionsExchangeTheTwoClasses) {
  const Dataset clean = labelled_faces();
  const Dataset noisy = with_label_noise(clean, parse_label_noise("symmetric:1"), 3);
  for (std::size_t i = 0; i < clean.records.size(); ++i) {
    const auto &before = clean.records[i].annotations, &after = noisy.records[i].annotations;
    ASSERT_NE(after.label, before.label);
    ASSERT_EQ(after.distribution.size(), before.distribution.size());
    if (after.distribution.empty()) continue;
    EXPECT_FLOAT_EQ(after.distribution[static_cast<std::size_t>(after.label)], 0.7F);
    EXPECT_FLOAT_EQ(after.distribution[static_cast<std::size_t>(before.label)],
                    after.label == (before.label + 1) % 8 ? 0.3F : 0.0F);
    EXPECT_NEAR(after.distribution[0] + after.distribution[1] + after.distribution[2] + after.distribution[3] +
                    after.distribution[4] + after.distribution[5] + after.distribution[6] + after.distribution[7],
                1, 1e-6);
  }
}

TEST(LabelNoise, DependsOnSeedAndIdAlone) {
  const Dataset clean = labelled_faces();
  Dataset reversed = clean;
  std::reverse(reversed.records.begin(), reversed.records.end());
  const auto noise = parse_label_noise("symmetric:0.2");
  const Dataset first = with_label_noise(clean, noise, 1), again = with_label_noise(reversed, noise, 1),
                other = with_label_noise(clean, noise, 2);
  for (std::size_t i = 0; i < clean.records.size(); ++i)
    ASSERT_EQ(first.records[i].annotations.label, again.records[clean.records.size() - 1 - i].annotations.label);
  EXPECT_GT(flipped(first, other), kSamples / 5);
  const Dataset more = with_label_noise(clean, parse_label_noise("symmetric:0.5"), 1);
  for (std::size_t i = 0; i < clean.records.size(); ++i)
    if (first.records[i].annotations.label != clean.records[i].annotations.label) {
      ASSERT_EQ(first.records[i].annotations.label, more.records[i].annotations.label);
    }
}

TEST(LabelNoise, WrongTextsAreRefused) {
  for (const char* text : {"symmetric", "symmetric:", "symmetric:2", "symmetric:-0.1", "pair:0.2", "0.2", "pairs:x", "pairs:nan"})
    EXPECT_THROW(parse_label_noise(text), Error) << text;
  EXPECT_EQ(parse_label_noise("pairs:0.25").share, 0.25);
  EXPECT_TRUE(parse_label_noise("").kind.empty());
}

}  // namespace
}  // namespace mien
