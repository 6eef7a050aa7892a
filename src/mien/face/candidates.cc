// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/candidates.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace mien {

namespace {

bool finite(const Detection& d) {
  return std::isfinite(d.score) && std::isfinite(d.box.x) && std::isfinite(d.box.y) && std::isfinite(d.box.width) &&
         std::isfinite(d.box.height);
}

}  // namespace

double box_overlap(const cv::Rect2f& a, const cv::Rect2f& b) {
  const double width = std::min(double{a.x} + a.width, double{b.x} + b.width) - std::max(a.x, b.x);
  const double height = std::min(double{a.y} + a.height, double{b.y} + b.height) - std::max(a.y, b.y);
  if (!(width > 0 && height > 0)) return 0;
  const double common = width * height;
  return common / (double{a.width} * a.height + double{b.width} * b.height - common);
}

void sort_detections(std::vector<Detection>& detections) {
  const auto key = [](const Detection& d) { return std::make_tuple(-d.score, d.box.x, d.box.y, d.box.width, d.box.height); };
  std::stable_sort(detections.begin(), detections.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

std::vector<Detection> suppress_overlaps(std::vector<Detection> detections, double overlap) {
  std::erase_if(detections, [](const Detection& d) { return !finite(d); });
  sort_detections(detections);
  std::vector<Detection> kept;
  for (auto& candidate : detections) {
    const bool covered =
        std::any_of(kept.begin(), kept.end(), [&](const Detection& k) { return box_overlap(k.box, candidate.box) > overlap; });
    if (!covered) kept.push_back(std::move(candidate));
  }
  return kept;
}

}  // namespace mien
