// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstddef>
#include <cstdint>

namespace mien::libav {

/// A planar YUV picture in memory. Samples are bytes for `bits` = 8 and native 16-bit words above.
struct PlanarYuv {
  const std::uint8_t* planes[3] = {};
  std::ptrdiff_t stride_bytes[3] = {};
  int width = 0, height = 0;
  int bits = 8;
  bool half_width = true, half_height = true;  ///< of the chroma planes
  bool centred_chroma =
      false;  ///< chroma samples lie midway between two columns (JPEG, MPEG-1), not on the left one (MPEG-2, H.264)
  double red_weight = 0.299, blue_weight = 0.114;  ///< of luma: the colour matrix
  bool full_range = false;
};

/// CV_8UC3 RGB. Chroma is interpolated linearly at its true positions; integers throughout, so every machine gives the same
/// bytes.
cv::Mat planar_yuv_to_rgb(const PlanarYuv& picture);

}  // namespace mien::libav
