// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include "mien/face_geometry/points.h"

namespace mien {

struct PinholeCamera {
  double focal_px = 0;
  cv::Point2d centre_px;
};

/// Where the head of head_model.h stands: camera = rotation * head + translation (millimetres; x right, y down, z away).
struct HeadPlacement {
  cv::Matx33d rotation;
  cv::Vec3d translation;
  double error_px = 0;  ///< weighted root mean square of what remains
};

/// The placement with the smallest weighted reprojection error. Throws Error{bad_data} when the points are not finite or lie on a
/// line.
HeadPlacement fit_head(const Points& points68, const PinholeCamera& camera);

/// The 68 points as they would be seen from the front: each is moved on its line of sight to the depth that the head model gives
/// it, the head's turn is undone. Origin between the eyes, x right, y down, in units of the distance of the outer eye corners.
/// Good to about 40 degrees of yaw. Errors as fit_head.
Points frontal_points(const Points& points68);

}  // namespace mien
