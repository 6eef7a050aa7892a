// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>

namespace mien::procedural {

/// Where the counter's upper edge lies, as a share of the picture's height.
constexpr double kCounterTop = 0.82;

/// CV_8UC3 RGB: a wall with a window, a picture, a shelf with books and a plant, whose colours depend on `seed`.
cv::Mat paint_room(std::uint64_t seed, cv::Size size);

/// Paints the counter with a cup over the lower part of the picture.
void paint_counter(std::uint64_t seed, cv::Mat& image_rgb);

}  // namespace mien::procedural
