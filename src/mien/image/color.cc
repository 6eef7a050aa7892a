// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/color.h"

#include <cstdint>
#include <string>

#include "mien/base/error.h"
#include "mien/image/simd.h"

namespace mien {

namespace {

void require_8bit(const cv::Mat& image) {
  if (image.type() != CV_8UC1 && image.type() != CV_8UC3)
    throw Error(ErrorCode::usage, "expected an 8-bit image with 1 or 3 channels, found " + cv::typeToString(image.type()));
}

MIEN_SIMD_CLONES void gray_row(const std::uint8_t* rgb, std::uint8_t* gray, int width) {
  for (int x = 0; x < width; ++x)
    gray[x] = static_cast<std::uint8_t>((19595u * rgb[3 * x] + 38470u * rgb[3 * x + 1] + 7471u * rgb[3 * x + 2] + 32768u) >> 16);
}

MIEN_SIMD_CLONES void rgb_row(const std::uint8_t* gray, std::uint8_t* rgb, int width) {
  for (int x = 0; x < width; ++x) rgb[3 * x] = rgb[3 * x + 1] = rgb[3 * x + 2] = gray[x];
}

}  // namespace

cv::Mat to_gray(const cv::Mat& image) {
  require_8bit(image);
  if (image.channels() == 1) return image;
  cv::Mat gray(image.size(), CV_8UC1);
  for (int y = 0; y < image.rows; ++y) gray_row(image.ptr<std::uint8_t>(y), gray.ptr<std::uint8_t>(y), image.cols);
  return gray;
}

cv::Mat to_rgb(const cv::Mat& image) {
  require_8bit(image);
  if (image.channels() == 3) return image;
  cv::Mat rgb(image.size(), CV_8UC3);
  for (int y = 0; y < image.rows; ++y) rgb_row(image.ptr<std::uint8_t>(y), rgb.ptr<std::uint8_t>(y), image.cols);
  return rgb;
}

}  // namespace mien
