// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/landmark_training/scoring.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "mien/base/error.h"
#include "mien/base/random.h"
#include "mien/landmark_training/landmark_data.h"

namespace mien {
namespace {

double overlap(const cv::Rect2f& a, const cv::Rect2f& b) {
  const double common = (a & b).area();
  return common > 0 ? common / (a.area() + b.area() - common) : 0;
}

/// The share of the points that lie in the box.
double share_inside(const cv::Rect2f& box, const Points& points) {
  const auto inside = std::count_if(points.begin(), points.end(), [&](const cv::Point2f& p) { return box.contains(p); });
  return static_cast<double>(inside) / static_cast<double>(points.size());
}

/// How well a box fits a face: its overlap with the tight box of the 68 points; of a few points that box says too little, then the share
/// of them that lies in it.
double fit_of(const cv::Rect2f& box, const Points& reference) {
  const Points known = known_points(reference);
  return known.size() == 68 ? overlap(box, bounding_box(known)) : share_inside(box, known);
}

std::optional<Detection> nearest(const std::vector<Detection>& found, const Points& reference, double least) {
  std::optional<Detection> best;
  double best_fit = least;
  for (const auto& d : found)
    if (const double fit = fit_of(d.box, reference); fit >= best_fit && (!best || fit > best_fit)) {
      best = d;
      best_fit = fit;
    }
  return best;
}

void check_sizes(const Dataset& dataset, const FaceBoxes& boxes) {
  if (static_cast<std::int64_t>(boxes.boxes.size()) != dataset.size())
    throw Error(ErrorCode::usage, fmt::format("landmark scores: {} boxes for {} faces", boxes.boxes.size(), dataset.size()));
}

double median(std::vector<double> values) {
  if (values.empty()) return NAN;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

FaceBoxes detected_boxes(const Dataset& dataset, FaceDetector& detector, Progress& progress, double least_overlap) {
  FaceBoxes result{detector.name(), {}};
  progress.begin("detecting faces", dataset.size());
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const Sample sample = load_scored_face(dataset, i);
    result.boxes.push_back(nearest(detector.detect(sample.image), sample.annotations.landmarks, least_overlap));
    progress.advance(i + 1, "");
  }
  const auto found = std::count_if(result.boxes.begin(), result.boxes.end(), [](const auto& box) { return box.has_value(); });
  progress.end(fmt::format("{} found {} of {} faces", result.detector, found, dataset.size()));
  return result;
}

FaceBoxes reference_boxes(const Dataset& dataset) {
  FaceBoxes result{"reference", {}};
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const Points& known = dataset.records[static_cast<std::size_t>(i)].annotations.landmarks;
    Detection detection;
    detection.box = bounding_box(known_points(known).size() == 68 ? known : load_landmark_face(dataset, i).annotations.landmarks);
    detection.score = 1;
    result.boxes.emplace_back(detection);
  }
  return result;
}

FaceBoxes perturbed_boxes(const FaceBoxes& boxes, double share, std::uint64_t seed, int repeat) {
  if (!(share >= 0 && share < 0.5))
    throw Error(ErrorCode::usage, fmt::format("boxes can be perturbed by 0 to 0.5, found {}", share));
  FaceBoxes result = boxes;
  for (std::size_t i = 0; i < result.boxes.size(); ++i) {
    if (!result.boxes[i]) continue;
    Random random(seed, i, static_cast<std::uint64_t>(repeat));
    cv::Rect2f& box = result.boxes[i]->box;
    const double scale = random.uniform(1 - share, 1 + share);
    const double x = box.x + box.width * (0.5 + random.uniform(-share, share));
    const double y = box.y + box.height * (0.5 + random.uniform(-share, share));
    const double width = box.width * scale, height = box.height * scale;
    box = cv::Rect2f(cv::Rect2d(x - width / 2, y - height / 2, width, height));
    result.boxes[i]->points.clear();
  }
  return result;
}

LandmarkScore score_landmarks(const Dataset& dataset, const FaceBoxes& boxes, LandmarkModel& model, Progress& progress) {
  check_sizes(dataset, boxes);
  LandmarkScore score;
  std::vector<double> milliseconds;
  progress.begin("placing landmarks", dataset.size());
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const Sample sample = load_scored_face(dataset, i);
    LandmarkAnswer answer{sample.id, sample.annotations.identity, sample.annotations.landmarks, {}};
    if (const auto& box = boxes.boxes[static_cast<std::size_t>(i)]) {
      const auto begin = std::chrono::steady_clock::now();
      answer.found = model.find(sample.image, *box, boxes.detector).points;
      milliseconds.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    score.answers.push_back(std::move(answer));
    progress.advance(i + 1, "");
  }
  progress.end("");
  score.median_ms = median(std::move(milliseconds));
  return score;
}

double spread_of(const std::vector<Points>& sets) {
  double sum = 0;
  for (int k = 0; k < 68; ++k) {
    cv::Point2d mean;
    for (const auto& points : sets) mean += cv::Point2d(points[k]) * (1.0 / static_cast<double>(sets.size()));
    for (const auto& points : sets) {
      const cv::Point2d d = cv::Point2d(points[k]) - mean;
      sum += d.dot(d);
    }
  }
  return std::sqrt(sum / (68.0 * static_cast<double>(sets.size())));
}

Unsteadiness measure_unsteadiness(const Dataset& dataset, const FaceBoxes& boxes, LandmarkModel& model,
                                  const UnsteadinessOptions& options, Progress& progress) {
  check_sizes(dataset, boxes);
  if (options.repeats < 2) throw Error(ErrorCode::usage, "unsteadiness needs at least two looks at a face");
  std::vector<FaceBoxes> perturbed;
  for (int r = 0; r < options.repeats; ++r) perturbed.push_back(perturbed_boxes(boxes, options.share, options.seed, r));
  // The spread is told as the error of an answer all of whose points are off by it: the metric's intervals then serve here, too.
  std::vector<LandmarkAnswer> spreads;
  progress.begin("moving boxes", dataset.size());
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    progress.advance(i + 1, "");
    const auto face = static_cast<std::size_t>(i);
    if (!boxes.boxes[face]) continue;
    const Sample sample = load_scored_face(dataset, i);
    std::vector<Points> sets;
    for (const auto& one : perturbed) sets.push_back(model.find(sample.image, *one.boxes[face], boxes.detector).points);
    LandmarkAnswer answer{sample.id, sample.annotations.identity, sample.annotations.landmarks, sample.annotations.landmarks};
    const auto spread = static_cast<float>(spread_of(sets));
    for (auto& p : answer.found) p = std::isfinite(p.x) ? p + cv::Point2f(spread, 0) : cv::Point2f();
    spreads.push_back(std::move(answer));
  }
  progress.end("");
  if (spreads.empty()) return {0, NAN, {NAN, NAN}};
  const LandmarkErrors errors = landmark_errors(spreads, {.seed = options.seed});
  return {errors.n, errors.mean, errors.mean_interval};
}

}  // namespace mien
