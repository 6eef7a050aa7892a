// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/part_shares.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "mien/base/error.h"
#include "mien/face_geometry/parts.h"

namespace mien {
namespace {

constexpr std::size_t landmark_count = 68, part_count = 6, rest_of_face = part_count, outside = part_count + 1;

/// Squared distance from the middle of the box in units of its sides.
double distance_in_boxes(const cv::Rect& box, int x, int y) {
  const double dx = (x - (box.x + 0.5 * (box.width - 1))) / box.width, dy = (y - (box.y + 0.5 * (box.height - 1))) / box.height;
  return dx * dx + dy * dy;
}

std::vector<double> shares_of(const std::vector<double>& sums) {
  double total = 0;
  for (const double sum : sums) total += sum;
  if (!(total > 0)) return {};
  std::vector<double> shares;
  for (const double sum : sums) shares.push_back(sum / total);
  return shares;
}

}  // namespace

const std::vector<std::string>& FaceRegions::names() {
  static const std::vector<std::string> names = {"left_brow", "right_brow", "left_eye",     "right_eye",
                                                 "nose",      "mouth",      "rest_of_face", "outside"};
  return names;
}

FaceRegions::FaceRegions(const Points& points, cv::Size size) : areas_(names().size(), 0.0) {
  if (points.size() != landmark_count)
    throw Error(ErrorCode::usage, "facial parts need 68 landmarks, found " + std::to_string(points.size()));
  const auto parts = face_parts(points, size);
  const cv::Mat mask = face_mask(points, size);
  labels_ = cv::Mat(size, CV_8UC1);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      std::size_t region = mask.at<std::uint8_t>(y, x) ? rest_of_face : outside;
      double nearest = std::numeric_limits<double>::infinity();
      for (const auto& part : parts) {
        if (!part.box.contains({x, y})) continue;
        const double distance = distance_in_boxes(part.box, x, y);
        if (distance >= nearest) continue;
        nearest = distance;
        region = static_cast<std::size_t>(std::find(names().begin(), names().end(), part.name) - names().begin());
      }
      labels_.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(region);
      areas_.at(region) += 1.0 / size.area();
    }
}

PartShares part_shares(const cv::Mat& map, const FaceRegions& regions) {
  if (map.type() != CV_32FC1 || map.size() != regions.labels().size())
    throw Error(ErrorCode::usage, "a map of another size than its face regions");
  std::vector<double> positive(FaceRegions::names().size()), absolute(positive.size());
  for (int y = 0; y < map.rows; ++y)
    for (int x = 0; x < map.cols; ++x) {
      const double value = map.at<float>(y, x);
      const auto region = regions.labels().at<std::uint8_t>(y, x);
      positive[region] += std::max(value, 0.0);
      absolute[region] += std::abs(value);
    }
  return {shares_of(positive), shares_of(absolute)};
}

}  // namespace mien
