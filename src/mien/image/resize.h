// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <string>

namespace mien {

enum class ResizeFilter { nearest, bilinear, bicubic, lanczos };
/// "nearest", "bilinear", "bicubic", "lanczos"; throws Error{usage} for others.
ResizeFilter resize_filter(const std::string& name);

/// Antialiased resize of an 8-bit image (1 or 3 channels), bit-equal to Pillow 9 (fixed-point, two passes, the filter
/// stretched by the scale when shrinking).
cv::Mat resize_image(const cv::Mat& image, int width, int height, ResizeFilter filter);
/// The same weights on CV_32FC1, without rounding (heat maps).
cv::Mat resize_map(const cv::Mat& map, int width, int height, ResizeFilter filter);

}  // namespace mien
