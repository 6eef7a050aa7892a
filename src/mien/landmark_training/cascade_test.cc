// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/landmark_training/cascade.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/face/landmark_model.h"
#include "mien/landmark_training/landmark_data.h"

namespace mien {
namespace {

TEST(Cascade, LearnsDrawnFacesItHasNotSeen) {
  Progress quiet;
  TemporaryFolder folder;
  const Dataset all = open_landmark_data("procedural:150");
  std::vector<std::int64_t> first, last;
  for (std::int64_t i = 0; i < 150; ++i) (i < 120 ? first : last).push_back(i);
  const Dataset train = select_indices(all, first), test = select_indices(all, last);
  CascadeOptions options;
  options.cascade_depth = 4;
  options.trees = 40;
  options.tree_depth = 3;
  options.oversampling = 4;
  options.feature_pool = 150;
  options.test_splits = 8;
  const auto file = folder.path() / "drawn.dat";
  const auto summary = train_cascade(train, reference_boxes(train), options, file, quiet);
  EXPECT_EQ(summary.faces, 120);
  EXPECT_EQ(summary.samples, 480);
  const auto model = make_landmark_model(file);
  const auto score = score_landmarks(test, reference_boxes(test), *model, quiet);
  const auto learnt = landmark_errors(score.answers);
  EXPECT_EQ(learnt.missing, 0);

  // What can be known without looking: the mean of the training faces' points in shares of their boxes.
  Points mean(68);
  const auto train_boxes = reference_boxes(train), test_boxes = reference_boxes(test);
  for (std::size_t i = 0; i < 120; ++i) {
    const Points points = load_landmark_face(train, static_cast<std::int64_t>(i)).annotations.landmarks;
    const cv::Rect2f& b = train_boxes.boxes[i]->box;
    for (int k = 0; k < 68; ++k)
      mean[k] += cv::Point2f((points[k].x - b.x) / b.width, (points[k].y - b.y) / b.height) * (1 / 120.0f);
  }
  auto answers = score.answers;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const cv::Rect2f& b = test_boxes.boxes[i]->box;
    for (int k = 0; k < 68; ++k) answers[i].found[k] = {b.x + mean[k].x * b.width, b.y + mean[k].y * b.height};
  }
  const double untrained = landmark_errors(answers).mean;
  EXPECT_LT(learnt.mean, 0.7 * untrained) << learnt.mean << " against " << untrained;
}

TEST(Cascade, SameSeedSameBytes) {
  Progress quiet;
  TemporaryFolder folder;
  const Dataset train = open_landmark_data("procedural:8");
  CascadeOptions options;
  options.cascade_depth = 2;
  options.trees = 3;
  options.tree_depth = 2;
  options.feature_pool = 40;
  train_cascade(train, reference_boxes(train), options, folder.path() / "a.dat", quiet);
  train_cascade(train, reference_boxes(train), options, folder.path() / "b.dat", quiet);
  EXPECT_EQ(read_bytes(folder.path() / "a.dat"), read_bytes(folder.path() / "b.dat"));
}

TEST(Cascade, NeedsABox) {
  Progress quiet;
  TemporaryFolder folder;
  const Dataset train = open_landmark_data("procedural:2");
  FaceBoxes none{"dlib", {std::nullopt, std::nullopt}};
  EXPECT_THROW(train_cascade(train, none, {}, folder.path() / "a.dat", quiet), Error);
  EXPECT_FALSE(fs::exists(folder.path() / "a.dat"));
}

}  // namespace
}  // namespace mien
