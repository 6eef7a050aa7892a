// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <vector>

#include "mien/face_geometry/points.h"

namespace mien {

/// Side of a FacePatch in pixels.
inline constexpr int kPatchPx = 32;

/// A face turned upright and shrunk to 32x32 gray pixels, row by row, with mean 0 and length 1: does not see brightness,
/// contrast, size, place and roll. Empty where nothing can be seen (a flat patch, points that coincide).
using FacePatch = std::vector<float>;

/// `image` is 8-bit RGB or gray. Works on the face's surroundings only, whatever the size of the image.
FacePatch face_patch(const cv::Mat& image, const Points& points68);

/// Correlation of two patches in [-1,1]; 0 when one is empty.
double likeness(const FacePatch& a, const FacePatch& b);

}  // namespace mien
