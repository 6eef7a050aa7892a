// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/room.h"

#include <algorithm>
#include <cmath>

#include "mien/base/random.h"
#include "mien/procedural/canvas.h"

namespace mien::procedural {

namespace {

constexpr std::uint64_t kRoom = 0x3B01, kCounter = 0x3B02;

/// Draws in shares of the picture's height from its upper left corner.
class Painter {
 public:
  explicit Painter(const cv::Mat& image)
      : canvas_(std::max(image.cols, image.rows), 1, 3), size_(image.size()), unit_(image.rows) {
    image.copyTo(canvas_.pixels()(cv::Rect({}, size_)));
  }
  double width() const { return static_cast<double>(size_.width) / size_.height; }
  void polygon(Curve outline, const Color& color) {
    for (auto& p : outline) p = p * unit_ - cv::Point2d(0.5, 0.5);
    canvas_.fill(outline, color);
  }
  void box(double left, double top, double right, double bottom, const Color& color) {
    polygon({{left, top}, {right, top}, {right, bottom}, {left, bottom}}, color);
  }
  cv::Mat picture() const { return canvas_.pixels()(cv::Rect({}, size_)).clone(); }

 private:
  Canvas canvas_;
  cv::Size size_;
  double unit_;
};

Color tint(Random& random, double low, double high, double spread) {
  const double light = random.uniform(low, high);
  Color color;
  for (int c = 0; c < 3; ++c)
    color[c] = static_cast<float>(std::clamp(light * random.uniform(1 - spread, 1 + spread), 0.0, 255.0));
  return color;
}

void paint_window(Painter& p, double left) {
  const double top = 0.07, right = left + 0.42, bottom = 0.56, frame = 0.014;
  p.box(left - 0.025, top - 0.025, right + 0.025, bottom + 0.03, {236, 232, 224});
  const int bands = 24;
  for (int i = 0; i < bands; ++i) {
    const double from = top + (bottom - top) * i / bands, to = top + (bottom - top) * (i + 1.0) / bands;
    p.box(left, from, right, to, mix({158, 196, 232}, {228, 236, 240}, i / (bands - 1.0)));
  }
  Curve hills = {{left, bottom}};
  for (int i = 0; i <= 40; ++i)
    hills.emplace_back(left + (right - left) * i / 40,
                       bottom - 0.12 - 0.03 * std::sin(0.21 * i) - 0.016 * std::sin(0.53 * i + 1));
  hills.emplace_back(right, bottom);
  p.polygon(hills, {132, 158, 128});
  const double middle = 0.5 * (left + right);
  p.box(middle - frame / 2, top, middle + frame / 2, bottom, {236, 232, 224});
  p.box(left, 0.3 - frame / 2, right, 0.3 + frame / 2, {236, 232, 224});
  p.box(left - 0.045, bottom + 0.02, right + 0.045, bottom + 0.045, {218, 212, 202});
}

void paint_framed_picture(Painter& p, Random& random, double left) {
  p.box(left, 0.1, left + 0.3, 0.34, {72, 58, 46});
  p.box(left + 0.012, 0.112, left + 0.288, 0.328, tint(random, 190, 225, 0.08));
  for (int i = 0; i < 5; ++i) {
    const cv::Point2d at(left + random.uniform(0.06, 0.24), random.uniform(0.16, 0.28));
    p.polygon(ellipse(at, random.uniform(0.015, 0.045), random.uniform(0.015, 0.04), random.uniform(0, 90)),
              tint(random, 60, 200, 0.5));
  }
}

void paint_shelf(Painter& p, Random& random, double left) {
  for (const double y : {0.53, 0.74}) {
    double x = left + 0.01;
    while (x < left + 0.36) {
      const double thick = random.uniform(0.014, 0.034), tall = random.uniform(0.085, 0.135);
      if (random.chance(0.85)) p.box(x, y - tall, x + thick - 0.002, y, tint(random, 60, 190, 0.45));
      x += thick;
    }
    p.box(left, y, left + 0.4, y + 0.018, {120, 92, 66});
  }
}

void paint_plant(Painter& p, Random& random, double x) {
  const double y = 0.7;
  for (int i = 0; i < 16; ++i) {
    const double angle = -160 + 140.0 * i / 15 + random.uniform(-6, 6), length = random.uniform(0.07, 0.13);
    const double radians = angle * CV_PI / 180;
    const cv::Point2d tip(std::cos(radians), std::sin(radians));
    p.polygon(ellipse(cv::Point2d(x, y - 0.04) + length * tip, length, 0.014, angle, 16),
              tint(random, 80, 130, 0.12).mul({0.7f, 1.15f, 0.6f}));
  }
  p.polygon({{x - 0.06, y - 0.03}, {x + 0.06, y - 0.03}, {x + 0.045, y + 0.12}, {x - 0.045, y + 0.12}}, {176, 112, 82});
}

}  // namespace

cv::Mat paint_room(std::uint64_t seed, cv::Size size) {
  Random random(seed, kRoom);
  cv::Mat wall(size, CV_8UC3);
  const Color top = tint(random, 196, 222, 0.06), bottom = top * 0.86f;
  for (int y = 0; y < size.height; ++y) {
    const Color color = mix(top, bottom, static_cast<double>(y) / size.height);
    wall.row(y).setTo(cv::Scalar(color[0], color[1], color[2]));
  }
  Painter p(wall);
  const double w = p.width();
  paint_window(p, 0.08 * w);
  paint_framed_picture(p, random, 0.47 * w);
  paint_shelf(p, random, w - 0.47);
  paint_plant(p, random, 0.42 * w);
  cv::Mat room = p.picture();
  soften(room, 0.0016 * size.height);  // a little out of focus
  return room;
}

void paint_counter(std::uint64_t seed, cv::Mat& image_rgb) {
  Random random(seed, kCounter);
  Painter p(image_rgb);
  const Color wood = tint(random, 108, 140, 0.05).mul({1.15f, 0.95f, 0.75f});
  p.box(-1, kCounterTop, p.width() + 1, 1.1, wood);
  p.box(-1, kCounterTop, p.width() + 1, kCounterTop + 0.028, wood * 1.22f);
  for (int i = 0; i < 7; ++i) {
    const double y = kCounterTop + 0.045 + 0.02 * i;
    p.box(-1, y, p.width() + 1, y + 0.0025, wood * static_cast<float>(random.uniform(0.86, 0.95)));
  }
  const double x = 0.5 * p.width(), foot = kCounterTop + 0.02;
  const Color cup = tint(random, 170, 225, 0.25);
  p.polygon(ellipse({x + 0.042, foot - 0.042}, 0.026, 0.028), cup * 0.82f);
  p.polygon(ellipse({x + 0.042, foot - 0.042}, 0.015, 0.018), wood * 0.9f);
  p.polygon({{x - 0.04, foot - 0.085}, {x + 0.04, foot - 0.085}, {x + 0.033, foot}, {x - 0.033, foot}}, cup);
  p.polygon(ellipse({x, foot - 0.085}, 0.04, 0.009, 0, 48), cup * 0.7f);
  p.picture().copyTo(image_rgb);
}

}  // namespace mien::procedural
