// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include "mien/video/libav.h"

namespace mien::libav {

/// One of the eight ways to lay a picture down: transposed first, then flipped.
struct Orientation {
  bool transpose = false, flip_x = false, flip_y = false;
};
/// The nearest orientation of a display matrix (nine numbers, libavutil/display.h); none = as stored.
Orientation orientation_of(const std::int32_t* display_matrix);

/// Displayed size of a stored picture: square pixels (the height stays, the width is stretched), then turned. Senseless pixel
/// aspect ratios are ignored.
cv::Size displayed_size(int width, int height, AVRational pixel_aspect, const Orientation& orientation);

/// Decoded pictures to RGB. The matrix (BT.601, 709, 2020, ...) and the range come from the picture, or from its size where it
/// says nothing. Planar YUV of 8 to 12 bits is converted here, in integers, with interpolated chroma: within one level of the
/// exact values and equal on every machine; everything else goes through swscale.
class RgbConversion {
 public:
  /// CV_8UC3 RGB of the given displayed size. Throws Error{bad_file} for pixel formats that cannot be converted.
  cv::Mat operator()(const AVFrame& frame, cv::Size displayed, const Orientation& orientation, const std::string& name);

 private:
  cv::Mat by_swscale(const AVFrame& frame, const std::string& name);

  Scaler scaler_;
};

}  // namespace mien::libav
