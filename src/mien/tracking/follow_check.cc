// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/follow_check.h"

#include <algorithm>
#include <cmath>

#include "mien/base/error.h"
#include "mien/face_geometry/alignment.h"

namespace mien {

namespace {

constexpr double kSmallestPx = 8;     // outer eye corners: below that there is nothing to compare
constexpr double kInside = 0.5;       // share of the points
constexpr double kSizeChange = 1.35;  // from frame to frame
constexpr double kLeap = 1.0;         // of the centre, in inter-ocular distances
constexpr double kShapeChange = 0.2;  // mean distance after the best similarity, in inter-ocular distances

cv::Point2f centre_of(const Points& points) {
  cv::Point2f sum;
  for (const auto& p : points) sum += p;
  return sum * (1.0F / static_cast<float>(points.size()));
}

}  // namespace

double overlap(const cv::Rect2f& a, const cv::Rect2f& b) {
  const double common = (a & b).area(), all = a.area() + b.area() - common;
  return common > 0 && all > 0 ? common / all : 0;
}

bool plausible_face(const Points& points68, cv::Size image) {
  if (points68.size() != 68) return false;
  int inside = 0;
  for (const auto& p : points68) {
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) return false;
    if (p.x >= 0 && p.y >= 0 && p.x <= static_cast<float>(image.width - 1) && p.y <= static_cast<float>(image.height - 1))
      ++inside;
  }
  return inside >= kInside * 68 && inter_ocular_distance(points68) >= kSmallestPx;
}

double mean_distance(const Points& a, const Points& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += cv::norm(a[i] - b[i]);
  return sum / (static_cast<double>(a.size()) * inter_ocular_distance(a));
}

bool plausible_motion(const Points& before, const Points& now) {
  const double size = inter_ocular_distance(before);
  if (cv::norm(centre_of(now) - centre_of(before)) > kLeap * size) return false;
  const Affine motion = fit_similarity(before, now);
  const double scale = std::hypot(motion(0, 0), motion(1, 0));
  if (scale > kSizeChange || scale < 1 / kSizeChange) return false;
  return mean_distance(apply_affine(motion, before), now) < kShapeChange;
}

cv::Rect2f carry_box(const cv::Rect2f& box, const Points& before, const Points& now) {
  Affine motion = identity_affine();
  try {
    motion = fit_upright(before, now);
  } catch (const Error&) {  // turned by 90 degrees: the size stays, the centre moves
    const cv::Point2f shift = centre_of(now) - centre_of(before);
    return box + shift;
  }
  const auto scale = static_cast<float>(motion(0, 0));
  // A box's border lies half a pixel beside the centres of the pixels it holds, points are such centres.
  return {scale * (box.x - 0.5F) + static_cast<float>(motion(0, 2)) + 0.5F,
          scale * (box.y - 0.5F) + static_cast<float>(motion(1, 2)) + 0.5F, scale * box.width, scale * box.height};
}

}  // namespace mien
