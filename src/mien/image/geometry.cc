// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/geometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mien/base/error.h"

namespace mien {

namespace {

double radians(double deg) { return deg * std::numbers::pi / 180; }

/// Pillow's table from output to input coordinates: rotation about (W/2,H/2), where pixel x covers [x,x+1).
Affine pillow_inverse_rotation(double angle_deg, int width, int height) {
  const auto to_15_digits = [](double x) { return std::round(x * 1e15) / 1e15; };
  const double angle = radians(angle_deg), cos = to_15_digits(std::cos(angle)), sin = to_15_digits(std::sin(angle));
  const double cx = width / 2.0, cy = height / 2.0;
  return {cos, -sin, cos * -cx - sin * -cy + cx, sin, cos, sin * -cx + cos * -cy + cy};
}

std::int64_t fixed_16(double value) { return static_cast<std::int64_t>(std::floor(value * 65536 + 0.5)); }

/// Pillow's nearest neighbour walks in steps of 1/65536 pixel.
void rotate_nearest(const cv::Mat& image, const Affine& from, cv::Mat& out) {
  const std::size_t pixel = image.elemSize();
  const std::int64_t step_x = fixed_16(from(0, 0)), step_y = fixed_16(from(1, 0));
  const std::int64_t row_x = fixed_16(from(0, 1)), row_y = fixed_16(from(1, 1));
  std::int64_t start_x = fixed_16(from(0, 2) + from(0, 0) * 0.5 + from(0, 1) * 0.5);
  std::int64_t start_y = fixed_16(from(1, 2) + from(1, 0) * 0.5 + from(1, 1) * 0.5);
  for (int y = 0; y < out.rows; ++y, start_x += row_x, start_y += row_y) {
    std::int64_t u = start_x, v = start_y;
    for (int x = 0; x < out.cols; ++x, u += step_x, v += step_y) {
      const std::int64_t column = u >> 16, row = v >> 16;
      if (column < 0 || column >= image.cols || row < 0 || row >= image.rows) continue;
      const std::uint8_t* in = image.ptr(static_cast<int>(row)) + static_cast<std::size_t>(column) * pixel;
      std::copy(in, in + pixel, out.ptr(y) + static_cast<std::size_t>(x) * pixel);
    }
  }
}

/// One bilinear sample at (u,v) in coordinates where pixel x covers [x,x+1); edges repeat, the result is truncated.
void sample_bilinear(const cv::Mat& image, double u, double v, std::uint8_t* out) {
  const int channels = image.channels();
  const double left = std::floor(u - 0.5), top = std::floor(v - 0.5), dx = u - 0.5 - left, dy = v - 0.5 - top;
  const auto column = [&](double x) { return std::clamp(static_cast<int>(x), 0, image.cols - 1) * channels; };
  const auto row = [&](double y) { return image.ptr(std::clamp(static_cast<int>(y), 0, image.rows - 1)); };
  const int x0 = column(left), x1 = column(left + 1);
  const std::uint8_t *upper = row(top), *lower = row(top + 1);
  for (int c = 0; c < channels; ++c) {
    const double above = upper[x0 + c] + (upper[x1 + c] - upper[x0 + c]) * dx;
    const double below = lower[x0 + c] + (lower[x1 + c] - lower[x0 + c]) * dx;
    out[c] = static_cast<std::uint8_t>(above + (below - above) * dy);
  }
}

void rotate_bilinear(const cv::Mat& image, const Affine& from, cv::Mat& out) {
  for (int y = 0; y < out.rows; ++y)
    for (int x = 0; x < out.cols; ++x) {
      const double u = from(0, 0) * (x + 0.5) + from(0, 1) * (y + 0.5) + from(0, 2);
      const double v = from(1, 0) * (x + 0.5) + from(1, 1) * (y + 0.5) + from(1, 2);
      if (u < 0 || u >= image.cols || v < 0 || v >= image.rows) continue;
      sample_bilinear(image, u, v, out.ptr(y) + x * image.channels());
    }
}

/// Quarter turns that keep the size are exact.
bool rotate_exactly(const cv::Mat& image, double angle_deg, cv::Mat& out) {
  if (angle_deg == 0)
    out = image.clone();
  else if (angle_deg == 180)
    cv::rotate(image, out, cv::ROTATE_180);
  else if (angle_deg == 90 && image.cols == image.rows)
    cv::rotate(image, out, cv::ROTATE_90_COUNTERCLOCKWISE);
  else if (angle_deg == 270 && image.cols == image.rows)
    cv::rotate(image, out, cv::ROTATE_90_CLOCKWISE);
  else
    return false;
  return true;
}

}  // namespace

Affine identity_affine() { return {1, 0, 0, 0, 1, 0}; }

Affine compose(const Affine& outer, const Affine& inner) {
  const auto at = [&](int r, int c) {
    return outer(r, 0) * inner(0, c) + outer(r, 1) * inner(1, c) + (c == 2 ? outer(r, 2) : 0);
  };
  return {at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 1), at(1, 2)};
}

