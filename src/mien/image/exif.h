// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstddef>
#include <cstdint>

namespace mien {

/// Orientation tag (1..8) of an EXIF block, with or without its "Exif\0\0" prefix; 1 when the block has none or is
/// malformed. Reads only inside [data, data + size).
int exif_orientation(const std::uint8_t* data, std::size_t size);

/// The image as it is meant to be seen (EXIF 2.3, tag 0x0112).
cv::Mat apply_orientation(const cv::Mat& image, int orientation);

}  // namespace mien
