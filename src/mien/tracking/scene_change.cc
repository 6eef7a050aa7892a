// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/scene_change.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace mien {

namespace {

constexpr int kColumns = 32, kRows = 18, kSamples = 4;  // 4 x 4 pixels stand for each cell
constexpr double kCutCorrelation = 0.5;
constexpr double kCutDifference = 12;  // grey levels: below this nobody sees a cut

double gray_at(const cv::Mat& image, int y, int x) {
  if (image.channels() == 1) return image.at<std::uint8_t>(y, x);
  const auto& p = image.at<cv::Vec3b>(y, x);
  return 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
}

/// Mean grey of each cell.
std::vector<float> coarse(const cv::Mat& image) {
  std::vector<float> cells;
  cells.reserve(kColumns * kRows);
  constexpr int across = kColumns * kSamples, down = kRows * kSamples;
  const auto place = [](int sample, int samples, int size) {
    return static_cast<int>((2 * static_cast<std::int64_t>(sample) + 1) * size / (2 * samples));
  };
  for (int row = 0; row < kRows; ++row)
    for (int column = 0; column < kColumns; ++column) {
      double sum = 0;
      for (int i = 0; i < kSamples; ++i)
        for (int j = 0; j < kSamples; ++j)
          sum += gray_at(image, place(row * kSamples + i, down, image.rows), place(column * kSamples + j, across, image.cols));
      cells.push_back(static_cast<float>(sum / (kSamples * kSamples)));
    }
  return cells;
}

struct Comparison {
  double correlation = 0, difference = 0;
};

Comparison compare(const std::vector<float>& a, const std::vector<float>& b) {
  double mean_a = 0, mean_b = 0, difference = 0;
  const double count = static_cast<double>(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    mean_a += a[i] / count;
    mean_b += b[i] / count;
    difference += std::abs(a[i] - b[i]) / count;
  }
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
    ab += (a[i] - mean_a) * (b[i] - mean_b);
  }
  const double flat = count;  // variance of one grey level
  return {aa < flat || bb < flat ? 0 : ab / std::sqrt(aa * bb), difference};
}

}  // namespace

bool SceneChange::add(const cv::Mat& image) {
  const auto cells = coarse(image);
  const bool first = before_.empty(), resized = !first && image.size() != size_;
  bool cut = resized;
  if (!first && !resized) {
    const Comparison change = compare(before_, cells);
    cut = change.correlation < kCutCorrelation && change.difference > kCutDifference;
  }
  before_ = cells;
  size_ = image.size();
  return cut;
}

}  // namespace mien
