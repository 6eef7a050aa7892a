// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/landmark_training/scoring.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/landmark_training/landmark_data.h"
#include "mien/landmark_training/score_report.h"

namespace mien {
namespace {

/// Answers with a fixed shape stretched into whatever box it is given: what it says is known exactly.
class BoxModel : public LandmarkModel {
 public:
  std::string name() const override { return "box"; }
  FaceLandmarks find(const cv::Mat&, const Detection& detection, const std::string& detector) override {
    told = detector;
    FaceLandmarks found;
    for (int k = 0; k < 68; ++k)
      found.points.emplace_back(detection.box.x + detection.box.width * static_cast<float>(k) / 67, detection.box.y);
    return found;
  }
  FaceLandmarks follow(const cv::Mat&, const Points& previous) override { return {previous, {}, 1}; }
  std::unique_ptr<LandmarkModel> clone() const override { return std::make_unique<BoxModel>(*this); }
  std::string told;
};

class FixedDetector : public FaceDetector {
 public:
  explicit FixedDetector(std::vector<Detection> found) : found_(std::move(found)) {}
  std::string name() const override { return "fixed"; }
  std::vector<Detection> detect(const cv::Mat&) override { return found_; }
  std::unique_ptr<FaceDetector> clone() const override { return std::make_unique<FixedDetector>(found_); }

 private:
  std::vector<Detection> found_;
};

const Dataset& drawn() {
  static const Dataset dataset = open_landmark_data("procedural:6");
  return dataset;
}

TEST(Boxes, TheDetectionNearestToTheFaceIsTaken) {
  Progress quiet;
  const auto reference = reference_boxes(drawn());
  const cv::Rect2f face = reference.boxes[0]->box;
  Detection elsewhere, near, exact;
  elsewhere.box = {0, 0, 5, 5};
  elsewhere.score = 9;
  near.box = face + cv::Point2f(face.width / 4, 0);
  exact.box = face;
  FixedDetector detector({elsewhere, near, exact});
  const Dataset one = select_indices(drawn(), {0});
  const auto boxes = detected_boxes(one, detector, quiet);
  EXPECT_EQ(boxes.detector, "fixed");
  ASSERT_TRUE(boxes.boxes[0]);
  EXPECT_EQ(boxes.boxes[0]->box, face);
  FixedDetector blind({elsewhere});
  EXPECT_FALSE(detected_boxes(one, blind, quiet).boxes[0]);
}

TEST(Boxes, PerturbedWithinTheShare) {
  FaceBoxes boxes{"any", {}};
  for (int i = 0; i < 200; ++i) {
    Detection d;
    d.box = {10, 20, 100, 50};
    d.points.resize(5);
    boxes.boxes.emplace_back(d);
  }
  boxes.boxes.emplace_back(std::nullopt);
  const auto moved = perturbed_boxes(boxes, 0.1, 3);
  double most = 0, scale_most = 0;
  for (int i = 0; i < 200; ++i) {
    const cv::Rect2f& b = moved.boxes[i]->box;
    most = std::max<double>(most, std::abs(b.x + b.width / 2 - 60));
    scale_most = std::max<double>(scale_most, std::abs(b.width / 100 - 1));
    EXPECT_NEAR(b.width / b.height, 2, 1e-4);
    EXPECT_TRUE(moved.boxes[i]->points.empty());
  }
  EXPECT_LE(most, 10.001);
  EXPECT_GT(most, 9);
  EXPECT_LE(scale_most, 0.1001);
  EXPECT_GT(scale_most, 0.09);
  EXPECT_FALSE(moved.boxes[200]);
  EXPECT_EQ(perturbed_boxes(boxes, 0.1, 3).boxes[7]->box, moved.boxes[7]->box);
  EXPECT_NE(perturbed_boxes(boxes, 0.1, 3, 1).boxes[7]->box, moved.boxes[7]->box);
  EXPECT_THROW(perturbed_boxes(boxes, 0.5, 3), Error);
}

TEST(Scoring, PassesBoxesOnAndKeepsMissingFaces) {
  Progress quiet;
  auto boxes = reference_boxes(drawn());
  boxes.boxes[4].reset();
  BoxModel model;
  const auto score = score_landmarks(drawn(), boxes, model, quiet);
  EXPECT_EQ(model.told, "reference");
  ASSERT_EQ(score.answers.size(), 6u);
  EXPECT_TRUE(score.answers[4].found.empty());
  EXPECT_FLOAT_EQ(score.answers[1].found[67].x, boxes.boxes[1]->box.br().x);
  EXPECT_GE(score.median_ms, 0);
  boxes.boxes.pop_back();
  EXPECT_THROW(score_landmarks(drawn(), boxes, model, quiet), Error);
}

TEST(Unsteadiness, SpreadByHand) {
  // Two sets 6 px apart: every point is 3 px from the mean.
  Points a(68, {1, 2}), b(68, {7, 2});
  EXPECT_NEAR(spread_of({a, b}), 3, 1e-9);
  // One point of 68 moves by 4 px, +-2 about its mean: sqrt(4 / 68).
  b = a;
  b[5].y += 4;
  EXPECT_NEAR(spread_of({a, b}), 2 / std::sqrt(68.0), 1e-9);
}

TEST(Unsteadiness, EqualsTheSpreadOfTheBoxesForAModelThatCopiesThem) {
  Progress quiet;
  const auto boxes = reference_boxes(drawn());
  BoxModel model;
  const auto measured = measure_unsteadiness(drawn(), boxes, model, {.share = 0.05, .repeats = 8}, quiet);
  EXPECT_EQ(measured.n, 6);
  // Middle: uniform +-5 % of the side on each axis; horizontal positions also scale. Within a factor of the expected size.
  double expected = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    const cv::Rect2f& b = boxes.boxes[i]->box;
    const double sd = 0.05 / std::sqrt(3.0);
    const double eyes = inter_ocular_distance(load_landmark_face(drawn(), static_cast<std::int64_t>(i)).annotations.landmarks);
    // var x = sd^2 w^2 (1 + E[(t-1/2)^2]), var y (upper edge) = sd^2 h^2 (1 + 1/4), t uniform over the box
    expected += sd * std::sqrt(b.width * b.width * (1 + 1.0 / 12) + b.height * b.height * 1.25) / eyes / 6;
  }
  EXPECT_NEAR(measured.mean / expected, 1, 0.25);
  EXPECT_EQ(measure_unsteadiness(drawn(), boxes, model, {.share = 0, .repeats = 3}, quiet).mean, 0);
  EXPECT_THROW(measure_unsteadiness(drawn(), boxes, model, {.repeats = 1}, quiet), Error);
}

TEST(ScoreReport, RowsMatchColumnsAndPagesHoldTheCurve) {
  Progress quiet;
  BoxModel model;
  const auto boxes = reference_boxes(drawn());
  const auto result = landmark_result("box", boxes.detector, score_landmarks(drawn(), boxes, model, quiet), {});
  const auto rows = result_rows({result});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].size(), result_columns().size());
  EXPECT_EQ(rows[0][2], "6");
  const std::string csv = faces_csv({result});
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 7);
  EXPECT_NE(error_curves_html({result}, 0.08).find("box (reference)"), std::string::npos);
}

}  // namespace
}  // namespace mien
