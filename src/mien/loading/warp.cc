// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/loading/warp.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>

namespace mien {

namespace {

int border_type(const std::string& border) { return border == "replicate" ? cv::BORDER_REPLICATE : cv::BORDER_CONSTANT; }

void warp(cv::Mat& image, const Affine& move, int interpolation, int border) {
  if (image.empty()) return;
  cv::Mat moved;
  cv::warpAffine(image, moved, move, image.size(), interpolation, border);
  image = moved;
}

void crop(cv::Mat& image, const cv::Rect& box, int border) {
  if (image.empty()) return;
  const cv::Rect inside = box & cv::Rect(0, 0, image.cols, image.rows);
  if (inside == box) {
    image = image(box);
    return;
  }
  const int left = std::max(0, -box.x), top = std::max(0, -box.y);
  const int right = std::max(0, box.x + box.width - image.cols), bottom = std::max(0, box.y + box.height - image.rows);
  cv::Mat padded;
  cv::copyMakeBorder(image, padded, top, bottom, left, right, border | cv::BORDER_ISOLATED);
  image = padded(cv::Rect(box.x + left, box.y + top, box.width, box.height));
}

}  // namespace

void warp_sample(Sample& sample, const Affine& moved_from_original, const std::string& border) {
  warp(sample.image, moved_from_original, cv::INTER_LINEAR, border_type(border));
  warp(sample.mask, moved_from_original, cv::INTER_NEAREST, cv::BORDER_CONSTANT);
  warp(sample.heat_map, moved_from_original, cv::INTER_LINEAR, cv::BORDER_CONSTANT);
  sample.annotations.landmarks = apply_affine(moved_from_original, sample.annotations.landmarks);
}

void crop_sample(Sample& sample, const cv::Rect& box, const std::string& border) {
  crop(sample.image, box, border_type(border));
  crop(sample.mask, box, cv::BORDER_CONSTANT);
  crop(sample.heat_map, box, cv::BORDER_CONSTANT);
  for (cv::Point2f& point : sample.annotations.landmarks) point -= cv::Point2f(box.tl());
}

void resize_sample(Sample& sample, int width, int height, ResizeFilter filter) {
  const double x = static_cast<double>(width) / sample.image.cols, y = static_cast<double>(height) / sample.image.rows;
  sample.image = resize_image(sample.image, width, height, filter);
  if (!sample.mask.empty()) sample.mask = resize_image(sample.mask, width, height, ResizeFilter::nearest);
  if (!sample.heat_map.empty()) sample.heat_map = resize_map(sample.heat_map, width, height, ResizeFilter::bilinear);
  for (cv::Point2f& point : sample.annotations.landmarks)
    point = {static_cast<float>((point.x + 0.5) * x - 0.5), static_cast<float>((point.y + 0.5) * y - 0.5)};
}

}  // namespace mien
