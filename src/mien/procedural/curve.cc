// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/curve.h"

#include <algorithm>
#include <cmath>

namespace mien::procedural {

std::vector<cv::Point2d> equidistant(const Curve& line, int count) {
  std::vector<double> length(line.size(), 0.0);
  for (std::size_t i = 1; i < line.size(); ++i) length[i] = length[i - 1] + cv::norm(line[i] - line[i - 1]);
  Curve points;
  std::size_t piece = 1;
  for (int k = 0; k < count; ++k) {
    const double at = length.back() * k / (count - 1);
    while (piece + 1 < line.size() && length[piece] < at) ++piece;
    const double step = length[piece] - length[piece - 1];
    const double t = step > 0 ? std::clamp((at - length[piece - 1]) / step, 0.0, 1.0) : 0.0;
    points.push_back(line[piece - 1] * (1 - t) + line[piece] * t);
  }
  return points;
}

Curve ribbon(const Curve& line, double half_width, const std::vector<double>& profile) {
  const std::size_t n = line.size();
  Curve upper(n), lower(n);
  for (std::size_t i = 0; i < n; ++i) {
    cv::Point2d along = line[std::min(i + 1, n - 1)] - line[i > 0 ? i - 1 : 0];
    const double length = cv::norm(along);
    if (length > 0) along *= 1 / length;
    const double position =
        profile.size() < 2 ? 0 : static_cast<double>(i) / static_cast<double>(n - 1) * static_cast<double>(profile.size() - 1);
    const std::size_t left = std::min(static_cast<std::size_t>(position), profile.size() - 1);
    const std::size_t right = std::min(left + 1, profile.size() - 1);
    const double t = position - static_cast<double>(left);
    const double half = half_width * (profile[left] * (1 - t) + profile[right] * t);
    const cv::Point2d across(-along.y * half, along.x * half);
    upper[i] = line[i] + across;
    lower[n - 1 - i] = line[i] - across;
  }
  return joined(std::move(upper), lower);
}

Curve ellipse(cv::Point2d centre, double radius_x, double radius_y, double angle_deg, int points) {
  const double c = std::cos(angle_deg * CV_PI / 180), s = std::sin(angle_deg * CV_PI / 180);
  Curve outline;
  for (int i = 0; i < points; ++i) {
    const double a = 2 * CV_PI * i / points, x = radius_x * std::cos(a), y = radius_y * std::sin(a);
    outline.push_back(centre + cv::Point2d(c * x - s * y, s * x + c * y));
  }
  return outline;
}

Curve shifted(Curve line, cv::Point2d offset) {
  for (auto& point : line) point += offset;
  return line;
}

Curve joined(Curve first, const Curve& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Curve reversed(Curve line) {
  std::reverse(line.begin(), line.end());
  return line;
}

}  // namespace mien::procedural