Affine invert(const Affine& m) {
  const double determinant = m(0, 0) * m(1, 1) - m(0, 1) * m(1, 0);
  if (determinant == 0) throw Error(ErrorCode::numeric, "this affine map has no inverse");
  const double a = m(1, 1) / determinant, b = -m(0, 1) / determinant, c = -m(1, 0) / determinant, d = m(0, 0) / determinant;
  return {a, b, -a * m(0, 2) - b * m(1, 2), c, d, -c * m(0, 2) - d * m(1, 2)};
}

Affine rotation_about_centre(double angle_deg, int width, int height) {
  const double cos = std::cos(radians(angle_deg)), sin = std::sin(radians(angle_deg));
  const double cx = (width - 1) / 2.0, cy = (height - 1) / 2.0;
  return {cos, sin, cx - cos * cx - sin * cy, -sin, cos, cy + sin * cx - cos * cy};
}

std::vector<cv::Point2f> apply_affine(const Affine& m, const std::vector<cv::Point2f>& points) {
  std::vector<cv::Point2f> moved;
  moved.reserve(points.size());
  for (const cv::Point2f& p : points)
    moved.emplace_back(static_cast<float>(m(0, 0) * p.x + m(0, 1) * p.y + m(0, 2)),
                       static_cast<float>(m(1, 0) * p.x + m(1, 1) * p.y + m(1, 2)));
  return moved;
}

cv::Mat rotate_image(const cv::Mat& image, double angle_deg, bool bilinear) {
  if (image.depth() != CV_8U)
    throw Error(ErrorCode::usage, "rotate_image needs an 8-bit image, found " + cv::typeToString(image.type()));
  angle_deg = std::fmod(std::fmod(angle_deg, 360.0) + 360.0, 360.0);
  cv::Mat out;
  if (rotate_exactly(image, angle_deg, out)) return out;
  out = cv::Mat::zeros(image.size(), image.type());
  const Affine from = pillow_inverse_rotation(angle_deg, image.cols, image.rows);
  bilinear ? rotate_bilinear(image, from, out) : rotate_nearest(image, from, out);
  return out;
}

const std::array<int, 68>& flip_permutation_68() {
  static constexpr std::array<int, 68> permutation = {16, 15, 14, 13, 12, 11, 10, 9,  8,  7,  6,  5,  4, 3, 2, 1, 0,  // jaw
                                                      26, 25, 24, 23, 22, 21, 20, 19, 18, 17,                         // brows
                                                      27, 28, 29, 30, 35, 34, 33, 32, 31,                             // nose
                                                      45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,                 // eyes
                                                      54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55,  // outer lips
                                                      64, 63, 62, 61, 60, 67, 66, 65};                 // inner lips
  return permutation;
}

const std::array<int, 5>& flip_permutation_5() {
  static constexpr std::array<int, 5> permutation = {1, 0, 2, 4, 3};
  return permutation;
}

std::vector<cv::Point2f> flip_points(const std::vector<cv::Point2f>& points, int width) {
  if (points.size() > 1 && points.size() != 5 && points.size() != 68)
    throw Error(ErrorCode::usage, "the mirror image of " + std::to_string(points.size()) + " landmarks is not known, only that of 5 and 68",
                "Without knowing which points are left and right they cannot change sides: leave the mirroring out.");
  std::vector<cv::Point2f> flipped(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::size_t from = i;
    if (points.size() == 68) from = static_cast<std::size_t>(flip_permutation_68()[i]);
    if (points.size() == 5) from = static_cast<std::size_t>(flip_permutation_5()[i]);
    flipped[i] = {static_cast<float>(width - 1) - points[from].x, points[from].y};
  }
  return flipped;
}

CropBox random_resized_crop_from(int height, int width, double scale_min, double scale_max, double ratio_min, double ratio_max,
                                 const std::function<double()>& next) {
  constexpr int kAttempts = 10;
  const double log_min = std::log(ratio_min), log_max = std::log(ratio_max);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const double area = static_cast<double>(height) * width * (scale_min + (scale_max - scale_min) * next());
    const double ratio = std::exp(log_min + (log_max - log_min) * next());
    const double w = std::nearbyint(std::sqrt(area * ratio)), h = std::nearbyint(std::sqrt(area / ratio));
    if (w <= 0 || w > width || h <= 0 || h > height) continue;
    const int top = static_cast<int>(next() * (height - h + 1)), left = static_cast<int>(next() * (width - w + 1));
    return {top, left, static_cast<int>(h), static_cast<int>(w)};
  }
  int w = width, h = height;
  const double ratio = static_cast<double>(width) / height;
  if (ratio < ratio_min)
    h = static_cast<int>(std::nearbyint(width / ratio_min));
  else if (ratio > ratio_max)
    w = static_cast<int>(std::nearbyint(height * ratio_max));
  return {(height - h) / 2, (width - w) / 2, h, w};
}

CropBox random_resized_crop(int height, int width, double scale_min, double scale_max, double ratio_min, double ratio_max,
                            Random& random) {
  return random_resized_crop_from(height, width, scale_min, scale_max, ratio_min, ratio_max, [&] { return random.uniform(); });
}

}  // namespace mien
