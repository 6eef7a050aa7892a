// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "mien/procedural/canvas.h"
#include "mien/procedural/geometry.h"

namespace mien::procedural {

/// Where the light comes from and how hard it is.
struct Light {
  double from_x = -0.3, from_y = -0.45;  ///< towards the light in the picture (y down), with z = 1 towards the viewer
  double contrast = 0.42;                ///< how much darker the far side is
};

/// A person with an expression, seen in a picture: all that the painters need. `points` are the projected landmarks, and
/// every contour that is painted is the spline through them.
struct Portrait {
  Portrait(const Identity& who, const FacialAction& what, const View& how, const Light& lit, cv::Point2d looking);

  Identity id;
  FacialAction action;
  View view;
  Light light;
  cv::Point2d gaze;  ///< of the irises, in model units
  HeadLandmarks head;
  std::array<cv::Point2d, 68> points;

  /// The point of the face's surface at model coordinates (x, y), `lift` units above it.
  cv::Point2d on_face(double x, double y, double lift = 0) const;
  /// Landmarks first..last as they are.
  Curve run(int first, int last) const;
  /// Model units to pixels.
  double px(double units) const { return units * view.scale(); }
  /// How much the side faces the light, about -0.5..0.5 (0 = left).
  double lit(int s) const { return 0.5 * (s == 0 ? -light.from_x : light.from_x); }

  Curve face_outline() const;
  Curve eye_upper(int s) const;  ///< from the image-left corner to the right one
  Curve eye_lower(int s) const;  ///< from the image-right corner to the left one
  Curve eye_contour(int s) const;
  Curve lip_outer_upper() const;  ///< left to right
  Curve lip_outer_lower() const;  ///< right to left
  Curve lip_inner_upper() const;  ///< left to right
  Curve lip_inner_lower() const;  ///< right to left
};

/// Paints the portrait over what is on `picture` (3 channels) and writes the visible skin of the face, ears, neck and
/// hair excluded, into `mask` (1 channel, 255 = face).
void paint_portrait(const Portrait& portrait, Canvas& picture, Canvas& mask);

// Its steps, from back to front.
void paint_behind_face(const Portrait& portrait, Canvas& picture);                    ///< long hair, neck, clothes, ears
void paint_skin(const Portrait& portrait, Canvas& picture, const Canvas& face_mask);  ///< with light, folds and beard
void paint_brows(const Portrait& portrait, Canvas& picture);
void paint_eyes(const Portrait& portrait, Canvas& picture, Canvas& scratch);
void paint_nose(const Portrait& portrait, Canvas& picture);
void paint_mouth(const Portrait& portrait, Canvas& picture, Canvas& scratch);
void paint_front_hair(const Portrait& portrait, Canvas& picture, Canvas& mask);
void paint_glasses(const Portrait& portrait, Canvas& picture);

/// Draws the depth of folds and wrinkles, 0..255, into a canvas with one channel: permanent ones by age, and those that the
/// action units bring (nasolabial 6, 9, 10, 12; forehead 1, 2; glabella 4; nose 9; crow's feet 6; chin 17; dimples 14; ...).
void draw_folds(const Portrait& portrait, Canvas& folds);

}  // namespace mien::procedural
