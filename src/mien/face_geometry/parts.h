// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <string>
#include <vector>

#include "mien/face_geometry/points.h"

namespace mien {

/// A facial part: upright box around its landmarks, slightly enlarged.
struct FacePart {
  std::string name;  ///< "left_brow", "right_brow", "left_eye", "right_eye", "nose", "mouth" (sides of the picture)
  cv::Rect box;      ///< clipped to the image; may be empty outside
};
/// Takes 68 points; `enlarge`: share of the part's width and height added on each side.
std::vector<FacePart> face_parts(const Points& points68, cv::Size image, double enlarge = 0.25);

/// Prior map of report 000: the sum over the chosen landmarks (empty = all) of exp(-d^2 / (2 sigma^2)) / sqrt(2 pi sigma^2), d
/// the distance in pixels; CV_32FC1 of `size`, values >= 0 (0.133 for a lone landmark at sigma 3, more where they crowd). Points
/// are in pixels of that size.
cv::Mat landmark_heat_map(const Points& points, cv::Size size, double sigma = 3, const std::vector<int>& subset = {});

/// 255 inside the convex hull of the points (with `forehead` extended upwards to about the hairline), else 0; CV_8UC1.
cv::Mat face_mask(const Points& points68, cv::Size size, bool forehead = true);

}  // namespace mien
