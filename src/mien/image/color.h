// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

namespace mien {

/// CV_8UC1 lightness of an RGB image: Pillow's convert("L"), (19595 R + 38470 G + 7471 B + 32768) >> 16. Gray images come
/// back as they are (shared pixels).
cv::Mat to_gray(const cv::Mat& image);
/// Gray replicated to CV_8UC3; RGB images come back as they are (shared pixels).
cv::Mat to_rgb(const cv::Mat& image);

}  // namespace mien
