// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "mien/procedural/portrait.h"

namespace mien::procedural {

namespace {

double light_gain(const Portrait& p) { return 1 - 0.12 * p.light.contrast; }

double gap_units(const Portrait& p) { return p.head[66].y - p.head[62].y; }

/// Teeth and tongue as they show between the lips.
void paint_inside(const Portrait& p, Canvas& scratch) {
  const cv::Point2d centre = 0.5 * (p.points[62] + p.points[66]), down = p.view.down();
  const double gap = gap_units(p), gain = light_gain(p);
  const auto lit = [&](const Color& c) { return c * static_cast<float>(gain); };
  scratch.fill(ellipse(centre, p.px(0.7), p.px(0.5), 0, 12), Color(58, 20, 22));
  if (gap > 0.12) {
    const cv::Point2d tongue = p.points[66] - down * p.px(0.01);
    scratch.fill(ellipse(tongue, p.px(0.19), p.px(0.34 * gap)), lit(Color(176, 82, 84)));
    scratch.fill(ellipse(tongue - down * p.px(0.06 * gap), p.px(0.13), p.px(0.2 * gap), 0, 16), lit(Color(194, 100, 100)));
  }
  // Teeth hang from the upper jaw, which the lip uncovers as it rises; a dropped jaw leaves them where they are.
  const double round = p.action.mean(jaw_drop) * (1 - p.action.mean(lip_corner_puller)) * (1 - p.action.mean(lip_stretcher));
  const double shown = std::min(0.1, 0.03 + 0.55 * gap) * (1 - 0.55 * round);
  const Curve edge = p.lip_inner_upper();
  Curve rim = edge;
  for (std::size_t i = 0; i < rim.size(); ++i) {
    const double u = 2.0 * static_cast<double>(i) / static_cast<double>(rim.size() - 1) - 1;
    rim[i] += down * p.px(shown * (1 - 2.2 * round * u * u));
  }
  scratch.fill(joined(shifted(edge, -down * p.px(0.06)), reversed(rim)), lit(Color(240, 236, 226)));
  const double snarl =
      std::max(p.action.mean(lip_stretcher), std::max(p.action.mean(upper_lip_raiser), p.action.mean(brow_lowerer)));
  if (snarl > 0.35 && gap > 0.06) {
    const Curve low = p.lip_inner_lower();
    scratch.fill(joined(shifted(low, down * p.px(0.05)), reversed(shifted(low, -down * p.px(0.38 * gap * snarl)))),
                 lit(Color(226, 220, 210)));
  }
  for (int k = -3; k <= 3; ++k) {
    const cv::Point2d top = p.view.project({0.075 * k, p.head[62].y, p.head[62].z - 0.02 * std::abs(k)});
    scratch.fill(ribbon({top - down * p.px(0.05), top + down * p.px(0.8 * shown)}, p.px(0.003), {1.0}),
                 lit(Color(206, 198, 186)));
  }
}

void paint_lips(const Portrait& p, Canvas& picture) {
  const Color lip = p.id.lip_color * static_cast<float>(light_gain(p));
  picture.fill(joined(p.lip_outer_upper(), joined(Curve{p.points[64]}, reversed(p.lip_inner_upper()))), lip * 0.86f);
  picture.fill(joined(p.lip_outer_lower(), joined(Curve{p.points[60]}, reversed(p.lip_inner_lower()))), lip);
  const cv::Point2d shine = 0.5 * (p.points[57] + p.points[66]), across = p.points[65] - p.points[67];
  const double thick = cv::norm(p.points[57] - p.points[66]);
  if (thick > p.px(0.03)) {
    const double angle = std::atan2(across.y, across.x) * 180 / CV_PI;
    picture.fill(ellipse(shine, 0.36 * cv::norm(across), 0.17 * thick, angle, 16), mix(lip, Color(255, 226, 216), 0.2));
  }
}

}  // namespace

void paint_mouth(const Portrait& p, Canvas& picture, Canvas& scratch) {
  paint_lips(p, picture);
  const Curve upper = p.lip_inner_upper(), lower = p.lip_inner_lower();
  const Color dark = mix(Color(60, 22, 24), p.id.lip_color, 0.2);
  if (gap_units(p) > 0.012) {
    paint_inside(p, scratch);
    picture.take(scratch, joined(upper, lower));
    picture.fill(ribbon(upper, p.px(0.008), {0.6, 1.0, 0.6}), mix(dark, p.id.lip_color, 0.3));
  }
  // The seam runs on to the outer corners.
  const Curve seam = joined(joined(Curve{p.points[48]}, gap_units(p) > 0.012 ? Curve{p.points[60]} : upper), Curve{p.points[54]});
  if (gap_units(p) <= 0.012) {
    picture.fill(ribbon(seam, p.px(0.014), {0.9, 1.0, 1.1, 1.0, 0.9}), dark);
  } else {
    picture.fill(ribbon({p.points[48], p.points[60]}, p.px(0.014), {0.7, 1.0}), dark);
    picture.fill(ribbon({p.points[64], p.points[54]}, p.px(0.014), {1.0, 0.7}), dark);
  }
}

void paint_nose(const Portrait& p, Canvas& picture) {
  const cv::Point2d down = p.view.down(), right(down.y, -down.x);
  const Color line = p.id.skin * 0.6f, hole = p.id.skin * 0.3f;
  for (int s = 0; s < 2; ++s) {
    const double sg = s == 0 ? -1 : 1, flare = 1 + 0.5 * p.action(nose_wrinkler, s);
    const cv::Point2d wing = p.points[s == 0 ? 31 : 35], inner = p.points[s == 0 ? 32 : 34];
    // The wing's crease starts above, outside of its foot.
    const Curve crease = spline(
        Curve{wing - down * p.px(0.11) + right * (sg * p.px(0.01)), wing - down * p.px(0.05) + right * (sg * p.px(0.045)), wing},
        5);
    picture.fill(ribbon(crease, p.px(0.014), {0.2, 1.0, 0.8}), line);
    picture.fill(
        ellipse(inner + right * (sg * p.px(0.012)) - down * p.px(0.012), p.px(0.045 * flare), p.px(0.022 * flare), sg * 12, 14),
        hole);
  }
  picture.fill(ribbon(spline(p.run(31, 35), 4), p.px(0.012), {0.5, 1.0, 0.9, 1.0, 0.5}), p.id.skin * 0.66f);
}

}  // namespace mien::procedural
