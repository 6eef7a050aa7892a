// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <regex>
#include <set>

#include "mien/data/openface_csv.h"
#include "mien/data/readers/reading.h"
#include "mien/data/readers/testing_tree.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

using testing::contains;
using testing::text_of;
using Counts = std::vector<std::int64_t>;

/// "" when the shared data lack `file`.
std::string data_folder(const std::string& name, const std::string& file) {
  const auto shared = testing::shared_folder();
  return shared && fs::exists(*shared / "data" / name / file) ? (*shared / "data" / name).string() : "";
}

#define MIEN_FERPLUS_OR_SKIP(root)                                           \
  const std::string root = data_folder("ferplus", "FER2013Train/label.csv"); \
  if (root.empty()) GTEST_SKIP() << "needs FER+ in the shared data folder"

DatasetOptions ferplus(const std::string& root, const std::string& votes, bool drop) {
  DatasetOptions options;
  options.spec = "ferplus:" + root;
  options.votes = votes;
  options.drop_leaks = drop;
  return options;
}

// The counts are those of the README that comes with the data.
TEST(RealFerplus, PlainCount) {
  MIEN_FERPLUS_OR_SKIP(root);
  ReadReport report;
  const Dataset dataset = open_dataset(ferplus(root, "argmax", false), &report);
  EXPECT_EQ(class_counts(dataset, "train"), (Counts{10295, 7526, 3557, 3530, 2463, 191, 655, 168}));
  EXPECT_EQ(class_counts(dataset, "valid"), (Counts{1329, 899, 458, 415, 325, 32, 71, 26}));
  EXPECT_EQ(report.problems(), 0) << text_of(report);
  EXPECT_TRUE(contains(text_of(report), "left out 171: train: unknown")) << text_of(report);
  EXPECT_TRUE(contains(text_of(report), "left out 2: train: voted not a face")) << text_of(report);
}

TEST(RealFerplus, PlainCountWithoutCopies) {
  MIEN_FERPLUS_OR_SKIP(root);
  ReadReport report;
  const Dataset dataset = open_dataset(ferplus(root, "argmax", true), &report);
  EXPECT_EQ(class_counts(dataset, "train"), (Counts{10082, 7363, 3070, 3383, 2346, 169, 600, 158}));
  EXPECT_EQ(class_counts(dataset, "valid"), (Counts{1283, 864, 338, 374, 300, 24, 58, 19}));
  EXPECT_TRUE(contains(text_of(report), "left out 1,224: train: copy")) << text_of(report);
  EXPECT_TRUE(contains(text_of(report), "left out 295: valid: copy")) << text_of(report);
  std::set<std::string> groups;
  for (const auto& record : dataset.records) {
    const bool only_one = record.group.empty() || groups.insert(record.group).second;
    EXPECT_TRUE(only_one) << record.group;
  }
}

TEST(RealFerplus, Majority) {
  MIEN_FERPLUS_OR_SKIP(root);
  ReadReport report;
  const Dataset dataset = open_dataset(ferplus(root, "majority", false), &report);
  EXPECT_EQ(class_counts(dataset, "train"), (Counts{8733, 7284, 3136, 3022, 2098, 116, 536, 120}));
  EXPECT_EQ(class_counts(dataset, "valid"), (Counts{1180, 862, 411, 348, 289, 25, 60, 16}));
  EXPECT_EQ(report.problems(), 0) << text_of(report);
  const Sample sample = dataset.load(0);
  EXPECT_EQ(sample.image.size(), cv::Size(48, 48));
  EXPECT_EQ(sample.image.type(), CV_8UC1);
}

TEST(RealFerplus, SoftTargetsOfTheNewTable) {
  MIEN_FERPLUS_OR_SKIP(root);
  DatasetOptions options = ferplus(root, "crossentropy", false);
  options.vote_file = "fer2013new.csv";
  ReadReport report;
  const Dataset dataset = open_dataset(options, &report);
  // 27,956 rows of the table are kept, three of them under a name that another row has; validation stays at majority.
  EXPECT_EQ(select_split(dataset, "train").size(), 27953);
  EXPECT_EQ(select_split(dataset, "valid").size(), 3199);
  EXPECT_TRUE(contains(text_of(report), "left out 148: train: rows without an image name")) << text_of(report);
  EXPECT_TRUE(contains(text_of(report), "left out 3: train: name given before, same votes")) << text_of(report);
  EXPECT_EQ(report.problems(), 0) << text_of(report);
}

TEST(RealMux, ClassesAndSources) {
  const std::string root = data_folder("mux", "labels.csv");
  if (root.empty()) GTEST_SKIP() << "needs mux in the shared data folder";
  DatasetOptions options;
  options.spec = "csv:" + root;
  options.labels = "ferplus";
  ReadReport report;
  const Dataset all = open_dataset(options, &report);
  EXPECT_EQ(report.problems(), 0) << text_of(report);
  EXPECT_EQ(class_counts(all, ""), (Counts{5465, 4498, 292, 203, 200, 122, 15, 6}));
  Dataset press = select_indices(all, {}), film = press;
  std::set<std::string> people;
  const std::regex press_name(R"(.*_\d{4}\.jpg)");
  for (const auto& record : all.records) {
    people.insert(record.annotations.identity);
    (std::regex_match(record.id, press_name) ? press : film).records.push_back(record);
  }
  EXPECT_EQ(people.size(), 4390u);
  EXPECT_EQ(class_counts(press, ""), (Counts{5407, 4347, 286, 99, 180, 10, 8, 6}));
  EXPECT_EQ(class_counts(film, ""), (Counts{58, 151, 6, 104, 20, 112, 7, 0}));
  EXPECT_EQ(press.load(0).image.type(), CV_8UC1);
}

TEST(RealOpenFace, SampleFile) {
  const auto shared = testing::shared_folder();
  const fs::path file = shared ? *shared / "data" / "media" / "OpenFace_Test.csv" : fs::path();
  if (!fs::exists(file)) GTEST_SKIP() << "needs media in the shared data folder";
  const auto rows = read_openface_csv(file);
  ASSERT_EQ(rows.size(), 100u);
  EXPECT_EQ(rows[0].frame, 1);
  EXPECT_NEAR(rows[0].confidence, 0.883333, 1e-9);
  EXPECT_EQ(rows[0].points.at(0), cv::Point2f(277.276f, 181.19f));
  EXPECT_EQ(rows[0].points.at(67), cv::Point2f(329.36f, 236.823f));
  EXPECT_NEAR(rows[0].pose.value().translation_mm[2], 597.876, 1e-9);
  EXPECT_NEAR(rows[0].pose.value().rotation_rad[0], 0.29759, 1e-9);
  EXPECT_EQ(rows[99].intensities.size(), 18u);
  EXPECT_EQ(rows[99].presences.size(), 18u);
}

}  // namespace
}  // namespace mien
