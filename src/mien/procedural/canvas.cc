// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/canvas.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mien::procedural {

namespace {

constexpr int kFractionBits = 8;

std::vector<cv::Point> fixed_point(const Curve& outline, int factor, cv::Point origin) {
  std::vector<cv::Point> points;
  points.reserve(outline.size());
  for (const auto& p : outline) {
    const double x = factor * (p.x + 0.5) - 0.5 - origin.x, y = factor * (p.y + 0.5) - 0.5 - origin.y;
    points.emplace_back(cvRound(x * (1 << kFractionBits)), cvRound(y * (1 << kFractionBits)));
  }
  return points;
}

cv::Scalar scalar(const Color& c) { return {c[0], c[1], c[2]}; }

int blend(int under, int over, int opacity_255) {
  const int product = (over - under) * opacity_255;
  return under + (product + (product >= 0 ? 127 : -127)) / 255;
}

}  // namespace

Color mix(const Color& a, const Color& b, double share_of_b) {
  const auto t = static_cast<float>(share_of_b);
  return a * (1 - t) + b * t;
}

Canvas::Canvas(int size_px, int factor, int channels, double value)
    : size_px_(size_px), factor_(factor), pixels_(size_px * factor, size_px * factor, CV_8UC(channels), cv::Scalar::all(value)) {}

void Canvas::fill(const Curve& outline, const Color& color) {
  if (outline.size() < 3) return;
  cv::fillPoly(pixels_, std::vector<std::vector<cv::Point>>{fixed_point(outline, factor_, {})}, scalar(color), cv::LINE_AA,
               kFractionBits);
}

void Canvas::blur(double sigma) { soften(pixels_, sigma * factor_); }

void Canvas::glaze(const Canvas& mask, const Color& color, double opacity) {
  const int weight = std::clamp(cvRound(opacity * 256), 0, 256);
  const int over[3] = {cvRound(color[0]), cvRound(color[1]), cvRound(color[2])};
  const int channels = pixels_.channels();
  for (int y = 0; y < pixels_.rows; ++y) {
    const auto* m = mask.pixels_.ptr<std::uint8_t>(y);
    auto* p = pixels_.ptr<std::uint8_t>(y);
    for (int x = 0; x < pixels_.cols; ++x) {
      const int a = m[x] * weight / 256;
      if (a == 0) continue;
      for (int c = 0; c < channels; ++c) p[x * channels + c] = static_cast<std::uint8_t>(blend(p[x * channels + c], over[c], a));
    }
  }
}

void Canvas::take(const Canvas& other, const Curve& clip) {
  const cv::Rect box = bounds(clip);
  if (box.empty()) return;
  cv::Mat mask(box.size(), CV_8UC1, cv::Scalar(0));
  cv::fillPoly(mask, std::vector<std::vector<cv::Point>>{fixed_point(clip, factor_, box.tl())}, cv::Scalar(255), cv::LINE_AA,
               kFractionBits);
  const int channels = pixels_.channels();
  for (int y = 0; y < box.height; ++y) {
    const auto* m = mask.ptr<std::uint8_t>(y);
    const auto* from = other.pixels_.ptr<std::uint8_t>(y + box.y) + box.x * channels;
    auto* to = pixels_.ptr<std::uint8_t>(y + box.y) + box.x * channels;
    for (int x = 0; x < box.width; ++x)
      for (int c = 0; m[x] != 0 && c < channels; ++c)
        to[x * channels + c] = static_cast<std::uint8_t>(blend(to[x * channels + c], from[x * channels + c], m[x]));
  }
}

cv::Mat Canvas::shrunk() const {
  if (factor_ == 1) return pixels_.clone();
  const int channels = pixels_.channels(), row = size_px_ * channels, area = factor_ * factor_;
  cv::Mat small(size_px_, size_px_, pixels_.type());
  std::vector<int> sums(static_cast<std::size_t>(row));
  for (int y = 0; y < size_px_; ++y) {
    std::fill(sums.begin(), sums.end(), area / 2);
    for (int k = 0; k < factor_; ++k) {
      const auto* fine = pixels_.ptr<std::uint8_t>(y * factor_ + k);
      for (int x = 0; x < size_px_; ++x)
        for (int j = 0; j < factor_; ++j)
          for (int c = 0; c < channels; ++c) sums[static_cast<std::size_t>(x * channels + c)] += *fine++;
    }
    auto* to = small.ptr<std::uint8_t>(y);
    for (int i = 0; i < row; ++i) to[i] = static_cast<std::uint8_t>(sums[static_cast<std::size_t>(i)] / area);
  }
  return small;
}

cv::Rect Canvas::bounds(const Curve& outline) const {
  double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
  for (const auto& p : outline) {
    x0 = std::min(x0, p.x), x1 = std::max(x1, p.x);
    y0 = std::min(y0, p.y), y1 = std::max(y1, p.y);
  }
  if (x1 < x0) return {};
  const auto fine = [this](double v, int margin) { return cvFloor(factor_ * (v + 0.5) - 0.5) + margin; };
  const cv::Rect box(cv::Point(fine(x0, -2), fine(y0, -2)), cv::Point(fine(x1, 3), fine(y1, 3)));
  return box & cv::Rect(0, 0, pixels_.cols, pixels_.rows);
}

void soften(cv::Mat& image, double sigma) {
  if (sigma <= 0) return;
  // Two boxes of width w have the variance (w^2 - 1) / 6; cv::GaussianBlur would start threads.
  const int width = 2 * cvRound((std::sqrt(6 * sigma * sigma + 1) - 1) / 2) + 1;
  if (width < 3) {
    // A box cannot blur by less than a pixel: 1-k, k on both sides.
    const float k = static_cast<float>(std::min(0.5 * sigma * sigma, 0.33));
    const cv::Matx<float, 1, 3> kernel(k, 1 - 2 * k, k);
    cv::sepFilter2D(image, image, -1, kernel, kernel);
    return;
  }
  for (int pass = 0; pass < 2; ++pass)
    cv::boxFilter(image, image, -1, cv::Size(width, width), cv::Point(-1, -1), true, cv::BORDER_REPLICATE);
}

}  // namespace mien::procedural
