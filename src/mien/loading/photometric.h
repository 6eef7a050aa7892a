// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

/// Changes of light and colour of 8-bit gray or RGB images, as torchvision 0.14's ColorJitter defines them (results are
/// rounded to the nearest level). Every function returns a new image.
namespace mien {

/// Every value times `factor` >= 0, clipped to 0..255.
cv::Mat adjust_brightness(const cv::Mat& image, double factor);
/// factor * value + (1 - factor) * (mean lightness of the image).
cv::Mat adjust_contrast(const cv::Mat& image, double factor);
/// factor * value + (1 - factor) * (lightness of the pixel). Gray images stay as they are.
cv::Mat adjust_saturation(const cv::Mat& image, double factor);
/// Turns the hue circle of HSV by `shift` in [-0.5,0.5] of a full turn. Gray images stay as they are.
cv::Mat adjust_hue(const cv::Mat& image, double shift);

/// Contrast-limited adaptive histogram equalisation (clip limit 2, 4 x 4 tiles) of the lightness L of CIELAB, or of gray.
cv::Mat equalize_locally(const cv::Mat& image);
/// Gaussian blur with mirrored borders.
cv::Mat blur(const cv::Mat& image, double sigma_px);

}  // namespace mien
