// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "mien/procedural/portrait.h"

namespace mien::procedural {

namespace {

const std::vector<double> kSpindle = {0.1, 0.8, 1.0, 0.8, 0.1};

/// A fold of 0..1 depth along knots given in pixels, `width` model units wide at its middle.
void fold(const Portrait& p, Canvas& folds, const Curve& knots, double width, double depth_01) {
  if (depth_01 < 0.03) return;
  folds.fill(ribbon(spline(knots, 5), p.px(0.5 * width), kSpindle), 255 * std::min(depth_01, 1.0));
}

void nose_to_mouth(const Portrait& p, Canvas& folds, int s) {
  const auto& wing = p.head[s == 0 ? 31 : 35];
  const auto& corner = p.head[s == 0 ? 48 : 54];
  const double sg = s == 0 ? -1 : 1;
  const double smile = p.action(lip_corner_puller, s), raise = p.action(upper_lip_raiser, s),
               wrinkle = p.action(nose_wrinkler, s);
  const double depth = 0.06 + 0.16 * p.id.age_01 + 0.5 * smile + 0.36 * raise + 0.3 * wrinkle + 0.12 * p.action(lip_stretcher, s);
  const double out = 0.11 + 0.05 * smile + 0.04 * raise;
  const Curve knots = {p.on_face(wing.x + sg * 0.05, wing.y - 0.06, 0.03),
                       p.on_face(0.45 * wing.x + 0.55 * (corner.x + sg * out * 0.6), 0.5 * (wing.y + corner.y) - 0.04),
                       p.on_face(corner.x + sg * out, corner.y - 0.02), p.on_face(corner.x + sg * (out - 0.02), corner.y + 0.1)};
  fold(p, folds, knots, 0.05, depth);
}

void mouth_corners(const Portrait& p, Canvas& folds, int s) {
  const auto& corner = p.head[s == 0 ? 48 : 54];
  const double sg = s == 0 ? -1 : 1, frown = p.action(lip_corner_depressor, s), dimple = p.action(dimpler, s);
  const auto at = [&](double dx, double dy) { return p.on_face(corner.x + sg * dx, corner.y + dy, 0.02); };
  fold(p, folds, {at(0.02, 0.02), at(0.06, 0.09), at(0.06, 0.2)}, 0.045, 0.1 * p.id.age_01 + 0.5 * frown);
  fold(p, folds, {at(0.045, -0.1), at(0.085, -0.01), at(0.05, 0.1)}, 0.06, 0.75 * dimple);
  fold(p, folds, {at(0.12, -0.12), at(0.15, 0.0), at(0.12, 0.12)}, 0.035, 0.3 * p.action(lip_stretcher, s));
}

void forehead(const Portrait& p, Canvas& folds) {
  for (int k = 0; k < 3; ++k) {
    Curve knots;
    double depth = 0;
    for (int i = -4; i <= 4; ++i) {
      const int s = i < 0 ? 0 : 1;
      const double inner = p.action(inner_brow_raiser, s), outer = p.action(outer_brow_raiser, s), x = 0.13 * i;
      const double share = std::abs(i) / 4.0, rise = inner * (1 - share) + outer * share;
      depth += (0.5 * inner + 0.5 * outer) / 9;
      const double reach = 0.35 + 0.65 * std::max(outer, p.id.age_01 * 0.5);
      knots.push_back(p.on_face(x * reach, -p.id.brow_y - 0.2 - 0.11 * k - 0.06 * rise - 0.02 * std::cos(3 * share)));
    }
    fold(p, folds, knots, 0.032, std::max(0.0, 0.2 * p.id.age_01 - 0.05) + 0.6 * depth * (1 - 0.15 * k));
  }
}

void between_brows(const Portrait& p, Canvas& folds) {
  for (int s = 0; s < 2; ++s) {
    const double sg = s == 0 ? -1 : 1, depth = p.action(brow_lowerer, s), y = -p.id.brow_y + 0.02;
    const double drawn = depth * (1 - 0.6 * p.action(inner_brow_raiser, s));
    fold(p, folds, {p.on_face(sg * 0.085, y - 0.14), p.on_face(sg * 0.06, y), p.on_face(sg * 0.075, y + 0.13)}, 0.045,
         0.12 * p.id.age_01 + 0.75 * drawn + 0.25 * depth);
    const double wrinkle = p.action(nose_wrinkler, s);
    for (int k = 0; k < 2; ++k)
      fold(p, folds,
           {p.on_face(-sg * 0.01, -0.05 + 0.07 * k, 0.1), p.on_face(sg * 0.05, -0.045 + 0.07 * k, 0.08),
            p.on_face(sg * 0.1, -0.02 + 0.075 * k, 0.03)},
           0.03, 0.6 * wrinkle);
    for (int k = 0; k < 2; ++k)
      fold(p, folds,
           {p.on_face(sg * 0.09, 0.1 + 0.1 * k, 0.08), p.on_face(sg * 0.15, 0.17 + 0.11 * k, 0.03),
            p.on_face(sg * 0.17, 0.26 + 0.11 * k)},
           0.035, 0.5 * wrinkle);
  }
}

void around_eye(const Portrait& p, Canvas& folds, int s) {
  const double sg = s == 0 ? -1 : 1, cheek = p.action(cheek_raiser, s), tight = p.action(lid_tightener, s);
  const auto& corner = p.head[s == 0 ? 36 : 45];
  for (int k = -1; k <= 1; ++k)
    fold(p, folds,
         {p.on_face(corner.x + sg * 0.05, corner.y + 0.03 * k), p.on_face(corner.x + sg * 0.11, corner.y + 0.055 * k),
          p.on_face(corner.x + sg * 0.17, corner.y + 0.09 * k + 0.02)},
         0.03, 0.5 * cheek + std::max(0.0, 0.25 * p.id.age_01 - 0.08));
  const auto below = [&](double along, double dy) { return p.on_face(sg * (p.id.eye_x + along * p.id.eye_width), dy); };
  const double y = 0.125 - 0.03 * cheek - 0.02 * tight;
  fold(p, folds, {below(-0.85, y - 0.02), below(-0.3, y + 0.03), below(0.3, y + 0.03), below(0.9, y - 0.02)}, 0.035,
       0.08 + 0.2 * p.id.age_01 + 0.4 * cheek + 0.4 * tight);
}

void chin(const Portrait& p, Canvas& folds) {
  const double raise = p.action.mean(chin_raiser), y = p.head[57].y + 0.06;
  fold(p, folds, {p.on_face(-0.19, y + 0.05, 0.05), p.on_face(0, y - 0.015, 0.08), p.on_face(0.19, y + 0.05, 0.05)}, 0.06,
       0.22 + 0.5 * raise + 0.1 * p.action.mean(lip_tightener));
  static constexpr double bumps[6][2] = {{-0.12, 0.15}, {-0.03, 0.13}, {0.07, 0.16}, {0.13, 0.13}, {-0.06, 0.2}, {0.03, 0.22}};
  for (const auto& [x, dy] : bumps)
    if (raise > 0.1) folds.fill(ellipse(p.on_face(x, y + dy, 0.08), p.px(0.022), p.px(0.016), 0, 10), 170 * raise);
}

}  // namespace

void draw_folds(const Portrait& p, Canvas& folds) {
  for (int s = 0; s < 2; ++s) {
    nose_to_mouth(p, folds, s);
    mouth_corners(p, folds, s);
    around_eye(p, folds, s);
  }
  forehead(p, folds);
  between_brows(p, folds);
  chin(p, folds);
  folds.blur(p.px(0.011));
}

}  // namespace mien::procedural
