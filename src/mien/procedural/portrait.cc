// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/portrait.h"

namespace mien::procedural {

namespace {

constexpr int kSteps = 6;

}  // namespace

Portrait::Portrait(const Identity& who, const FacialAction& what, const View& how, const Light& lit, cv::Point2d looking)
    : id(who),
      action(what),
      view(how),
      light(lit),
      gaze(looking),
      head(shape_face(who, what)),
      points(project_landmarks(how, head)) {}

cv::Point2d Portrait::on_face(double x, double y, double lift) const {
  return view.project({x, y, surface_depth(id, x, y) + lift});
}

Curve Portrait::run(int first, int last) const { return Curve(points.begin() + first, points.begin() + last + 1); }

Curve Portrait::face_outline() const {
  Curve knots = run(0, 16);
  for (const auto& p : view.project_outline(forehead_outline(id))) knots.push_back(p);
  // Closed: the spline runs a little past its start on both sides, and the doubled pieces are cut off.
  const std::size_t n = knots.size();
  Curve around = {knots[n - 1]};
  around.insert(around.end(), knots.begin(), knots.end());
  around.push_back(knots[0]);
  around.push_back(knots[1]);
  Curve curve = spline(around, kSteps);
  return Curve(curve.begin() + kSteps, curve.end() - kSteps - 1);
}

Curve Portrait::eye_upper(int s) const { return spline(s == 0 ? run(36, 39) : run(42, 45), kSteps); }

Curve Portrait::eye_lower(int s) const {
  const std::size_t first = s == 0 ? 39 : 45;
  return spline(Curve{points[first], points[first + 1], points[first + 2], points[first - 3]}, kSteps);
}

Curve Portrait::eye_contour(int s) const { return joined(eye_upper(s), eye_lower(s)); }

Curve Portrait::lip_outer_upper() const { return spline(run(48, 54), kSteps); }

Curve Portrait::lip_outer_lower() const {
  Curve knots = run(54, 59);
  knots.push_back(points[48]);
  return spline(knots, kSteps);
}

Curve Portrait::lip_inner_upper() const { return spline(run(60, 64), kSteps); }

Curve Portrait::lip_inner_lower() const {
  Curve knots = run(64, 67);
  knots.push_back(points[60]);
  return spline(knots, kSteps);
}

void paint_portrait(const Portrait& portrait, Canvas& picture, Canvas& mask) {
  Canvas scratch(picture.size_px(), picture.factor(), 3);
  paint_behind_face(portrait, picture);
  mask.fill(portrait.face_outline(), 255);
  paint_skin(portrait, picture, mask);
  paint_nose(portrait, picture);
  paint_mouth(portrait, picture, scratch);
  paint_eyes(portrait, picture, scratch);
  paint_brows(portrait, picture);
  paint_front_hair(portrait, picture, mask);
  paint_glasses(portrait, picture);
}

}  // namespace mien::procedural
