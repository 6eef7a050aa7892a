// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include "mien/procedural/curve.h"

namespace mien::procedural {

/// RGB, 0..255.
using Color = cv::Vec3f;

Color mix(const Color& a, const Color& b, double share_of_b);

/// An 8-bit picture with 1 or 3 channels that is `factor` times finer than the pixels in which everything is measured.
/// Coordinates are picture pixels with centres at integers; drawing is antialiased and accurate to 1/256 pixel.
class Canvas {
 public:
  Canvas(int size_px, int factor, int channels, double value = 0);

  void fill(const Curve& outline, const Color& color);
  void fill(const Curve& outline, double value) { fill(outline, Color(static_cast<float>(value), 0, 0)); }

  /// Gaussian-like blur (two box filters) with about `sigma` picture pixels.
  void blur(double sigma);

  /// Puts `color` over the picture with the opacity `mask` (0..255, 1 channel, same size) times `opacity`.
  void glaze(const Canvas& mask, const Color& color, double opacity = 1);

  /// Where `clip` is inside, takes the pixels of `other` (same size and channels), softly at its border.
  void take(const Canvas& other, const Curve& clip);

  /// Area average down to picture pixels.
  cv::Mat shrunk() const;

  int size_px() const { return size_px_; }
  int factor() const { return factor_; }
  cv::Mat& pixels() { return pixels_; }
  const cv::Mat& pixels() const { return pixels_; }

  /// The fine pixels that a curve touches, with a margin of two, cut at the border.
  cv::Rect bounds(const Curve& outline) const;

 private:
  int size_px_, factor_;
  cv::Mat pixels_;
};

/// Two box filters in place, about Gaussian with `sigma` pixels. Runs on one thread whatever OpenCV is set to.
void soften(cv::Mat& image, double sigma);

}  // namespace mien::procedural
