// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include "mien/face_geometry/head_pose.h"

namespace mien {

/// How far a face can be trusted. A share is 0 (useless) .. 1 (good).
struct FaceQuality {
  double size_px = 0;    ///< distance of the outer eye corners; counts as a share that rises from 0 at 8 pixels to 1 at 40
  double sharpness = 0;  ///< share: a Gaussian blur of 4 % of the eye distance leaves about 0.35, one of 8 % nothing
  double exposure = 0;   ///< share: low when much is black or white, when the face is dark, very bright or without contrast
  double frontal = 0;    ///< share: cos(1.5 yaw) cos(1.5 pitch), 0 from 60 degrees on
  double overall = 0;    ///< the smallest of the four shares
};

/// `image` is 8-bit RGB or gray. Sharpness and exposure are measured on an upright patch of the inner face of 96 pixels, so that
/// they do not depend on the resolution above that; they are 0 when most of it lies outside of the image. Errors as align_points.
FaceQuality measure_quality(const cv::Mat& image, const Points& points68, const HeadPose& pose);

}  // namespace mien
