// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "mien/face/landmark_network.h"
#include "mien/landmark_training/landmark_data.h"
#include "mien/landmark_training/scoring.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

std::filesystem::path landmarks68() {
  const auto shared = testing::shared_folder();
  return shared ? *shared / "data" / "landmarks68" : std::filesystem::path();
}
std::filesystem::path shipped_network() { return testing::source_folder() / "models" / "mien-landmarks68.onnx"; }

#define MIEN_LANDMARKS_OR_SKIP()                                                                                                \
  if (!std::filesystem::exists(landmarks68() / "landmarks.csv")) GTEST_SKIP() << "needs landmarks68 in the shared data folder"; \
  if (!std::filesystem::exists(shipped_network())) GTEST_SKIP() << "needs models/mien-landmarks68.onnx"

/// Every eighth face of the validation third.
Dataset some_faces() {
  const Dataset valid = select_split(read_landmark_list(landmarks68()), "valid");
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < valid.size(); i += 8) chosen.push_back(i);
  return select_indices(valid, chosen);
}

// Counts of the README that comes with the data.
TEST(RealLandmarks, AllFacesAreRead) {
  if (!std::filesystem::exists(landmarks68() / "landmarks.csv")) GTEST_SKIP() << "needs landmarks68 in the shared data folder";
  const Dataset all = read_landmark_list(landmarks68());
  EXPECT_EQ(all.size(), 3377);
  std::set<std::string> people;
  for (const auto& record : all.records) people.insert(record.annotations.identity);
  EXPECT_EQ(people.size(), 277u);
}

// docs/results/landmarks.md has the figures on all faces; these limits leave room for the choice of faces.
TEST(RealLandmarks, ShippedNetworkIsAsGoodAsItsCardSays) {
  MIEN_LANDMARKS_OR_SKIP();
  Progress quiet;
  const Dataset faces = some_faces();
  const auto model = load_landmark_network(shipped_network());
  const auto boxes = reference_boxes(faces);
  const auto score = score_landmarks(faces, boxes, *model, quiet);
  EXPECT_LT(landmark_errors(score.answers, {.remove_offset = true}).mean, 0.055);
  EXPECT_LT(measure_unsteadiness(faces, boxes, *model, {.repeats = 4}, quiet).mean, 0.02);
}

// Counts of the README that comes with the data; point 18 of the table is the left eye's outer corner, 87 and 93 are the mouth's.
TEST(RealLandmarks, HandPlacedPointsAreReadThroughTheirMap) {
  const auto shared = testing::shared_folder();
  const auto london = shared ? *shared / "data" / "london" : std::filesystem::path();
  if (!std::filesystem::exists(london / "landmark_map68.csv")) GTEST_SKIP() << "needs london in the shared data folder";
  const Dataset exact = read_landmark_list(london), all = read_landmark_list(london, Counterparts::all);
  EXPECT_EQ(exact.size(), 51);
  const Sample first = load_scored_face(exact, 0);
  EXPECT_EQ(first.annotations.identity, "001");
  EXPECT_EQ(known_points(first.annotations.landmarks).size(), 15u);
  EXPECT_EQ(known_points(load_scored_face(all, 0).annotations.landmarks).size(), 32u);
  for (std::int64_t i = 0; i < exact.size(); ++i) {
    const Points points = load_scored_face(exact, i).annotations.landmarks;
    EXPECT_LT(points[36].x, points[39].x);  // from left to right, the mouth below the eyes
    EXPECT_LT(points[39].x, points[42].x);
    EXPECT_LT(points[42].x, points[45].x);
    EXPECT_GT(points[48].y, points[36].y);
    EXPECT_GT(points[54].x, points[48].x);
  }
}

TEST(RealLandmarks, ConfidenceTellsFacesFromNone) {
  MIEN_LANDMARKS_OR_SKIP();
  const Dataset faces = some_faces();
  const auto model = load_landmark_network(shipped_network());
  const auto boxes = reference_boxes(faces);
  int sure = 0;
  for (std::int64_t i = 0; i < faces.size(); ++i)
    sure += model->find(faces.load(i).image, *boxes.boxes[static_cast<std::size_t>(i)], "reference").confidence > 0.5f ? 1 : 0;
  EXPECT_GT(sure, 0.95 * static_cast<double>(faces.size()));
  Detection box;
  box.box = {20, 20, 150, 150};
  cv::Mat noise(200, 200, CV_8UC1);
  cv::theRNG().state = 5;
  cv::randu(noise, 0, 255);
  EXPECT_LT(model->find(noise, box, "reference").confidence, 0.5f);
  EXPECT_LT(model->find(cv::Mat(200, 200, CV_8UC1, cv::Scalar(90)), box, "reference").confidence, 0.5f);
}

}  // namespace
}  // namespace mien
