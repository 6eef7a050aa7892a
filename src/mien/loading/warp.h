// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/data/dataset.h"
#include "mien/image/geometry.h"
#include "mien/image/resize.h"

/// Moves that act on a whole sample: image, mask, heat map and landmarks. None writes into the pixels it was given.
namespace mien {

/// Moves the content by `moved_from_original`; the size stays. Image and heat map are interpolated bilinearly, the mask by
/// nearest neighbour. `border` ("zero" or "replicate") fills the image; mask and heat map are filled with zero.
void warp_sample(Sample& sample, const Affine& moved_from_original, const std::string& border);

/// Cuts out `box`, which may reach beyond the image; what lies outside is filled as in warp_sample.
void crop_sample(Sample& sample, const cv::Rect& box, const std::string& border);

/// Resizes the image with `filter`, the heat map bilinearly, the mask by nearest neighbour.
void resize_sample(Sample& sample, int width, int height, ResizeFilter filter);

}  // namespace mien
