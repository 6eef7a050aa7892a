// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

namespace mien {

/// An 8-bit gray or RGB picture as RGB in a square of `side_px`, centred, aspect ratio kept. Throws Error{bad_data} for
/// other pictures.
cv::Mat thumbnail(const cv::Mat& image, int side_px);

/// The picture itself, or a smaller one when a side is longer than JPEG allows.
cv::Mat fitted_for_jpeg(const cv::Mat& image);

}  // namespace mien
