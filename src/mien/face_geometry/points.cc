// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/points.h"

#include <algorithm>
#include <set>
#include <utility>

#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien {

namespace {

struct Range {
  const char* name;
  int first, last;
};
constexpr Range kRanges[] = {{"all", 0, 67},   {"jaw", 0, 16},   {"brows", 17, 26},
                             {"nose", 27, 35}, {"eyes", 36, 47}, {"mouth", 48, 67}};

const Range& range_named(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& range : kRanges) {
    if (name == range.name) return range;
    names.push_back(range.name);
  }
  throw Error(ErrorCode::usage, "landmark subset: '" + name + "' is no part of the face",
              "Use one of " + join(names, ", ") + ", or several joined by '+' (eyes+brows+mouth).");
}

cv::Point2f mean_of(const Points& points, std::size_t first, std::size_t last) {
  cv::Point2d sum;
  for (std::size_t i = first; i <= last; ++i) sum += cv::Point2d(points[i]);
  return sum * (1.0 / static_cast<double>(last - first + 1));
}

}  // namespace

std::vector<int> landmark_subset(const std::string& name) {
  std::set<int> chosen;
  for (const auto& part : split(name, '+')) {
    const Range& range = range_named(trim(part));
    for (int i = range.first; i <= range.last; ++i) chosen.insert(i);
  }
  return {chosen.begin(), chosen.end()};
}

void require_68(const Points& points, const std::string& what) {
  if (points.size() != 68) throw Error(ErrorCode::usage, what + " takes 68 points, got " + std::to_string(points.size()));
}

std::array<cv::Point2f, 5> five_points(const Points& points) {
  if (points.size() == 5) return {points[0], points[1], points[2], points[3], points[4]};
  if (points.size() != 68)
    throw Error(ErrorCode::usage, "five_points takes 68 or 5 points, got " + std::to_string(points.size()));
  return {mean_of(points, 36, 41), mean_of(points, 42, 47), points[30], points[48], points[54]};
}

double inter_ocular_distance(const Points& points68) {
  require_68(points68, "inter_ocular_distance");
  return cv::norm(points68[45] - points68[36]);
}

cv::Rect2f bounding_box(const Points& points) {
  if (points.empty()) return {};
  cv::Point2f low = points[0], high = points[0];
  for (const auto& p : points) {
    low = {std::min(low.x, p.x), std::min(low.y, p.y)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y)};
  }
  return {low, high};
}

}  // namespace mien
