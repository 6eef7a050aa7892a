// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include "mien/face_geometry/points.h"

namespace mien {

/// Orientation and position of the head in front of a pinhole camera. Same signs as the procedural faces: positive yaw turns to
/// the right of the picture, positive pitch looks down, positive roll is clockwise as displayed. 0, 0, 0 looks into the camera,
/// wherever in the picture the head is: the angles are relative to the line of sight.
struct HeadPose {
  double yaw_deg = 0, pitch_deg = 0, roll_deg = 0;
  cv::Vec3d translation_mm{0, 0,
                           0};  ///< the point between the eyes in camera coordinates: x right, y down, z away from the camera
  double reprojection_error_px = 0;  ///< weighted root mean square over the points used
};

/// Weighted least squares (perspective-n-point, Levenberg-Marquardt from a linear start) on a 3D model of the head; model and
/// weights are in head_model.h: the jaw is not used. Without `focal_px` (<= 0) the camera is assumed to have a focal length of
/// the image's width (it sees 53 degrees), or more where the face would then be nearer than 60 cm; its centre lies in the middle
/// of the image. Takes 68 points. Throws Error{bad_data} when they are not finite or lie on a line.
HeadPose estimate_head_pose(const Points& points68, cv::Size image, double focal_px = 0);

}  // namespace mien
