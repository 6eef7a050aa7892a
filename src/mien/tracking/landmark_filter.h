// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mien/face_geometry/points.h"

namespace mien {

struct LandmarkFilterOptions {
  double frame_s = 0.04;       ///< time between frames
  double still_cutoff_hz = 2;  ///< of points that rest on the face: lower is calmer
  double speed_gain = 12;      ///< by how many Hz the cutoff rises at a speed of one inter-ocular distance a second
  double speed_cutoff_hz = 2;  ///< of the speed itself
};

/// Calms landmarks that jitter: the one-euro filter (Casiez, Roussel and Vogel, CHI 2012) on each point, after the motion of the
/// whole face (the similarity from the last points to these) has been taken out. A moving or turning head is followed without
/// delay, an expression nearly so.
class LandmarkFilter {
 public:
  explicit LandmarkFilter(const LandmarkFilterOptions& options = {}) : options_(options) {}
  /// The points of the next frame, calmed. 68 points.
  Points add(const Points& points);

 private:
  LandmarkFilterOptions options_;
  Points before_, calm_;
  std::vector<cv::Point2f> speed_;  ///< against the face, inter-ocular distances a second
};

}  // namespace mien
