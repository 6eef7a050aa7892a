// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/thumbnail.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "mien/base/error.h"
#include "mien/image/encode.h"

namespace mien {

cv::Mat fitted_for_jpeg(const cv::Mat& image) {
  const int longest = std::max(image.cols, image.rows);
  if (longest <= kLargestJpegSide_px) return image;
  const double scale = static_cast<double>(kLargestJpegSide_px) / longest;
  cv::Mat smaller;
  cv::resize(image, smaller, {std::max(1, static_cast<int>(image.cols * scale)), std::max(1, static_cast<int>(image.rows * scale))}, 0, 0,
             cv::INTER_AREA);
  return smaller;
}

cv::Mat thumbnail(const cv::Mat& image, int side_px) {
  if (image.empty() || image.depth() != CV_8U || (image.channels() != 1 && image.channels() != 3))
    throw Error(ErrorCode::bad_data, "a thumbnail needs an 8-bit gray or RGB picture");
  cv::Mat rgb = image;
  if (image.channels() == 1) cv::cvtColor(image, rgb, cv::COLOR_GRAY2RGB);
  const double scale = static_cast<double>(side_px) / std::max(rgb.cols, rgb.rows);
  const cv::Size size(std::max(1, cvRound(rgb.cols * scale)), std::max(1, cvRound(rgb.rows * scale)));
  cv::Mat scaled;
  cv::resize(rgb, scaled, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
  cv::Mat square(side_px, side_px, CV_8UC3, cv::Scalar(223, 228, 234));
  scaled.copyTo(square(cv::Rect((side_px - size.width) / 2, (side_px - size.height) / 2, size.width, size.height)));
  return square;
}

}  // namespace mien
