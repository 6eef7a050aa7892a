// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/landmark_filter.h"

#include <cmath>

#include "mien/face_geometry/alignment.h"

namespace mien {

namespace {

/// Weight of the new value in a first order low-pass.
float weight_of_new(double cutoff_hz, double frame_s) {
  constexpr double two_pi = 6.283185307179586;
  return static_cast<float>(1 / (1 + 1 / (two_pi * cutoff_hz * frame_s)));
}

}  // namespace

Points LandmarkFilter::add(const Points& points) {
  const double size = inter_ocular_distance(points);
  if (before_.empty() || !(size > 0)) {
    before_ = calm_ = points;
    speed_.assign(points.size(), {0, 0});
    return points;
  }
  const Affine head = fit_similarity(before_, points);
  const Points carried = apply_affine(head, before_);
  calm_ = apply_affine(head, calm_);
  const auto to_speed = static_cast<float>(1 / (size * options_.frame_s));
  const float speed_weight = weight_of_new(options_.speed_cutoff_hz, options_.frame_s);
  for (std::size_t i = 0; i < points.size(); ++i) {
    speed_[i] += speed_weight * ((points[i] - carried[i]) * to_speed - speed_[i]);
    const double cutoff = options_.still_cutoff_hz + options_.speed_gain * cv::norm(speed_[i]);
    calm_[i] += weight_of_new(cutoff, options_.frame_s) * (points[i] - calm_[i]);
  }
  before_ = points;
  return calm_;
}

}  // namespace mien
