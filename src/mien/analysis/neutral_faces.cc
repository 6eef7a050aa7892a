// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/neutral_faces.h"

#include <cmath>
#include <limits>

#include "mien/base/error.h"
#include "mien/data/label_space.h"

namespace mien {
namespace {

/// Beyond these angles landmarks on the far side are guesses, and a face teaches nothing about its owner's face at rest.
constexpr double most_yaw_deg = 25, most_pitch_deg = 20;

bool faces_the_camera(const FaceResult& face) {
  return has_pose(face) && face.landmarks.size() == 68 && std::abs(face.pose.yaw_deg) <= most_yaw_deg && std::abs(face.pose.pitch_deg) <= most_pitch_deg;
}

}  // namespace

NeutralFaces::NeutralFaces(const std::vector<std::string>& class_names) : neutral_(make_label_space(class_names).index_of("neutral")) {}

/// Of this frame alone: smoothing would carry it into frames in which the face moves already.
double NeutralFaces::probability_of_rest(const FaceResult& face) const {
  const auto& p = face.raw_probabilities.empty() ? face.probabilities : face.raw_probabilities;
  return neutral_ >= 0 && !p.empty() ? p[static_cast<std::size_t>(neutral_)] : std::numeric_limits<double>::quiet_NaN();
}

void NeutralFaces::learn(const FaceResult& face, double time_s) {
  if (face.identity >= 0 && faces_the_camera(face)) baselines_.add(face.identity, time_s, face.landmarks, probability_of_rest(face));
}

bool NeutralFaces::measure(FaceResult& face) const {
  const NeutralBaseline* baseline = face.identity >= 0 ? baselines_.find(face.identity) : nullptr;
  if (baseline == nullptr || face.action_units.empty() || face.landmarks.size() != 68) return false;
  try {
    face.action_units = estimate_action_units(face.landmarks, *baseline);
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_data) throw;
    return false;  // no head fits the points
  }
}

}  // namespace mien
