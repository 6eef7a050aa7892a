// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include "mien/face_geometry/points.h"

namespace mien {

/// Orientation and position of the head in front of a pinhole camera. Same signs as the procedural faces: positive yaw turns to the
/// right of the picture, positive pitch looks down, positive roll is clockwise as displayed. 0, 0, 0 looks into the camera.
struct HeadPose {
  double yaw_deg = 0, pitch_deg = 0, roll_deg = 0;
  cv::Vec3d translation_mm{0, 0, 0};  ///< head's origin in camera coordinates: x right, y down, z away from the camera
  double reprojection_error_px = 0;   ///< root mean square over the points used
};

/// By solvePnP on a 3D model of the head (documented in head_pose.cc). Without `focal_px` (<= 0) the camera is assumed to see
/// `focal = image width` (about 53 degrees), its centre in the middle of the image. Takes 68 points.
HeadPose estimate_head_pose(const Points& points68, cv::Size image, double focal_px = 0);

}  // namespace mien
