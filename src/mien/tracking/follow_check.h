// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include "mien/face_geometry/points.h"

namespace mien {

/// Intersection over union; 0 for empty boxes.
double overlap(const cv::Rect2f& a, const cv::Rect2f& b);

/// Whether 68 points can be a face in an image of this size at all: finite, larger than a few pixels, most of them inside.
bool plausible_face(const Points& points68, cv::Size image);

/// Whether a face can have moved so from one frame to the next: no leap, no sudden change of size, and still the same shape.
bool plausible_motion(const Points& before, const Points& now);

/// Mean distance of the points as a share of the inter-ocular distance of `a`.
double mean_distance(const Points& a, const Points& b);

/// `box` carried along from where the face was to where it is now, upright.
cv::Rect2f carry_box(const cv::Rect2f& box, const Points& before, const Points& now);

}  // namespace mien
