// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/results.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mien {

bool has_pose(const FaceResult& face) {
  const HeadPose& p = face.pose;
  const double values[] = {p.yaw_deg, p.pitch_deg, p.roll_deg, p.translation_mm[0], p.translation_mm[1], p.translation_mm[2]};
  return std::all_of(std::begin(values), std::end(values), [](double v) { return std::isfinite(v); }) &&
         std::any_of(std::begin(values), std::end(values), [](double v) { return v != 0; });
}

bool has_quality(const FaceResult& face) { return face.quality.size_px > 0; }

float confidence_of(const FaceResult& face) {
  if (face.label < 0 || face.label >= static_cast<int>(face.probabilities.size())) return std::numeric_limits<float>::quiet_NaN();
  return face.probabilities[static_cast<std::size_t>(face.label)];
}

}  // namespace mien
