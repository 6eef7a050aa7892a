// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/texture_embedder.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "mien/base/error.h"
#include "mien/face_geometry/alignment.h"
#include "mien/image/color.h"

namespace mien {

namespace {

constexpr int kPatterns = 59, kCells = 8;
// By measurement (docs/results/identity.md): a crop that ends at brows and chin is better than one with hair and background.
constexpr int kCropPx = 80;
constexpr double kMargin = -0.2, kRadius = 2;
constexpr double kSamePerson = 0.74;  // one false accept in a hundred

std::array<std::uint8_t, 256> pattern_numbers() {
  std::array<std::uint8_t, 256> numbers{};
  std::uint8_t next = 0;
  for (unsigned code = 0; code < 256; ++code) {
    const auto byte = static_cast<std::uint8_t>(code);
    const bool uniform = std::popcount(static_cast<std::uint8_t>(byte ^ std::rotl(byte, 1))) <= 2;
    numbers[code] = uniform ? next++ : kPatterns - 1;
  }
  return numbers;
}

/// A neighbour between four pixels; the weights sum to kOne.
constexpr int kSteps = 1024, kOne = kSteps * kSteps;
struct Neighbour {
  int x = 0, y = 0;  ///< of the upper left one, against the centre
  int weights[4] = {};
};

std::array<Neighbour, 8> circle(double radius) {
  std::array<Neighbour, 8> all;
  for (int i = 0; i < 8; ++i) {
    const double angle = i * std::acos(-1.0) / 4;
    const double x = std::round(radius * std::cos(angle) * 1e6) / 1e6, y = std::round(-radius * std::sin(angle) * 1e6) / 1e6;
    Neighbour& n = all[static_cast<std::size_t>(i)];
    n.x = static_cast<int>(std::floor(x));
    n.y = static_cast<int>(std::floor(y));
    const int right = static_cast<int>(std::lround((x - n.x) * kSteps)), down = static_cast<int>(std::lround((y - n.y) * kSteps));
    n.weights[0] = (kSteps - right) * (kSteps - down);
    n.weights[1] = right * (kSteps - down);
    n.weights[2] = (kSteps - right) * down;
    n.weights[3] = right * down;
  }
  return all;
}

/// Adds the square roots of the shares of the patterns in each cell of the left half.
void add_left_half(const cv::Mat& patterns, std::vector<float>& sums) {
  std::size_t place = 0;
  for (int row = 0; row < kCells; ++row)
    for (int column = 0; column < kCells / 2; ++column) {
      const int top = patterns.rows * row / kCells, bottom = patterns.rows * (row + 1) / kCells;
      const int left = patterns.cols * column / kCells, right = patterns.cols * (column + 1) / kCells;
      std::array<int, kPatterns> histogram{};
      for (int y = top; y < bottom; ++y)
        for (int x = left; x < right; ++x) ++histogram[patterns.at<std::uint8_t>(y, x)];
      const double share = 1.0 / ((bottom - top) * (right - left));
      for (const int count : histogram) sums[place++] += static_cast<float>(std::sqrt(count * share));
    }
}

}  // namespace

cv::Mat uniform_patterns(const cv::Mat& gray, double radius) {
  static const auto numbers = pattern_numbers();
  const int border = static_cast<int>(std::ceil(radius));
  if (gray.type() != CV_8UC1 || border < 1 || gray.rows <= 2 * border || gray.cols <= 2 * border)
    throw Error(ErrorCode::usage, "uniform_patterns: expected an 8-bit gray image larger than the circle");
  cv::Mat patterns(gray.rows - 2 * border, gray.cols - 2 * border, CV_8UC1, cv::Scalar(0));
  const auto neighbours = circle(radius);
  const auto step = static_cast<std::ptrdiff_t>(gray.step);
  for (int y = 0; y < patterns.rows; ++y) {
    const std::uint8_t* centre = gray.ptr<std::uint8_t>(y + border) + border;
    auto* out = patterns.ptr<std::uint8_t>(y);
    for (int x = 0; x < patterns.cols; ++x, ++centre) {
      unsigned code = 0;
      for (unsigned i = 0; i < 8; ++i) {
        const Neighbour& n = neighbours[i];
        const std::uint8_t* p = centre + n.y * step + n.x;
        int value = n.weights[0] * p[0];
        if (n.weights[1]) value += n.weights[1] * p[1];
        if (n.weights[2]) value += n.weights[2] * p[step];
        if (n.weights[3]) value += n.weights[3] * p[step + 1];
        code |= static_cast<unsigned>(value >= *centre * kOne) << i;
      }
      out[x] = numbers[code];
    }
  }
  return patterns;
}

int TextureEmbedder::size() const { return kCells * kCells / 2 * kPatterns; }
double TextureEmbedder::same_person_likeness() const { return kSamePerson; }

std::vector<float> TextureEmbedder::embed(const cv::Mat& image, const Points& points68) {
  cv::Mat gray;
  try {
    gray = to_gray(
        align_face(image, points68, alignment_template("arcface"), AlignmentKind::similarity, kCropPx, kCropPx, kMargin).image);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::bad_data) return {};
    throw;
  }
  double low = 0, high = 0;
  cv::minMaxLoc(gray, &low, &high);
  if (high - low < 2) return {};
  cv::Mat mirrored;
  cv::flip(gray, mirrored, 1);
  std::vector<float> embedding(static_cast<std::size_t>(size()));
  add_left_half(uniform_patterns(gray, kRadius), embedding);
  add_left_half(uniform_patterns(mirrored, kRadius), embedding);
  const auto length = static_cast<float>(cv::norm(embedding));
  for (float& value : embedding) value /= length;
  return embedding;
}

}  // namespace mien
