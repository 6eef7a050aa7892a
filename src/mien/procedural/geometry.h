// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <array>
#include <vector>

#include "mien/procedural/action_units.h"
#include "mien/procedural/curve.h"
#include "mien/procedural/identity.h"

namespace mien::procedural {

/// A point of the head: x to the right of the picture, y down, z towards the viewer, in model units (see Identity). The
/// origin lies in the head's middle at eye height.
using HeadPoint = cv::Point3d;

/// Height of the face's surface (without the nose) over the plane of the ears.
double surface_depth(const Identity& id, double x, double y);

/// The 68 landmarks in the usual order as knots of the curves that are painted: jaw, brows' middle lines, nose bridge and
/// base, eye contours, outer and inner lip contours.
using HeadLandmarks = std::array<HeadPoint, 68>;

/// The person's face with the muscles of `action` at work.
HeadLandmarks shape_face(const Identity& id, const FacialAction& action);

/// The skin outline above the ears, from the image-right ear over the forehead to the image-left one, without its two ends.
std::vector<HeadPoint> forehead_outline(const Identity& id);

/// Head pose. Positive yaw turns the face to the right of the picture, positive pitch looks down, positive roll turns the
/// picture clockwise.
struct Pose {
  double yaw_deg = 0, pitch_deg = 0, roll_deg = 0;
};

/// Scaled orthographic view of the head: a rotation by yaw, pitch, roll about a point inside the head, then `scale`
/// pixels a unit.
class View {
 public:
  View(const Pose& pose, double scale, cv::Point2d centre_px);

  /// A point on the surface.
  cv::Point2d project(const HeadPoint& point) const;
  /// A point of the outline. On the side that turns away the outline is where the rounded cheek hides itself, further out
  /// than the point of the ring seen from the front: its cross-section is taken as an ellipse.
  cv::Point2d project_outline(const HeadPoint& point) const;
  Curve project(const std::vector<HeadPoint>& points) const;
  Curve project_outline(const std::vector<HeadPoint>& points) const;

  double scale() const { return scale_; }
  double yaw() const { return yaw_; }
  double pitch() const { return pitch_; }
  /// A picture vector that points down the face, one unit long.
  cv::Point2d down() const;
  void move(cv::Point2d offset_px) { centre_ += offset_px; }
  void resize(double factor) { scale_ *= factor; }

 private:
  cv::Point2d place(double x, double y, double z) const;

  double yaw_, pitch_, roll_, scale_;
  cv::Point2d centre_;
};

/// [68] landmarks in pixels: the jaw (0..16) is outline, the rest surface.
std::array<cv::Point2d, 68> project_landmarks(const View& view, const HeadLandmarks& landmarks);

}  // namespace mien::procedural
