// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/loading/photometric.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "mien/image/color.h"
#include "mien/image/simd.h"

namespace mien {

namespace {

/// factor * value + offset for all 256 values.
cv::Mat blend(const cv::Mat& image, double factor, double offset) {
  cv::Mat table(1, 256, CV_8UC1), out;
  for (int value = 0; value < 256; ++value)
    table.at<std::uint8_t>(value) = cv::saturate_cast<std::uint8_t>(factor * value + offset);
  cv::LUT(image, table, out);
  return out;
}

/// `factor` has 16 fractional bits.
MIEN_SIMD_CLONES void saturate_row(const std::uint8_t* in, std::uint8_t* out, int width, std::int32_t factor) {
  for (int x = 0; x < width; ++x) {
    const std::int32_t gray = (19595 * in[3 * x] + 38470 * in[3 * x + 1] + 7471 * in[3 * x + 2] + 32768) >> 16;
    for (int c = 0; c < 3; ++c) {
      const std::int32_t value = (factor * (in[3 * x + c] - gray) + (gray << 16) + 32768) >> 16;
      out[3 * x + c] = static_cast<std::uint8_t>(std::min(std::max(value, 0), 255));
    }
  }
}

/// How far a channel lies below the largest one, as a share of the chroma; `position` in sixths of the hue circle.
inline float fall(float position) {
  const float k = position - 6 * std::floor(position * (1 / 6.0f));
  return std::min(std::max(std::min(k, 4 - k), 0.0f), 1.0f);
}

MIEN_SIMD_CLONES void turn_hue_row(const std::uint8_t* in, std::uint8_t* out, int width, float shift) {
  for (int x = 0; x < width; ++x) {
    const float r = in[3 * x], g = in[3 * x + 1], b = in[3 * x + 2];
    const float most = std::max(r, std::max(g, b)), chroma = most - std::min(r, std::min(g, b));
    const float scale = 1 / std::max(chroma, 1.0f);
    const float hue_g = 2 + (b - r) * scale, hue_b = 4 + (r - g) * scale, hue_r = (g - b) * scale;
    const float hue = (most == r ? hue_r : most == g ? hue_g : hue_b) + 6 * shift;
    out[3 * x] = static_cast<std::uint8_t>(static_cast<int>(most - chroma * fall(5 + hue) + 0.5f));
    out[3 * x + 1] = static_cast<std::uint8_t>(static_cast<int>(most - chroma * fall(3 + hue) + 0.5f));
    out[3 * x + 2] = static_cast<std::uint8_t>(static_cast<int>(most - chroma * fall(1 + hue) + 0.5f));
  }
}

}  // namespace

cv::Mat adjust_brightness(const cv::Mat& image, double factor) { return blend(image, factor, 0); }

cv::Mat adjust_contrast(const cv::Mat& image, double factor) {
  return blend(image, factor, (1 - factor) * cv::mean(to_gray(image))[0]);
}

cv::Mat adjust_saturation(const cv::Mat& image, double factor) {
  if (image.channels() == 1) return image;
  cv::Mat out(image.size(), CV_8UC3);
  const auto fixed = static_cast<std::int32_t>(std::lround(factor * 65536));
  for (int y = 0; y < image.rows; ++y) saturate_row(image.ptr(y), out.ptr(y), image.cols, fixed);
  return out;
}

cv::Mat adjust_hue(const cv::Mat& image, double shift) {
  if (image.channels() == 1) return image;
  cv::Mat out(image.size(), CV_8UC3);
  for (int y = 0; y < image.rows; ++y) turn_hue_row(image.ptr(y), out.ptr(y), image.cols, static_cast<float>(shift));
  return out;
}

cv::Mat equalize_locally(const cv::Mat& image) {
  const cv::Ptr<cv::CLAHE> clahe = cv::createCLAHE(2.0, cv::Size(4, 4));
  cv::Mat lightness, equalized, lab, out;
  if (image.channels() == 1) {
    clahe->apply(image, out);
    return out;
  }
  cv::cvtColor(image, lab, cv::COLOR_RGB2Lab);
  cv::extractChannel(lab, lightness, 0);
  clahe->apply(lightness, equalized);
  cv::insertChannel(equalized, lab, 0);
  cv::cvtColor(lab, out, cv::COLOR_Lab2RGB);
  return out;
}

cv::Mat blur(const cv::Mat& image, double sigma_px) {
  cv::Mat out;
  cv::GaussianBlur(image, out, cv::Size(), sigma_px, 0, cv::BORDER_REFLECT_101 | cv::BORDER_ISOLATED);
  return out;
}

}  // namespace mien
