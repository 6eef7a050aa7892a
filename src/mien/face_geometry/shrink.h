// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

namespace mien {

/// Mean of each block of `factor` x `factor` pixels (2..64) of an 8-bit image, rounded; blocks over the right and lower border
/// are filled up with black. Pixel p of the image lies at (p + 0.5) / factor - 0.5 of the result.
cv::Mat shrink_by(const cv::Mat& image, int factor);

}  // namespace mien
