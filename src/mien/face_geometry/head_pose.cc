// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/head_pose.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mien/base/error.h"
#include "mien/face_geometry/head_fit.h"

namespace mien {

namespace {

constexpr double kDegrees = 180 / std::numbers::pi;
/// A face that seems to be nearer than this to an unknown camera is rather part of a larger picture, or was taken with a long
/// lens.
constexpr double kNearestMm = 600;

/// The rotation as seen along the line of sight to the head instead of the camera's axis.
cv::Matx33d seen_from_camera(const HeadPlacement& place) {
  const cv::Vec3d sight = cv::normalize(place.translation);
  const double sine = std::hypot(sight[0], sight[1]), cosine = sight[2];
  if (sine < 1e-12) return place.rotation;
  // Turns `sight` onto the z axis, about the axis sight x z (Rodrigues' formula).
  const double x = sight[1] / sine, y = -sight[0] / sine, rest = 1 - cosine;
  const cv::Matx33d turn(cosine + x * x * rest, x * y * rest, y * sine, x * y * rest, cosine + y * y * rest, -x * sine, -y * sine,
                         x * sine, cosine);
  return turn * place.rotation;
}

}  // namespace

HeadPose estimate_head_pose(const Points& points68, cv::Size image, double focal_px) {
  if (image.width <= 0 || image.height <= 0) throw Error(ErrorCode::usage, "head pose: the image's size is needed");
  PinholeCamera camera{focal_px > 0 ? focal_px : image.width, {0.5 * (image.width - 1), 0.5 * (image.height - 1)}};
  HeadPlacement place = fit_head(points68, camera);
  if (!(focal_px > 0) && place.translation[2] < kNearestMm) {
    camera.focal_px *= kNearestMm / place.translation[2];
    place = fit_head(points68, camera);
  }
  HeadPose pose;
  // rotation = turn about z by roll, about x by pitch, about y by -yaw
  const cv::Matx33d r = seen_from_camera(place);
  pose.pitch_deg = std::asin(std::clamp(r(2, 1), -1.0, 1.0)) * kDegrees;
  pose.yaw_deg = std::atan2(r(2, 0), r(2, 2)) * kDegrees;
  pose.roll_deg = std::atan2(-r(0, 1), r(1, 1)) * kDegrees;
  pose.translation_mm = place.translation;
  pose.reprojection_error_px = place.error_px;
  return pose;
}

}  // namespace mien
