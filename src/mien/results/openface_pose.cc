// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/openface_pose.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mien {
namespace {

cv::Matx33d about_x(double a) { return {1, 0, 0, 0, std::cos(a), -std::sin(a), 0, std::sin(a), std::cos(a)}; }
cv::Matx33d about_y(double a) { return {std::cos(a), 0, std::sin(a), 0, 1, 0, -std::sin(a), 0, std::cos(a)}; }
cv::Matx33d about_z(double a) { return {std::cos(a), -std::sin(a), 0, std::sin(a), std::cos(a), 0, 0, 0, 1}; }

/// The smallest turn that takes the camera's axis z to `direction`.
cv::Matx33d turn_to(const cv::Vec3d& direction) {
  const double length = cv::norm(direction);
  if (!(length > 0)) return cv::Matx33d::eye();
  const cv::Vec3d d = direction * (1 / length), axis(-d[1], d[0], 0);  // z cross d
  const double sine = cv::norm(axis);
  if (sine < 1e-12) return cv::Matx33d::eye();
  const cv::Vec3d k = axis * (1 / sine);
  const cv::Matx33d cross(0, -k[2], k[1], k[2], 0, -k[0], -k[1], k[0], 0);
  return cv::Matx33d::eye() + sine * cross + (1 - d[2]) * (cross * cross);
}

}  // namespace

cv::Vec3d openface_rotation(const HeadPose& pose) {
  const double radians = std::numbers::pi / 180;
  const cv::Matx33d seen =
      about_z(pose.roll_deg * radians) * about_x(pose.pitch_deg * radians) * about_y(-pose.yaw_deg * radians);
  const cv::Matx33d r = turn_to(pose.translation_mm) * seen;
  return {std::atan2(-r(1, 2), r(2, 2)), std::asin(std::clamp(r(0, 2), -1.0, 1.0)), std::atan2(-r(0, 1), r(0, 0))};
}

}  // namespace mien
