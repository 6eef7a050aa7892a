// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "mien/results/result_writer.h"

namespace mien {

/// A face that may be shown in a report.
struct KeyPicture {
  FrameAddress address;
  std::int64_t order = 0;  ///< of the frame among all results
  cv::Rect2f box;
  std::vector<std::uint8_t> jpeg;  ///< empty = no picture yet
};

/// JPEG of the face with some surroundings, from an RGB picture; empty when the box lies outside of it.
std::vector<std::uint8_t> face_thumbnail(const cv::Mat& image_rgb, const cv::Rect2f& box);

/// Gets the missing ones, each frame once and in order. A frame that cannot be had leaves its pictures empty.
void fetch_pictures(std::vector<KeyPicture*> pictures, const FrameFetcher& fetch);

}  // namespace mien
