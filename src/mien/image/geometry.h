// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <array>
#include <functional>
#include <vector>

#include "mien/base/random.h"

namespace mien {

/// 2x3 matrices act on pixel coordinates whose integers are pixel centres.
using Affine = cv::Matx23d;

Affine identity_affine();
Affine compose(const Affine& outer, const Affine& inner);  ///< outer(inner(p))
Affine invert(const Affine& affine);
/// Rotation about the centre ((W-1)/2,(H-1)/2), positive = counter-clockwise as displayed.
Affine rotation_about_centre(double angle_deg, int width, int height);
std::vector<cv::Point2f> apply_affine(const Affine& affine, const std::vector<cv::Point2f>& points);

/// Pillow's Image.rotate for 8-bit images: same size, zero fill; bilinear results are truncated as Pillow does.
cv::Mat rotate_image(const cv::Mat& image, double angle_deg, bool bilinear);

/// New index -> old index of the mirrored 68-point (or 5-point) landmarks.
const std::array<int, 68>& flip_permutation_68();
const std::array<int, 5>& flip_permutation_5();
/// Mirrored points of an image of `width` pixels: 5 or 68 landmarks, which change sides, a single point or none. Throws Error{usage} for
/// other counts, whose left and right are not known.
std::vector<cv::Point2f> flip_points(const std::vector<cv::Point2f>& points, int width);

struct CropBox {
  int top = 0, left = 0, height = 0, width = 0;
};
/// torchvision's RandomResizedCrop.get_params; uniform numbers are consumed in the order area, ratio, (top, left).
CropBox random_resized_crop(int height, int width, double scale_min, double scale_max, double ratio_min, double ratio_max,
                            Random& random);
/// The same from any source of uniform numbers in [0,1).
CropBox random_resized_crop_from(int height, int width, double scale_min, double scale_max, double ratio_min, double ratio_max,
                                 const std::function<double()>& next);

}  // namespace mien
