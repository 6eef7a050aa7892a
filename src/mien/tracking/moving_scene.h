// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "mien/base/random.h"
#include "mien/face/landmark_model.h"
#include "mien/procedural/face.h"

namespace mien {

/// Tests only: drawn faces on cards that move over a picture, with the truth about them.
struct Card {
  ProceduralFace face;
  cv::Point at;  ///< of the card's upper left corner in the picture

  Points points() const {
    Points moved = face.landmarks;
    for (auto& p : moved) p += cv::Point2f(at);
    return moved;
  }
  cv::Rect2f box() const { return bounding_box(points()); }
};

inline Card card_of(int person, int expression = 0, int size_px = 120) {
  return {draw_expression(77, person, expression, {.size_px = size_px, .noise = 0}), {}};
}

/// Smooth random background, the same for the same key.
inline cv::Mat background(cv::Size size, std::uint64_t key) {
  static std::map<std::tuple<int, int, std::uint64_t>, cv::Mat> painted;
  cv::Mat& image = painted[{size.width, size.height, key}];
  if (!image.empty()) return image.clone();
  Random random(key);
  image.create(size, CV_8UC3);
  double phases[6], speeds[6];
  for (int i = 0; i < 6; ++i) phases[i] = random.uniform(0, 6), speeds[i] = random.uniform(0.01, 0.05);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x)
      for (int c = 0; c < 3; ++c)
        image.at<cv::Vec3b>(y, x)[c] = cv::saturate_cast<std::uint8_t>(
            120 + 40 * std::sin(phases[c] + speeds[c] * x) + 40 * std::sin(phases[c + 3] + speeds[c + 3] * y + 0.01 * x));
  return image.clone();
}

inline void paste(const Card& card, cv::Mat& image) {
  const cv::Rect place = cv::Rect(card.at, card.face.image.size()) & cv::Rect({0, 0}, image.size());
  if (!place.empty()) card.face.image(place - card.at).copyTo(image(place));
}

/// What the model of landmarks can see in the present frame.
struct Truth {
  std::vector<Points> faces;
};

/// Knows the truth. Follows as real models do: to the nearest visible face when it is near enough, and otherwise it makes
/// something up where the face was.
class KnowingModel final : public LandmarkModel {
 public:
  explicit KnowingModel(std::shared_ptr<const Truth> truth, double jitter_px = 0)
      : truth_(std::move(truth)), jitter_px_(jitter_px) {}
  std::string name() const override { return "knowing"; }
  FaceLandmarks find(const cv::Mat&, const Detection& detection, const std::string&) override {
    const cv::Point2f centre = (detection.box.tl() + detection.box.br()) * 0.5F;
    const Points* nearest = nearest_to(centre, detection.box.width);
    FaceLandmarks found;
    if (nearest != nullptr) found.points = shaken(*nearest);
    return found;
  }
  FaceLandmarks follow(const cv::Mat&, const Points& previous68) override {
    const cv::Rect2f box = bounding_box(previous68);
    const Points* nearest = nearest_to((box.tl() + box.br()) * 0.5F, 0.7 * box.width);
    return {nearest != nullptr ? shaken(*nearest) : previous68, {}, 1};
  }
  std::unique_ptr<LandmarkModel> clone() const override { return std::make_unique<KnowingModel>(truth_, jitter_px_); }

 private:
  Points shaken(Points points) {
    for (auto& p : points)
      p += cv::Point2f(static_cast<float>(jitter_px_ * random_.normal()), static_cast<float>(jitter_px_ * random_.normal()));
    return points;
  }
  const Points* nearest_to(cv::Point2f centre, double within) const {
    const Points* best = nullptr;
    for (const auto& face : truth_->faces) {
      const cv::Rect2f box = bounding_box(face);
      const double distance = cv::norm((box.tl() + box.br()) * 0.5F - centre);
      if (distance < within) best = &face, within = distance;
    }
    return best;
  }

  std::shared_ptr<const Truth> truth_;
  double jitter_px_;
  Random random_{5};
};

}  // namespace mien
