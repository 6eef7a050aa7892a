// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/photograph.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mien::procedural {

namespace {

Color random_color(Random& random, double low, double high) {
  const double light = random.uniform(low, high);
  Color color;
  for (int c = 0; c < 3; ++c) color[c] = static_cast<float>(std::clamp(light * random.uniform(0.75, 1.25), 0.0, 255.0));
  return color;
}

void paint_shape(Canvas& map, Random& random, double weight) {
  const double side = map.size_px();
  const cv::Point2d centre(random.uniform(0, side), random.uniform(0, side));
  const Color under =
      map.pixels().at<cv::Vec3b>(std::min(cvFloor(centre.y), map.size_px() - 1), std::min(cvFloor(centre.x), map.size_px() - 1));
  const Color color = mix(under, random_color(random, 30, 225), weight);
  const double size = side * random.uniform(0.06, 0.3), tall = size * random.uniform(0.4, 2.0), angle = random.uniform(0, 180);
  const int points = random.chance(0.5) ? 20 : 4;
  map.fill(ellipse(centre, size, tall, angle, points), color);
}

/// The tone curve of every channel.
std::array<std::array<std::uint8_t, 256>, 3> tone_curves(const Photograph& photo) {
  std::array<std::array<std::uint8_t, 256>, 3> curves;
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t v = 0; v < 256; ++v) {
      const double light = std::pow(static_cast<double>(v) / 255, photo.gamma) * photo.exposure * photo.gain[static_cast<int>(c)];
      curves[c][v] = cv::saturate_cast<std::uint8_t>(255 * light);
    }
  return curves;
}

/// Sum of four bytes, nearly normal with mean 510 and deviation 147.8: two numbers of noise from one draw.
void add_noise(cv::Mat& image, double sigma, Random random) {
  const int scale = cvRound(sigma * 65536 / 147.8);
  const int row_bytes = image.cols * 3;
  for (int y = 0; y < image.rows; ++y) {
    auto* row = image.ptr<std::uint8_t>(y);
    for (int i = 0; i < row_bytes; i += 2) {
      std::uint64_t bits = random.next();
      for (int k = i; k < std::min(i + 2, row_bytes); ++k) {
        int sum = -510;
        for (int b = 0; b < 4; ++b, bits >>= 8) sum += static_cast<int>(bits & 255);
        row[k] = cv::saturate_cast<std::uint8_t>(row[k] + ((sum * scale + 32768) >> 16));
      }
    }
  }
}

}  // namespace

Photograph draw_photograph(double noise, Random& random) {
  // Every number is drawn whatever `noise` is, so that cleaner pictures of the same face differ in nothing else.
  Photograph photo;
  const Color top = random_color(random, 40, 225), bottom = random_color(random, 40, 225);
  photo.background_top = mix(photo.background_top, top, std::min(1.0, noise));
  photo.background_bottom = mix(photo.background_bottom, bottom, std::min(1.0, noise));
  photo.clutter_01 = std::min(1.0, noise) * random.uniform(0, 1);
  photo.clutter_key = random.next();
  photo.light.from_x += noise * (random.uniform(-0.9, 0.9) + 0.3);
  photo.light.from_y += noise * random.uniform(-0.2, 0.4);
  photo.light.contrast += noise * random.uniform(-0.15, 0.35);
  const double warmth = random.uniform(-0.06, 0.1);
  photo.gain = Color(static_cast<float>(1 + noise * warmth), 1, static_cast<float>(1 - noise * warmth));
  photo.exposure = 1 + noise * random.uniform(-0.25, 0.15);
  photo.gamma = 1 + noise * random.uniform(-0.2, 0.3);
  photo.blur_share = noise * 0.0065 * std::max(0.0, random.uniform(-0.5, 1));
  photo.noise_sigma = noise * random.uniform(0.5, 8);
  photo.noise_key = random.next();
  return photo;
}

void paint_background(const Photograph& photo, Canvas& picture) {
  const int coarse = 48;
  Canvas map(coarse, 1, 3);
  for (int y = 0; y < coarse; ++y) {
    const Color color = mix(photo.background_top, photo.background_bottom, y / (coarse - 1.0));
    map.pixels().row(y).setTo(cv::Scalar(color[0], color[1], color[2]));
  }
  if (photo.clutter_01 > 0.05) {
    Random random(photo.clutter_key);
    const int shapes = 2 + static_cast<int>(10 * photo.clutter_01);
    for (int i = 0; i < shapes; ++i) paint_shape(map, random, photo.clutter_01);
  }
  cv::resize(map.pixels(), picture.pixels(), picture.pixels().size(), 0, 0, cv::INTER_LINEAR);
}

void expose(const Photograph& photo, cv::Mat& image_rgb) {
  soften(image_rgb, photo.blur_share * image_rgb.cols);
  const auto curves = tone_curves(photo);
  for (int y = 0; y < image_rgb.rows; ++y) {
    auto* p = image_rgb.ptr<std::uint8_t>(y);
    for (int x = 0; x < image_rgb.cols; ++x)
      for (std::size_t c = 0; c < 3; ++c, ++p) *p = curves[c][*p];
  }
  if (photo.noise_sigma > 0) add_noise(image_rgb, photo.noise_sigma, Random(photo.noise_key));
}

}  // namespace mien::procedural
