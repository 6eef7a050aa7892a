// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include "mien/face_geometry/head_pose.h"

namespace mien {

/// OpenFace's pose_Rx, pose_Ry, pose_Rz of a pose, radians: the head's turn against the camera's axes (HeadPose: against the line
/// of sight to the head) as R = Rx(pitch) Ry(yaw) Rz(roll), positive pitch down, positive yaw to the left of the picture,
/// positive roll clockwise.
cv::Vec3d openface_rotation(const HeadPose& pose);

}  // namespace mien
