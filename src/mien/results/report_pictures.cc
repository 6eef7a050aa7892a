// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/report_pictures.h"

#include <algorithm>
#include <cmath>

#include "mien/image/encode.h"
#include "mien/report/thumbnail.h"

namespace mien {
namespace {

constexpr int kSide_px = 144, kQuality_percent = 80;
constexpr float kMargin = 0.15F;  ///< share of the box's larger side added on each side

}  // namespace

std::vector<std::uint8_t> face_thumbnail(const cv::Mat& image_rgb, const cv::Rect2f& box) {
  const float side = std::max(box.width, box.height) * (1 + 2 * kMargin);
  if (image_rgb.empty() || !std::isfinite(side) || side < 1 || side > 1e6F || !(std::abs(box.x) < 1e6F) ||
      !(std::abs(box.y) < 1e6F))
    return {};
  const cv::Rect square(cvRound(box.x + (box.width - side) / 2), cvRound(box.y + (box.height - side) / 2), cvRound(side),
                        cvRound(side));
  const cv::Rect inside = square & cv::Rect(0, 0, image_rgb.cols, image_rgb.rows);
  if (inside.empty()) return {};
  return encode_jpeg(thumbnail(image_rgb(inside), kSide_px), kQuality_percent);
}

void fetch_pictures(std::vector<KeyPicture*> pictures, const FrameFetcher& fetch) {
  if (!fetch) return;
  std::erase_if(pictures, [](const KeyPicture* picture) { return !picture->jpeg.empty(); });
  std::stable_sort(pictures.begin(), pictures.end(),
                   [](const KeyPicture* a, const KeyPicture* b) { return a->order < b->order; });
  cv::Mat image;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (i == 0 || pictures[i]->order != pictures[i - 1]->order) image = fetch(pictures[i]->address);
    pictures[i]->jpeg = face_thumbnail(image, pictures[i]->box);
  }
}

}  // namespace mien
