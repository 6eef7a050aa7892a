// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include "mien/face_geometry/head_pose.h"

namespace mien {

/// How far a face can be trusted. Each share is 0 (useless) .. 1 (good); `overall` is their smallest... see quality.cc.
struct FaceQuality {
  double size_px = 0;    ///< distance of the outer eye corners
  double sharpness = 0;  ///< share
  double exposure = 0;   ///< share: clipped or very dark faces are low
  double frontal = 0;    ///< share, from yaw and pitch
  double overall = 0;    ///< share
};

/// `image` is 8-bit RGB or gray. Measures on an upright face patch of fixed size, so the values do not depend on the resolution.
FaceQuality measure_quality(const cv::Mat& image, const Points& points68, const HeadPose& pose);

}  // namespace mien
