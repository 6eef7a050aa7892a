// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <vector>

namespace mien {

/// Notices cuts: frames whose coarse picture has little to do with the frame before. Looks at about nine thousand pixels of a
/// frame, whatever its size. A change of brightness alone is no cut.
class SceneChange {
 public:
  /// Takes the next frame, 8-bit RGB or gray; true when it begins a new scene. The first frame does not.
  bool add(const cv::Mat& image);

 private:
  std::vector<float> before_;
  cv::Size size_;
};

}  // namespace mien
