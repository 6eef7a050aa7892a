// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "mien/procedural/portrait.h"

namespace mien::procedural {

namespace {

/// What a hair style looks like; lengths in model units or shares of the face's half width.
struct HairForm {
  double top = 1.28;       ///< height of the hair above the eyes
  double side = 1.03;      ///< half width of the front hair, in face widths
  double side_end = -0.1;  ///< height at which the front hair ends beside the face
  double line = -0.84;     ///< hairline in the middle
  double temple = -0.52;   ///< hairline at three quarters of the way out
  double back_width = 0;   ///< half width of the hair behind the face; 0 = none
  double back_end = 0;
  double waves = 0;
};

HairForm hair_form(HairStyle style) {
  switch (style) {
    case HairStyle::bald: return {};
    case HairStyle::cropped: return {.top = 1.27, .side = 1.02, .side_end = -0.08};
    case HairStyle::side_part: return {.top = 1.36, .side = 1.05, .side_end = 0.0, .line = -0.8, .temple = -0.55};
    case HairStyle::bangs:
      return {.top = 1.34, .side = 1.1, .side_end = 0.25, .line = -0.6, .temple = -0.56, .back_width = 1.16, .back_end = 1.25};
    case HairStyle::bob:
      return {.top = 1.36, .side = 1.13, .side_end = 0.45, .line = -0.9, .temple = -0.45, .back_width = 1.22, .back_end = 1.2};
    case HairStyle::long_straight:
      return {.top = 1.34, .side = 1.1, .side_end = 0.5, .line = -0.92, .temple = -0.45, .back_width = 1.14, .back_end = 2.6};
    case HairStyle::curly:
      return {.top = 1.48,
              .side = 1.16,
              .side_end = -0.05,
              .line = -0.78,
              .temple = -0.52,
              .back_width = 1.3,
              .back_end = 0.75,
              .waves = 0.05};
    case HairStyle::tied_back: return {.top = 1.25, .side = 1.01, .side_end = -0.12, .line = -0.86, .temple = -0.55};
  }
  return {};
}

Color lit(const Portrait& p, const Color& color, int s, double gain = 1) {
  return color * static_cast<float>(gain * (1 + 0.35 * p.light.contrast * p.lit(s)));
}

void paint_back_hair(const Portrait& p, Canvas& picture, const HairForm& form) {
  if (form.back_width <= 0) return;
  const double w = p.id.face_width * form.back_width;
  std::vector<HeadPoint> knots;
  for (const auto& [x, y] :
       {std::pair{form.waves > 0 ? 0.75 : 0.92, 1.0}, {1.03, 0.6}, {1.0, 0.0}, {0.86, -0.55}, {0.5, -0.9}, {0.0, -1.0}})
    knots.emplace_back(x * w, y > 0 ? y * form.back_end : -y * -form.top, -0.3);
  for (std::size_t i = knots.size() - 1; i-- > 0;) knots.emplace_back(-knots[i].x, knots[i].y, -0.3);
  Curve outline = spline(p.view.project(knots), 6);
  if (form.waves > 0)
    for (std::size_t i = 0; i < outline.size(); ++i)
      outline[i] += p.px(form.waves * std::sin(1.9 * static_cast<double>(i))) * cv::Point2d(1, 0.6);
  picture.fill(outline, p.id.hair_color * 0.72f);
}

void paint_neck(const Portrait& p, Canvas& picture) {
  const auto at = [&](double x, double y, double z) { return p.view.project({x, y, z}); };
  const double n = 0.72 * p.id.jaw_width, far = 3.2;
  picture.fill(Curve{at(-n, 0.8, -0.3), at(-n, 1.75, -0.25), at(-1.1, far, -0.3), at(1.1, far, -0.3), at(n, 1.75, -0.25),
                     at(n, 0.8, -0.3)},
               p.id.skin * 0.8f);
  const double chin = p.head[8].y;
  picture.fill(spline(Curve{at(-n, 0.8, -0.3), at(-n, chin - 0.22, -0.28), at(-0.5 * n, chin + 0.05, -0.1), at(0, chin + 0.14, 0),
                            at(0.5 * n, chin + 0.05, -0.1), at(n, chin - 0.22, -0.28), at(n, 0.8, -0.3)},
                      4),
               p.id.skin * 0.62f);
  const Curve collar =
      spline(Curve{at(-2.2, 2.05, -0.3), at(-1.1, 1.8, -0.3), at(-0.62, 1.66, -0.25), at(-0.3, 1.9, 0.0), at(0, 1.97, 0.05),
                   at(0.3, 1.9, 0.0), at(0.62, 1.66, -0.25), at(1.1, 1.8, -0.3), at(2.2, 2.05, -0.3)},
             5);
  picture.fill(joined(collar, {at(3.0, 4.0, -0.3), at(-3.0, 4.0, -0.3)}), p.id.cloth_color);
}

void paint_ear(const Portrait& p, Canvas& picture, int s) {
  const double sg = s == 0 ? -1 : 1, x = sg * (p.id.face_width + 0.015);
  const cv::Point2d centre = p.view.project({x, 0.2, -0.06});
  const double roll_deg = std::atan2(-p.view.down().x, p.view.down().y) * 180 / CV_PI;
  const double wide = p.px(0.115 * std::clamp(1 - 1.2 * sg * std::sin(p.view.yaw()), 0.3, 1.5));
  picture.fill(ellipse(centre, wide, p.px(0.23), roll_deg + sg * 8), lit(p, p.id.skin, s, 0.88));
  picture.fill(ellipse(centre + cv::Point2d(sg * 0.1 * wide, 0), 0.55 * wide, p.px(0.14), roll_deg + sg * 8, 16),
               lit(p, p.id.skin, s, 0.68));
}

/// From the image-right end over the top to the image-left one.
Curve hair_outside(const Portrait& p, const HairForm& form) {
  const double w = p.id.face_width * form.side;
  std::vector<HeadPoint> knots;
  for (const auto& [x, y] : {std::pair{1.0, 0.0}, {1.02, -0.3}, {0.95, -0.6}, {0.7, -0.87}, {0.36, -0.98}, {0.0, -1.0}})
    knots.emplace_back(x * w, y == 0 ? form.side_end : -y * -form.top, -0.02 + 0.2 * (1 - x));
  for (std::size_t i = knots.size() - 1; i-- > 0;) knots.emplace_back(-knots[i].x, knots[i].y, knots[i].z);
  Curve outline = spline(p.view.project_outline(knots), 5);
  if (form.waves > 0)
    for (std::size_t i = 0; i < outline.size(); ++i)
      outline[i] += p.px(form.waves * std::sin(2.1 * static_cast<double>(i))) * cv::Point2d(0.7, 1);
  return outline;
}

/// The lower edge of the front hair, from image left to right.
Curve hair_line(const Portrait& p, const HairForm& form) {
  const double w = p.id.face_width, sweep = p.id.hair == HairStyle::side_part ? (p.id.parted_left ? 1 : -1) : 0;
  const bool receding = p.id.age_01 > 0.6 && form.back_width == 0;
  const double line = form.line - (receding ? 0.5 * (p.id.age_01 - 0.6) : 0);
  Curve knots;
  const auto rim = [&](double x, double y) { knots.push_back(p.view.project_outline({x * w, y, 0.04})); };
  const auto front = [&](double x, double y, double z) { knots.push_back(p.view.project({x * w, y + 0.14 * sweep * x, z})); };
  rim(-0.96, form.side_end);
  rim(-0.92, 0.5 * (form.side_end + form.temple) - 0.05);
  front(-0.78, form.temple, 0.42);
  front(-0.42, 0.4 * form.temple + 0.6 * line, 0.56);
  front(0, line, 0.62);
  front(0.42, 0.4 * form.temple + 0.6 * line, 0.56);
  front(0.78, form.temple, 0.42);
  rim(0.92, 0.5 * (form.side_end + form.temple) - 0.05);
  rim(0.96, form.side_end);
  return spline(knots, 5);
}

}  // namespace

void paint_behind_face(const Portrait& p, Canvas& picture) {
  const HairForm form = hair_form(p.id.hair);
  if (p.id.hair == HairStyle::tied_back)
    picture.fill(ellipse(p.view.project({0, -form.top - 0.1, -0.3}), p.px(0.34), p.px(0.28)), p.id.hair_color * 0.8f);
  paint_back_hair(p, picture, form);
  paint_neck(p, picture);
  for (int s = 0; s < 2; ++s) paint_ear(p, picture, s);
}

void paint_front_hair(const Portrait& p, Canvas& picture, Canvas& mask) {
  if (p.id.hair == HairStyle::bald) return;
  const HairForm form = hair_form(p.id.hair);
  const Curve outside = reversed(hair_outside(p, form)), line = hair_line(p, form);
  const Curve shape = joined(outside, reversed(line));
  picture.fill(shape, p.id.hair_color);
  mask.fill(shape, 0);
  const int strands = 11;
  const Curve tops = equidistant(outside, strands + 2), roots = equidistant(line, strands + 2);
  for (int k = 1; k <= strands; ++k) {
    const cv::Point2d a = tops[static_cast<std::size_t>(k)], b = roots[static_cast<std::size_t>(k)];
    const int s = k <= strands / 2 ? 0 : 1;
    const double bright = p.id.hair_color[0] > 120 ? 0.5 : 1.0, gain = 1 +
                                                                       bright * (k % 3 == 0   ? 0.28
                                                                                 : k % 3 == 1 ? -0.16
                                                                                              : 0.12) +
                                                                       0.25 * p.lit(s);
    picture.fill(ribbon(spline(Curve{a + 0.06 * (b - a), a + 0.5 * (b - a) + cv::Point2d(0, -p.px(0.02)), a + 0.94 * (b - a)}, 4),
                        p.px(0.03), {0.2, 1.0, 0.2}),
                 mix(p.id.hair_color * static_cast<float>(gain), Color(255, 240, 220), k % 3 == 0 ? 0.05 * bright : 0.0));
  }
}

void paint_glasses(const Portrait& p, Canvas& picture) {
  if (p.id.glasses == Glasses::none) return;
  const double half = p.px(p.id.glasses == Glasses::rimless ? 0.011 : 0.018);
  const double rx = 0.29, ry = p.id.glasses == Glasses::round ? 0.26 : 0.2, power = p.id.glasses == Glasses::round ? 1.0 : 0.55;
  for (int s = 0; s < 2; ++s) {
    const double sg = s == 0 ? -1 : 1;
    Curve rim;
    for (int i = 0; i <= 28; ++i) {
      const double a = 2 * CV_PI * i / 28, c = std::cos(a), d = std::sin(a);
      const double x = sg * (p.id.eye_x + 0.02) + rx * std::copysign(std::pow(std::abs(c), power), c);
      rim.push_back(p.view.project({x, 0.05 + ry * std::copysign(std::pow(std::abs(d), power), d), 0.8 - 0.25 * x * x}));
    }
    picture.fill(ribbon(rim, half, {1.0}), p.id.glasses_color);
    const double edge = sg * (p.id.eye_x + 0.02 + rx);
    picture.fill(ribbon({p.view.project({edge, 0.0, 0.8 - 0.25 * edge * edge}),
                         p.view.project_outline({sg * p.id.face_width, 0.02, 0.06})},
                        half, {1.0, 0.8}),
                 p.id.glasses_color);
  }
  const double bridge = p.id.eye_x + 0.02 - rx;
  picture.fill(ribbon(spline(Curve{p.view.project({-bridge, 0.01, 0.8}), p.view.project({0, -0.03, 0.86}),
                                   p.view.project({bridge, 0.01, 0.8})},
                             4),
                      half, {1.0}),
               p.id.glasses_color);
}

}  // namespace mien::procedural
