// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include "mien/results/results.h"

namespace mien {

struct AnnotateOptions {
  bool boxes = true, landmarks = true, labels = true, pose = false, bars = true;  ///< bars: the largest probabilities beside the box
};
/// A copy of the RGB picture with its faces drawn in; line widths and text follow the picture's size, colours follow the person.
cv::Mat annotate(const cv::Mat& image, const FrameResult& frame, const AnalysisInfo& info, const AnnotateOptions& options = {});

}  // namespace mien
