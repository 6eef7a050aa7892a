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
/// `enlarge`: share of the part's width and height added on each side.
std::vector<FacePart> face_parts(const Points& points, cv::Size image, double enlarge = 0.25);

/// Prior map of report 000: a Gaussian of `sigma` pixels about each chosen landmark, maximum taken, scaled to a peak of 1;
/// CV_32FC1 of `size`. Points are in pixels of that size. Equals the golden values pal_heatmap.
cv::Mat landmark_heat_map(const Points& points, cv::Size size, double sigma = 3, const std::vector<int>& subset = {});

/// 255 inside the convex hull of the points (with `forehead` the hull is extended upwards over the forehead), else 0; CV_8UC1.
cv::Mat face_mask(const Points& points68, cv::Size size, bool forehead = true);

}  // namespace mien
