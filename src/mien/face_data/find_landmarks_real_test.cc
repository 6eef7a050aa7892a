// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/face_data/find_landmarks.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

/// The packaged model, or null where the package is not installed.
std::unique_ptr<LandmarkModel> packaged_model() {
  try {
    return make_landmark_model();
  } catch (const Error&) {
    return nullptr;
  }
}

TEST(FindLandmarksReal, SeesPeopleAndNoCats) {
  const auto shared = testing::shared_folder();
  const fs::path media = shared ? *shared / "data" / "media" : fs::path();
  if (!fs::exists(media / "lisa1.jpg")) GTEST_SKIP() << "needs media in the shared data folder";
  const auto model = packaged_model();
  if (!model) GTEST_SKIP() << "needs dlib's landmark model (package libdlib-data)";
  Dataset dataset;
  dataset.name = "media";
  dataset.source = file_sample_source();
  const std::vector<std::string> people = {"lisa1.jpg", "lisa3.jpg", "zoom_60cm.jpg", "astronaut.png", "grace_hopper.bmp"};
  for (std::string name :
       {"lisa1.jpg", "lisa3.jpg", "zoom_60cm.jpg", "astronaut.png", "grace_hopper.bmp", "cat.bmp", "boxes.csv"}) {
    Record record;
    record.id = name;
    record.source.file = (media / name).string();
    dataset.records.push_back(record);
  }
  TemporaryFolder folder;
  Progress silent;
  const auto summary = find_landmarks(dataset, *make_face_detector(), *model, folder.path() / "out", {}, silent);
  EXPECT_EQ(summary.counts.at(LandmarkStatus::found), 5);
  EXPECT_EQ(summary.counts.at(LandmarkStatus::no_face), 1);
  EXPECT_EQ(summary.counts.at(LandmarkStatus::unreadable), 1);
  std::map<std::string, LandmarkRow> rows;
  for (const auto& row : read_landmark_table(folder.path() / "out" / "landmarks.csv")) rows[row.id] = row;
  // lisa3 is the picture of lisa1, smaller and turned counter-clockwise.
  EXPECT_NEAR(rows["lisa1.jpg"].roll_deg, 0, 4);
  EXPECT_NEAR(rows["lisa3.jpg"].roll_deg, -20, 5);
  for (const auto& name : people) {
    EXPECT_LT(std::abs(rows[name].yaw_deg), 10) << name;
    EXPECT_LT(std::abs(rows[name].pitch_deg), 15) << name;
    EXPECT_GT(rows[name].quality, 0.4) << name;
    EXPECT_LT(rows[name].points[36].x, rows[name].points[45].x) << name;
  }
  EXPECT_GT(rows["lisa1.jpg"].size_px, 1.5 * rows["astronaut.png"].size_px);
}

}  // namespace
}  // namespace mien
