// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <array>
#include <string>
#include <vector>

namespace mien {

/// Landmarks are in pixels of their image, x right, y down, pixel centres at integers. The 68 points have the usual order
/// (0-16 jaw, 17-26 brows, 27-35 nose, 36-47 eyes, 48-59 outer lip, 60-67 inner lip); "left" is the left side of the picture.
using Points = std::vector<cv::Point2f>;

/// Positions of a named subset of the 68 points: "all", "jaw", "brows", "nose", "eyes", "mouth", or several joined by "+"
/// ("eyes+brows+mouth"). Ascending. Throws Error{usage} that lists the names.
std::vector<int> landmark_subset(const std::string& name);

/// Left eye centre, right eye centre, nose tip (30), left and right mouth corner (48, 54); an eye's centre is the mean of its six
/// points. Takes 68 points, or 5 which come back as they are. Throws Error{usage} for another count.
std::array<cv::Point2f, 5> five_points(const Points& points);

/// Throws Error{usage} that names `what` unless there are 68 points.
void require_68(const Points& points, const std::string& what);

/// Distance of the outer eye corners (36, 45), pixels: what landmark errors are divided by.
double inter_ocular_distance(const Points& points68);

/// Smallest upright box around the points; empty for none.
cv::Rect2f bounding_box(const Points& points);

}  // namespace mien
