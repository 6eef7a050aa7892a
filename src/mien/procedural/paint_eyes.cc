// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "mien/procedural/portrait.h"

namespace mien::procedural {

namespace {

/// Shadowed skin beside an eye or a lip.
Color skin_at(const Portrait& p, int s, double light) {
  return p.id.skin * static_cast<float>(light * (1 + 0.3 * p.light.contrast * p.lit(s)));
}

cv::Point2d iris_centre(const Portrait& p, int s) {
  const double x = (s == 0 ? -1 : 1) * p.id.eye_x + p.gaze.x, y = -0.008 + p.gaze.y;
  return p.view.project({x, y, surface_depth(p.id, x, 0) - 0.03});
}

/// Half the height of the opening, in pixels.
double half_opening(const Portrait& p, int s) {
  const std::size_t i = s == 0 ? 37 : 43;
  return 0.25 * (cv::norm(p.points[i] - p.points[i + 4]) + cv::norm(p.points[i + 1] - p.points[i + 3]));
}

void paint_eyeball(const Portrait& p, Canvas& scratch, int s) {
  const cv::Point2d centre = iris_centre(p, s), outer = p.points[s == 0 ? 36 : 45], inner = p.points[s == 0 ? 39 : 42];
  const double light = 1 + 0.4 * p.light.contrast * p.lit(s), r = p.px(p.id.iris_radius), narrow = std::cos(p.view.yaw());
  const auto lit = [&](const Color& c) { return c * static_cast<float>(std::min(light, 1.08)); };
  scratch.fill(ellipse(0.5 * (outer + inner), p.px(0.4), p.px(0.4), 0, 12), lit(Color(232, 228, 224)));
  scratch.fill(ellipse(inner, p.px(0.05), p.px(0.05), 0, 10), lit(Color(214, 160, 148)));
  scratch.fill(ellipse(centre, r * narrow, r), lit(p.id.iris_color * 0.55f));
  scratch.fill(ellipse(centre, 0.82 * r * narrow, 0.82 * r), lit(p.id.iris_color));
  scratch.fill(ellipse(centre + p.view.down() * (0.32 * r), 0.5 * r * narrow, 0.42 * r, 0, 16),
               lit(mix(p.id.iris_color, Color(255, 245, 225), 0.22)));
  scratch.fill(ellipse(centre, 0.46 * r * narrow, 0.46 * r, 0, 16), Color(14, 12, 14));
  // The upper lid's shadow on the ball.
  const Curve lid = p.eye_upper(s);
  const Curve shadow = ribbon(lid, p.px(0.028), {1.0});
  scratch.fill(shadow, mix(lit(Color(150, 138, 136)), p.id.iris_color, 0.25));
  const cv::Point2d glint = centre + cv::Point2d(r * 0.34 * (p.light.from_x < 0 ? -1 : 1), -0.36 * r);
  scratch.fill(ellipse(glint, 0.2 * r, 0.2 * r, 0, 10), Color(250, 250, 250));
}

void paint_lids(const Portrait& p, Canvas& picture, int s) {
  const Curve upper = p.eye_upper(s), lower = p.eye_lower(s);
  const cv::Point2d up = -p.view.down();
  const double raise = p.action(upper_lid_raiser, s), closed = p.action(blink, s);
  const Color dark = mix(Color(34, 24, 22), p.id.skin * 0.35f, 0.5 - 0.5 * p.id.lashes_01);
  if (p.id.lid_crease > 0) {
    const double above = p.id.lid_crease * (1 - 0.45 * raise) + 0.05 * closed + 0.02;
    Curve crease = shifted(upper, up * p.px(above));
    crease.front() += -up * p.px(0.6 * above);
    crease.back() += -up * p.px(0.6 * above);
    picture.fill(ribbon(crease, p.px(0.013), {0.3, 1.0, 1.0, 0.4}), skin_at(p, s, 0.62));
  }
  picture.fill(ribbon(lower, p.px(0.009), {0.3, 1.0, 1.0, 0.6}), skin_at(p, s, 0.58));
  const double lash = p.px(0.013 + 0.014 * p.id.lashes_01);
  const std::vector<double> profile = s == 0 ? std::vector<double>{1.3, 1.1, 0.9, 0.4} : std::vector<double>{0.4, 0.9, 1.1, 1.3};
  picture.fill(ribbon(upper, lash, profile), dark);
  if (p.id.lashes_01 < 0.5) return;
  const cv::Point2d corner = p.points[s == 0 ? 36 : 45], right(p.view.down().y, -p.view.down().x);
  const double sg = s == 0 ? -1 : 1;
  const Curve wing = {corner - right * (sg * p.px(0.03)), corner + right * (sg * p.px(0.05)) + up * p.px(0.04)};
  picture.fill(ribbon(wing, lash, {1.1, 0.2}), dark);
}

}  // namespace

void paint_eyes(const Portrait& p, Canvas& picture, Canvas& scratch) {
  for (int s = 0; s < 2; ++s) {
    if (half_opening(p, s) > 0.15) {
      paint_eyeball(p, scratch, s);
      picture.take(scratch, p.eye_contour(s));
    }
    paint_lids(p, picture, s);
  }
}

void paint_brows(const Portrait& p, Canvas& picture) {
  for (int s = 0; s < 2; ++s) {
    const Curve line = spline(s == 0 ? p.run(17, 21) : p.run(22, 26), 5);
    const std::vector<double> profile =
        s == 0 ? std::vector<double>{0.15, 0.6, 0.9, 1.0, 0.75} : std::vector<double>{0.75, 1.0, 0.9, 0.6, 0.15};
    const float light = static_cast<float>(1 + 0.3 * p.light.contrast * p.lit(s));
    const Color hair = p.id.brow_color * light;
    picture.fill(ribbon(line, p.px(p.id.brow_thick), profile), mix(hair, p.id.skin * 0.75f, 0.35));
    picture.fill(ribbon(line, p.px(0.62 * p.id.brow_thick), profile), hair);
  }
}

}  // namespace mien::procedural
