// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <string>
#include <vector>

#include "mien/face_geometry/points.h"

namespace mien {

/// A face cut into regions: every pixel belongs to exactly one. Parts are the boxes of face_parts; where boxes overlap, a pixel
/// goes to the one whose middle is nearest in units of the box's size. What is left of face_mask is "rest_of_face", all other
/// pixels are "outside".
class FaceRegions {
 public:
  /// `points68` in pixels of a picture of `size`. Throws Error{usage} for another number of points.
  FaceRegions(const Points& points68, cv::Size size);

  /// "left_brow", "right_brow", "left_eye", "right_eye", "nose", "mouth", "rest_of_face", "outside".
  static const std::vector<std::string>& names();
  /// CV_8UC1, position of each pixel's region in names().
  const cv::Mat& labels() const { return labels_; }
  /// Share of the picture's pixels in each region: what a map without any preference would put there.
  const std::vector<double>& areas() const { return areas_; }

 private:
  cv::Mat labels_;
  std::vector<double> areas_;
};

/// Shares of a map in each region of FaceRegions::names(); they sum to 1. Empty when the map has nothing to share.
struct PartShares {
  std::vector<double> positive;  ///< of the sum of positive values
  std::vector<double> absolute;  ///< of the sum of sizes
};

/// `map` is CV_32FC1 of the regions' size.
PartShares part_shares(const cv::Mat& map, const FaceRegions& regions);

}  // namespace mien
