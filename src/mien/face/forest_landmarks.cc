// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/forest_landmarks.h"

#include <algorithm>
#include <cmath>

#include "mien/base/error.h"
#include "mien/face/face_frame.h"
#include "mien/face/shape_forest.h"
#include "mien/image/color.h"

namespace mien {

namespace {

constexpr int kMostPasses = 3;
constexpr double kSettled = 0.025;  // change of a pass, in distances of the outer eye corners
constexpr double kDoubtful =
    0.028;  // change at which the confidence is one half: 1 % of faces change more, 10 % of other places less
constexpr double kSideStep = 0.12;     // of the frame: where to begin again when the search does not settle
constexpr double kSurroundings = 0.7;  // of the face, on each side: as far as trees read pixels

/// The part of the image that matters, in gray, and where it lies.
struct GrayPart {
  cv::Mat gray;
  cv::Point2f origin;
};

GrayPart gray_about(const cv::Mat& image, const Points& points) {
  if (image.empty()) throw Error(ErrorCode::usage, "landmarks: the image is empty");
  const cv::Rect2f box = bounding_box(points);
  const double margin = kSurroundings * std::max(box.width, box.height);
  const auto inside = [](double value, int size) { return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(size))); };
  const cv::Point low(inside(std::floor(box.x - margin), image.cols), inside(std::floor(box.y - margin), image.rows));
  const cv::Point high(inside(std::ceil(box.x + box.width + margin), image.cols),
                       inside(std::ceil(box.y + box.height + margin), image.rows));
  const cv::Rect area(low, high);
  return {area.empty() ? cv::Mat() : to_gray(image(area)), cv::Point2f(area.tl())};
}

Points moved(Points points, cv::Point2f by) {
  for (auto& p : points) p += by;
  return points;
}

double change(const Points& before, const Points& after) {
  double sum = 0;
  for (std::size_t i = 0; i < after.size(); ++i) sum += cv::norm(after[i] - before[i]);
  return sum / static_cast<double>(after.size()) / std::max(inter_ocular_distance(after), 1e-6);
}

/// The trees are told nothing about whether there is a face. On a face, placing the points, laying the frame anew about them and
/// placing them again changes little; elsewhere the points wander. So the last change stands for doubt.
class ForestLandmarks final : public LandmarkModel {
 public:
  explicit ForestLandmarks(std::shared_ptr<const ShapeForest> forest) : forest_(std::move(forest)) {}

  std::string name() const override { return "forest"; }
  std::unique_ptr<LandmarkModel> clone() const override { return std::make_unique<ForestLandmarks>(forest_); }

  FaceLandmarks find(const cv::Mat& image, const Detection& detection, const std::string& detector) override {
    const Points start = expected_landmarks(detection, detector);
    const GrayPart part = gray_about(image, start);
    const Points local = moved(start, -part.origin);
    Settled best = settle(part.gray, local);
    // A tight box about a turned head says little about where its eyes are.
    const cv::Point2f right(static_cast<float>(kSideStep * bounding_box(start).width), 0);
    for (const auto& step : {-right, right}) {
      if (best.change <= kSettled) break;
      Settled other = settle(part.gray, moved(local, step));
      if (other.change < best.change) best = std::move(other);
    }
    return answer(std::move(best), part.origin);
  }

  FaceLandmarks follow(const cv::Mat& image, const Points& previous68) override {
    require_68(previous68, "following landmarks");
    const GrayPart part = gray_about(image, previous68);
    return answer(settle(part.gray, moved(previous68, -part.origin)), part.origin);
  }

 private:
  struct Settled {
    Points points;
    double change = 0;  ///< of the last pass
  };

  Points pass(const cv::Mat& gray, const Points& about) const {
    return forest_->place(gray, least_squares_similarity(forest_->mean_shape(), about));
  }

  Settled settle(const cv::Mat& gray, const Points& start) const {
    Settled now{pass(gray, start), 1};
    for (int passes = 1; passes < kMostPasses && now.change > kSettled; ++passes) {
      Points next = pass(gray, now.points);
      now.change = change(now.points, next);
      now.points = std::move(next);
    }
    return now;
  }

  static FaceLandmarks answer(Settled settled, cv::Point2f origin) {
    FaceLandmarks result;
    result.points = moved(std::move(settled.points), origin);
    result.confidence = static_cast<float>(1 / (1 + std::pow(settled.change / kDoubtful, 4)));
    return result;
  }

  std::shared_ptr<const ShapeForest> forest_;
};

}  // namespace

std::unique_ptr<LandmarkModel> load_forest_landmarks(const std::filesystem::path& file) {
  auto forest = std::make_shared<const ShapeForest>(ShapeForest::read(file));
  if (forest->mean_shape().size() != 68)
    throw Error(ErrorCode::bad_file, file.string() + ": a shape predictor with " + std::to_string(forest->mean_shape().size()) +
                                         " points, expected 68");
  return std::make_unique<ForestLandmarks>(std::move(forest));
}

}  // namespace mien
