// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <numeric>
#include <set>

#include "mien/data/readers/testing_tree.h"
#include "mien/procedural/face.h"

namespace mien {
namespace {

Dataset faces(int count, int seed = 3, const std::string& labels = "") {
  DatasetOptions options;
  options.spec = "procedural:" + std::to_string(count);
  options.seed = seed;
  options.labels = labels;
  return open_dataset(options);
}

TEST(ProceduralDataset, RecordsAreThoseOfTheDrawnFaces) {
  const Dataset dataset = faces(20);
  ASSERT_EQ(dataset.size(), 20);
  EXPECT_EQ(dataset.labels.name(), "ferplus");
  for (const std::int64_t i : {0, 7, 19}) {
    const ProceduralFace face = draw_face(3, i);
    const Sample sample = dataset.load(i);
    EXPECT_EQ(sample.index, i);
    EXPECT_EQ(cv::norm(sample.image, face.image, cv::NORM_INF), 0);
    EXPECT_EQ(cv::norm(sample.mask, face.mask, cv::NORM_INF), 0);
    EXPECT_EQ(sample.annotations.landmarks, face.landmarks);
    EXPECT_EQ(sample.annotations.label, face.label);
    EXPECT_EQ(sample.annotations.distribution, face.distribution);
    EXPECT_EQ(sample.annotations.action_units, face.action_units);
    EXPECT_EQ(sample.annotations.identity, face.identity);
    EXPECT_FLOAT_EQ(sample.annotations.valence_arousal.value().valence, face.valence);
  }
}

TEST(ProceduralDataset, SplitsAreDisjointInPeopleAndKeptAsTheSetGrows) {
  const Dataset dataset = faces(120), shorter = faces(30);
  std::map<std::string, std::set<std::string>> splits_of, people_of;
  for (const auto& record : dataset.records) {
    splits_of[record.annotations.identity].insert(record.split);
    people_of[record.split].insert(record.annotations.identity);
  }
  for (const auto& [person, splits] : splits_of) EXPECT_EQ(splits.size(), 1u) << person;
  const auto tenth = static_cast<double>(splits_of.size()) / 10;
  EXPECT_NEAR(static_cast<double>(people_of["valid"].size()), tenth, 1);
  EXPECT_NEAR(static_cast<double>(people_of["test"].size()), tenth, 1);
  for (std::size_t i = 0; i < shorter.records.size(); ++i) EXPECT_EQ(shorter.records[i].split, dataset.records[i].split);
}

TEST(ProceduralDataset, MappedLabelsSurviveLoading) {
  const Dataset dataset = faces(40, 3, "rafdb");
  EXPECT_LT(dataset.size(), 40);  // contempt has no place
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const Sample sample = dataset.load(i);
    ASSERT_EQ(sample.annotations.distribution.size(), 7u);
    EXPECT_NEAR(std::accumulate(sample.annotations.distribution.begin(), sample.annotations.distribution.end(), 0.0), 1, 1e-5);
    const ProceduralFace face = draw_face(3, dataset.records[static_cast<std::size_t>(i)].source.offset);
    EXPECT_EQ(dataset.labels.names()[static_cast<std::size_t>(sample.annotations.label)],
              known_label_space("ferplus").names()[static_cast<std::size_t>(face.label)]);
  }
}

TEST(ProceduralDataset, RefusesBadCounts) {
  EXPECT_MIEN_ERROR(faces(0), ErrorCode::usage, "procedural:0");
  DatasetOptions options;
  options.spec = "procedural:many";
  EXPECT_MIEN_ERROR(open_dataset(options), ErrorCode::bad_data, "many");
}

}  // namespace
}  // namespace mien
