// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/parts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

#include "mien/base/error.h"

namespace mien {

namespace {

struct PartRange {
  const char* name;
  std::ptrdiff_t first, last;
};
constexpr std::array<PartRange, 6> kParts = {{{"left_brow", 17, 21},
                                              {"right_brow", 22, 26},
                                              {"left_eye", 36, 41},
                                              {"right_eye", 42, 47},
                                              {"nose", 27, 35},
                                              {"mouth", 48, 67}}};

/// How far above the brows the hairline lies, as a share of the distance from the brows to the chin.
constexpr double kForehead = 0.36;

/// exp(-(i-at)^2 / (2 sigma^2)) for i in [0,count)
std::vector<double> bell(double at, double sigma, int count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) values[static_cast<std::size_t>(i)] = std::exp(-0.5 * (i - at) * (i - at) / (sigma * sigma));
  return values;
}

void require_finite(const Points& points, const char* what) {
  for (const auto& p : points)
    if (!(std::abs(p.x) < 1e6f && std::abs(p.y) < 1e6f))
      throw Error(ErrorCode::bad_data, std::string(what) + ": a landmark is not finite or far outside of any picture");
}

}  // namespace

std::vector<FacePart> face_parts(const Points& points68, cv::Size image, double enlarge) {
  require_68(points68, "face_parts");
  require_finite(points68, "face_parts");
  std::vector<FacePart> parts;
  for (const auto& part : kParts) {
    const cv::Rect2f box = bounding_box({points68.begin() + part.first, points68.begin() + part.last + 1});
    const double dx = enlarge * box.width, dy = enlarge * box.height;
    const int left = static_cast<int>(std::floor(box.x - dx)), top = static_cast<int>(std::floor(box.y - dy));
    const int right = static_cast<int>(std::ceil(box.x + box.width + dx)),
              bottom = static_cast<int>(std::ceil(box.y + box.height + dy));
    parts.push_back({part.name, cv::Rect(left, top, right - left + 1, bottom - top + 1) & cv::Rect({0, 0}, image)});
  }
  return parts;
}

cv::Mat landmark_heat_map(const Points& points, cv::Size size, double sigma, const std::vector<int>& subset) {
  if (size.width <= 0 || size.height <= 0 || !(sigma > 0))
    throw Error(ErrorCode::usage, "heat map: size and sigma must be positive");
  std::vector<int> chosen = subset;
  if (chosen.empty())
    for (int i = 0; i < static_cast<int>(points.size()); ++i) chosen.push_back(i);
  cv::Mat sum = cv::Mat::zeros(size, CV_64FC1);
  for (const int i : chosen) {
    if (i < 0 || i >= static_cast<int>(points.size()))
      throw Error(ErrorCode::usage, "heat map: landmark " + std::to_string(i) + " of " + std::to_string(points.size()));
    const cv::Point2f p = points[static_cast<std::size_t>(i)];
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) throw Error(ErrorCode::bad_data, "heat map: a landmark is not finite");
    const auto across = bell(p.x, sigma, size.width), down = bell(p.y, sigma, size.height);
    for (int y = 0; y < size.height; ++y) {
      const double height = down[static_cast<std::size_t>(y)];
      if (height < 1e-30) continue;
      double* row = sum.ptr<double>(y);
      for (int x = 0; x < size.width; ++x) row[x] += height * across[static_cast<std::size_t>(x)];
    }
  }
  cv::Mat map;
  sum.convertTo(map, CV_32F, 1 / std::sqrt(2 * std::numbers::pi * sigma * sigma));
  return map;
}

cv::Mat face_mask(const Points& points68, cv::Size size, bool forehead) {
  require_68(points68, "face_mask");
  require_finite(points68, "face_mask");
  if (size.width <= 0 || size.height <= 0) throw Error(ErrorCode::usage, "face mask: the size must be positive");
  Points outline = points68;
  if (forehead) {
    const cv::Point2f brows = 0.5f * (points68[19] + points68[24]), up = (brows - points68[8]) * kForehead;
    // The hairline is an arch: full height in the middle, less towards the temples.
    for (std::size_t i = 17; i <= 26; ++i) {
      const double share = (static_cast<double>(i) - 21.5) / 4.5;
      outline.push_back(points68[i] + up * static_cast<float>(1 - 0.35 * share * share));
    }
  }
  Points hull;
  cv::convexHull(outline, hull);
  std::vector<cv::Point> fine;
  for (const auto& p : hull) fine.emplace_back(cvRound(p.x * 16), cvRound(p.y * 16));
  cv::Mat mask = cv::Mat::zeros(size, CV_8UC1);
  cv::fillConvexPoly(mask, fine, cv::Scalar(255), cv::LINE_8, 4);
  return mask;
}

}  // namespace mien
