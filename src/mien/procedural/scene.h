// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/procedural/expression.h"
#include "mien/procedural/face.h"
#include "mien/procedural/photograph.h"
#include "mien/procedural/portrait.h"

namespace mien::procedural {

/// Everything that decides a picture. Who, what, how and where are drawn independently of each other, so that nothing but
/// the face tells the expression.
struct Scene {
  Identity identity;
  EmotionStrengths strengths{};
  FacialAction action;
  Pose pose;
  double zoom = 1;           ///< 1 = a face unit is a third of the picture
  cv::Point2d offset_share;  ///< of the face from the middle, as a share of the picture's side
  cv::Point2d gaze;          ///< of the irises, in model units
  Photograph photo;
};

/// The parameters of face `index`.
Scene draw_scene(std::uint64_t seed, std::int64_t index, const ProceduralOptions& options);

/// Paints the scene, `size_px` on a side. The face is moved and, where it must be, made smaller until all landmarks lie
/// inside with a margin of two percent.
ProceduralFace render(const Scene& scene, int size_px);

}  // namespace mien::procedural
