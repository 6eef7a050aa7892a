// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <vector>

#include "mien/face/detector.h"

namespace mien {

/// Area of the common part over the area of both boxes together, 0..1; 0 where a box is empty.
double box_overlap(const cv::Rect2f& a, const cv::Rect2f& b);

/// By falling score; ties from left to right, then top to bottom, then small to large.
void sort_detections(std::vector<Detection>& detections);

/// Greedy non-maximum suppression: in the order of sort_detections, a detection stays unless its box overlaps more than `overlap`
/// with one that stayed. Detections whose box or score is not finite are dropped.
std::vector<Detection> suppress_overlaps(std::vector<Detection> detections, double overlap);

}  // namespace mien
