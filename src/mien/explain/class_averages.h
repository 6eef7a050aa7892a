// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mien/explain/part_shares.h"
#include "mien/face_geometry/points.h"

namespace mien {

/// How images are put together.
enum class Grouping { truth, predicted };

/// Mean faces and mean maps of classes, one image at a time. Each map counts with its values divided by the sum of their sizes,
/// so that no image weighs more than another. Where 68 landmarks are known, faces and maps are moved onto the alignment template
/// "fer" first (similarity). The averages are of aligned images when at least half of the images have landmarks (the others are
/// left out then), else of all images as they are.
class ClassAverages {
 public:
  ClassAverages(int classes, int methods, cv::Size size) : classes_(classes), methods_(methods), size_(size) {}

  /// `face` is 8-bit of the size; `maps` [methods] CV_32FC1; `points` 68 or none; `shares` [methods] or none. Labels below 0
  /// are unknown.
  void add(int truth, int predicted, const cv::Mat& face, const std::vector<cv::Mat>& maps, const Points& points,
           const std::vector<PartShares>& shares);

  struct Average {
    std::int64_t count = 0;
    cv::Mat face;               ///< CV_8UC1
    std::vector<cv::Mat> maps;  ///< [methods] CV_32FC1
    std::int64_t with_points = 0;
    std::vector<PartShares> shares;  ///< [methods], means over the images with landmarks
  };
  /// Of one class; count 0 when it has no images.
  Average of(Grouping grouping, int label) const;
  bool aligned() const { return 2 * with_points_ >= images_ && with_points_ > 0; }
  int classes() const { return classes_; }

 private:
  struct Sums {
    std::int64_t count = 0;
    cv::Mat face;
    std::vector<cv::Mat> maps;
  };
  struct ShareSums {
    std::int64_t count = 0;
    std::vector<double> positive, absolute;
  };
  void add_to(Sums& sums, const cv::Mat& face, const std::vector<cv::Mat>& maps) const;

  int classes_, methods_;
  cv::Size size_;
  std::int64_t images_ = 0, with_points_ = 0;
  std::map<std::pair<Grouping, int>, Sums> plain_, aligned_;
  std::map<std::pair<Grouping, int>, std::vector<ShareSums>> shares_;
};

}  // namespace mien
