// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "mien/base/error.h"
#include "mien/face_geometry/points.h"
#include "mien/procedural/scene.h"

namespace mien::testing {

/// A drawn person in a clean studio picture, facing as told.
inline ProceduralFace studio_face(std::int64_t index, const procedural::Pose& pose, int size_px, bool at_rest = false) {
  ProceduralOptions options;
  options.size_px = size_px;
  options.noise = 0;
  procedural::Scene scene = procedural::draw_scene(5, index, options);
  scene.pose = pose;
  if (at_rest) scene.action = {};
  return procedural::render(scene, size_px);
}

inline double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// The code and text of the error that `work` throws; empty text for none.
template <typename Work>
std::pair<ErrorCode, std::string> error_of(const Work& work) {
  try {
    work();
  } catch (const Error& e) {
    return {e.code(), std::string(e.what()) + " | " + e.hint()};
  }
  return {ErrorCode::io, ""};
}

}  // namespace mien::testing
