// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mien/base/random.h"
#include "mien/procedural/portrait.h"

namespace mien::procedural {

namespace {

constexpr double kMiddle = 128;  ///< the value of a shade map where nothing is lighter or darker

/// Soft light and shadow of the face's relief; painted coarsely, then blurred.
Canvas relief(const Portrait& p, int size_px) {
  Canvas map(size_px, 1, 1, kMiddle);
  const auto spot = [&](double x, double y, double rx, double ry, double value) {
    map.fill(ellipse(p.on_face(x, y), p.px(rx), p.px(ry), 0, 16), value);
  };
  for (int s = 0; s < 2; ++s) {
    const double sg = s == 0 ? -1 : 1, lit = p.lit(s),
                 cheek = std::max(p.action(cheek_raiser, s), 0.8 * p.action(lip_corner_puller, s));
    map.fill(Curve{p.on_face(sg * 0.95 * p.id.face_width, 0.45), p.on_face(sg * 0.62, 0.72), p.on_face(sg * 0.5, 1.1),
                   p.on_face(sg * 0.42, p.id.chin_y)},
             117 + 10 * lit);
    spot(sg * (p.id.eye_x - 0.02), -0.05, 0.25, 0.16, 108 + 12 * lit);
    map.fill(
        Curve{p.on_face(sg * 0.1, -0.12, 0.02), p.on_face(sg * 0.09, 0.3, 0.12), p.on_face(sg * 0.16, p.id.nose_y - 0.08, 0.08),
              p.on_face(sg * 0.32, p.id.nose_y - 0.05), p.on_face(sg * 0.2, 0.25), p.on_face(sg * 0.18, 0.0)},
        112 + 30 * lit);
    spot(sg * 0.53, 0.36 - 0.08 * cheek, 0.17, 0.1 + 0.03 * cheek, 140 + 14 * cheek + 14 * lit);
    spot(sg * (p.id.eye_x + 0.02), -p.id.brow_y + 0.09, 0.2, 0.03, 132);
  }
  spot(0, -0.62, 0.42, 0.17, 140);
  spot(0, p.id.nose_y + 0.1, 0.16, 0.06, 106);
  spot(0, p.head[57].y + 0.06, 0.2, 0.05, 104);
  spot(0, 0.5 * (p.head[57].y + p.head[8].y) + 0.1, 0.15, 0.1, 139);
  map.blur(p.px(0.055));
  map.fill(ribbon(p.run(27, 30), p.px(0.045), {0.6, 0.7, 1.0}), 150);
  map.fill(ellipse(p.points[30] + p.view.down() * p.px(0.03), p.px(0.07), p.px(0.06), 0, 12), 154);
  map.blur(p.px(0.03));
  return map;
}

/// Multiplies the relief with the light on a ball in the place of the head.
void light_ball(const Portrait& p, cv::Mat& shade) {
  const cv::Point2d centre = p.view.project({0, 0.25, 0}), down = p.view.down(), right(down.y, -down.x);
  const double length = std::sqrt(1 + p.light.from_x * p.light.from_x + p.light.from_y * p.light.from_y);
  const double lx = p.light.from_x / length, ly = p.light.from_y / length, lz = 1 / length;
  for (int y = 0; y < shade.rows; ++y) {
    auto* row = shade.ptr<std::uint8_t>(y);
    for (int x = 0; x < shade.cols; ++x) {
      const cv::Point2d d = (cv::Point2d(x, y) - centre) * (1 / p.view.scale());
      const double nx = d.dot(right) / 1.05, ny = d.dot(down) / 1.6, flat = std::min(0.97, nx * nx + ny * ny);
      const double lambert = nx * lx + ny * ly + std::sqrt(1 - flat) * lz;
      row[x] = cv::saturate_cast<std::uint8_t>(row[x] * (1 + p.light.contrast * (lambert - 0.82)));
    }
  }
}

Canvas redness(const Portrait& p, int size_px) {
  Canvas map(size_px, 1, 1);
  const double strength = 255 * p.id.blush_01;
  for (const double sg : {-1.0, 1.0}) map.fill(ellipse(p.on_face(sg * 0.52, 0.42), p.px(0.22), p.px(0.16), 0, 16), strength);
  map.fill(ellipse(p.points[30], p.px(0.12), p.px(0.1), 0, 16), 0.6 * strength);
  map.blur(p.px(0.07));
  return map;
}

/// Opacity of the beard over the skin.
Canvas beard(const Portrait& p, int size_px) {
  Canvas map(size_px, 1, 1);
  if (p.id.beard == Beard::none) return map;
  const double opacity = p.id.beard == Beard::stubble ? 62
                         : p.id.beard == Beard::full  ? 225
                                                      : 195,
               drop = p.head[8].y - p.id.chin_y;
  const double upper = p.head[51].y, lower = p.head[57].y;
  if (p.id.beard == Beard::full || p.id.beard == Beard::stubble) {
    Curve edge = p.run(1, 15);
    for (const auto& [x, y] : {std::pair{0.86, 0.42},
                               {0.72, 0.74},
                               {0.5, 0.86},
                               {0.3, p.id.nose_y + 0.17},
                               {0.0, p.id.nose_y + 0.13},
                               {-0.3, p.id.nose_y + 0.17},
                               {-0.5, 0.86},
                               {-0.72, 0.74},
                               {-0.86, 0.42}})
      edge.push_back(p.on_face(x * p.id.face_width / 0.9, y, x == 0 ? 0.06 : 0));
    map.fill(edge, opacity);
  } else {
    map.fill(
        spline(Curve{p.on_face(-0.02, p.id.nose_y + 0.13, 0.08), p.on_face(0.2, p.id.nose_y + 0.17),
                     p.on_face(p.head[54].x + 0.06, p.head[54].y + 0.03), p.on_face(p.head[54].x - 0.04, p.head[54].y - 0.03),
                     p.on_face(0, upper, 0.08), p.on_face(p.head[48].x + 0.04, p.head[48].y - 0.03),
                     p.on_face(p.head[48].x - 0.06, p.head[48].y + 0.03), p.on_face(-0.2, p.id.nose_y + 0.17),
                     p.on_face(-0.02, p.id.nose_y + 0.13, 0.08)},
               3),
        opacity);
    if (p.id.beard == Beard::goatee)
      map.fill(spline(Curve{p.on_face(-0.3, lower), p.on_face(0, lower + 0.05), p.on_face(0.3, lower),
                            p.on_face(0.2, p.id.chin_y + drop - 0.12), p.on_face(0, p.id.chin_y + drop - 0.03),
                            p.on_face(-0.2, p.id.chin_y + drop - 0.12), p.on_face(-0.3, lower)},
                      3),
               opacity);
  }
  map.blur(p.px(p.id.beard == Beard::stubble ? 0.06 : 0.03));
  return map;
}

void draw_freckles(const Portrait& p, Canvas& folds) {
  if (p.id.freckles_01 <= 0) return;
  Random random(0xF4EC, static_cast<std::uint64_t>(p.id.freckles_01 * 1e9));
  for (int i = 0; i < 34; ++i) {
    const double x = random.uniform(-0.62, 0.62), y = random.uniform(0.22, 0.52), r = random.uniform(0.008, 0.016);
    folds.fill(ellipse(p.on_face(x, y), p.px(r), p.px(r), 0, 8), 130 * p.id.freckles_01);
  }
}

cv::Mat enlarged(const cv::Mat& map, int side) {
  cv::Mat large;
  cv::resize(map, large, {side, side}, 0, 0, cv::INTER_LINEAR);
  return large;
}

/// Colour of one pixel: what lies in shadow loses less red than blue, as skin does.
inline void shade_pixel(std::uint8_t* to, const float* base, const float* hair, int opacity, int shade, int red,
                        int beard_opacity, float fold) {
  const float light = static_cast<float>(shade) * (1 - fold * 0.0024f) / 128.0f, blush = static_cast<float>(red) * 0.0011f;
  const float bearded = static_cast<float>(beard_opacity) / 255.0f;
  static constexpr float tint[3] = {0.0f, 1.0f, 0.8f}, warm[3] = {0.16f, 0.0f, -0.05f};
  for (int c = 0; c < 3; ++c) {
    float value = base[c] * (1 - blush * tint[c]);
    value += (hair[c] - value) * bearded;
    const float m = light < 1 ? light + (1 - light) * light * warm[c] * 1.6f : light;
    const float lit = light > 1 ? value * m + (m - 1) * 26 : value * m;
    const float mixed = to[c] + (std::clamp(lit, 0.0f, 255.0f) - to[c]) * (static_cast<float>(opacity) / 255.0f);
    to[c] = static_cast<std::uint8_t>(mixed + 0.5f);
  }
}

}  // namespace

void paint_skin(const Portrait& p, Canvas& picture, const Canvas& face_mask) {
  const int size = picture.size_px(), side = picture.pixels().rows;
  Canvas shade = relief(p, size);
  light_ball(p, shade.pixels());
  cv::Mat maps;
  cv::merge(std::vector<cv::Mat>{shade.pixels(), redness(p, size).pixels(), beard(p, size).pixels()}, maps);
  maps = enlarged(maps, side);
  Canvas folds(size, picture.factor(), 1);
  draw_folds(p, folds);
  draw_freckles(p, folds);
  const float* base = p.id.skin.val;
  const Color hair = mix(p.id.hair_color, p.id.skin, 0.15);
  const cv::Rect box = picture.bounds(p.face_outline());
  for (int y = box.y; y < box.y + box.height; ++y) {
    const auto* opacity = face_mask.pixels().ptr<std::uint8_t>(y);
    const auto* fold = folds.pixels().ptr<std::uint8_t>(y);
    const auto* map = maps.ptr<std::uint8_t>(y);
    auto* to = picture.pixels().ptr<std::uint8_t>(y);
    for (int x = box.x; x < box.x + box.width; ++x)
      if (opacity[x] != 0)
        shade_pixel(to + 3 * x, base, hair.val, opacity[x], map[3 * x], map[3 * x + 1], map[3 * x + 2], fold[x]);
  }
}

}  // namespace mien::procedural
