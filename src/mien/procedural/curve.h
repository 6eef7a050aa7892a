// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstddef>
#include <vector>

namespace mien::procedural {

/// Points of the plane, in pixels or in model units.
using Curve = std::vector<cv::Point2d>;

/// A Catmull-Rom spline through all `knots` (2D or 3D), `steps` points for each of its pieces and the last knot: knot i is
/// point i * steps. The ends are continued by reflection.
template <typename Point>
std::vector<Point> spline(const std::vector<Point>& knots, int steps) {
  if (knots.size() < 3) return knots;
  const std::size_t n = knots.size();
  std::vector<Point> curve;
  curve.reserve((n - 1) * static_cast<std::size_t>(steps) + 1);
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const Point b = knots[i], c = knots[i + 1];
    const Point a = i > 0 ? knots[i - 1] : b * 2.0 - c;
    const Point d = i + 2 < n ? knots[i + 2] : c * 2.0 - b;
    for (int k = 0; k < steps; ++k) {
      const double t = static_cast<double>(k) / steps;
      curve.push_back(b + (c - a) * (0.5 * t) + (a * 2.0 - b * 5.0 + c * 4.0 - d) * (0.5 * t * t) +
                      (b * 3.0 - a - c * 3.0 + d) * (0.5 * t * t * t));
    }
  }
  curve.push_back(knots.back());
  return curve;
}

/// `count` points at equal distances along a polyline, its two ends included.
std::vector<cv::Point2d> equidistant(const Curve& line, int count);

/// The outline of a stroke along `line`: its half width is `half_width` times `profile`, which is spread evenly over the
/// line's points (a single value = constant).
Curve ribbon(const Curve& line, double half_width, const std::vector<double>& profile);

/// An ellipse turned by `angle_deg` (clockwise as displayed).
Curve ellipse(cv::Point2d centre, double radius_x, double radius_y, double angle_deg = 0, int points = 24);

/// All points moved by `offset`.
Curve shifted(Curve line, cv::Point2d offset);

/// `first` followed by `second`.
Curve joined(Curve first, const Curve& second);
Curve reversed(Curve line);

}  // namespace mien::procedural
