// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/class_averages.h"

#include <opencv2/imgproc.hpp>

#include "mien/face_geometry/alignment.h"
#include "mien/image/color.h"

namespace mien {
namespace {

cv::Mat unit_map(const cv::Mat& map) {
  const double sum = cv::norm(map, cv::NORM_L1);
  return sum > 0 ? cv::Mat(map / sum) : map.clone();
}

cv::Mat moved(const cv::Mat& picture, const Affine& to, int border) {
  cv::Mat out;
  cv::warpAffine(picture, out, to, picture.size(), cv::INTER_LINEAR, border);
  return out;
}

void add_shares(std::vector<double>& sums, const std::vector<double>& shares) {
  sums.resize(FaceRegions::names().size(), 0.0);
  for (std::size_t r = 0; r < shares.size(); ++r) sums[r] += shares[r];
}

std::vector<double> divided(std::vector<double> sums, std::int64_t count) {
  for (auto& sum : sums) sum /= static_cast<double>(count);
  return sums;
}

}  // namespace

void ClassAverages::add_to(Sums& sums, const cv::Mat& face, const std::vector<cv::Mat>& maps) const {
  if (sums.count == 0) {
    sums.face = cv::Mat::zeros(size_, CV_64FC1);
    for (int m = 0; m < methods_; ++m) sums.maps.push_back(cv::Mat::zeros(size_, CV_64FC1));
  }
  ++sums.count;
  cv::add(sums.face, face, sums.face, cv::noArray(), CV_64F);
  for (std::size_t m = 0; m < maps.size(); ++m) cv::add(sums.maps[m], maps[m], sums.maps[m], cv::noArray(), CV_64F);
}

void ClassAverages::add(int truth, int predicted, const cv::Mat& face, const std::vector<cv::Mat>& maps, const Points& points,
                        const std::vector<PartShares>& shares) {
  const cv::Mat gray = to_gray(face);
  std::vector<cv::Mat> unit, aligned_maps;
  for (const auto& map : maps) unit.push_back(unit_map(map));
  cv::Mat aligned_face;
  ++images_;
  if (!points.empty()) {
    ++with_points_;
    const Affine to = align_points(points, alignment_template("fer"), AlignmentKind::similarity, size_.width, size_.height);
    aligned_face = moved(gray, to, cv::BORDER_REPLICATE);
    for (const auto& map : unit) aligned_maps.push_back(moved(map, to, cv::BORDER_CONSTANT));
  }
  for (const auto& [grouping, label] : {std::pair(Grouping::truth, truth), std::pair(Grouping::predicted, predicted)}) {
    if (label < 0) continue;
    add_to(plain_[{grouping, label}], gray, unit);
    if (!points.empty()) add_to(aligned_[{grouping, label}], aligned_face, aligned_maps);
    if (shares.empty()) continue;
    auto& sums = shares_[{grouping, label}];
    sums.resize(static_cast<std::size_t>(methods_));
    for (std::size_t m = 0; m < shares.size(); ++m) {
      if (shares[m].positive.empty() || shares[m].absolute.empty()) continue;
      ++sums[m].count;
      add_shares(sums[m].positive, shares[m].positive);
      add_shares(sums[m].absolute, shares[m].absolute);
    }
  }
}

ClassAverages::Average ClassAverages::of(Grouping grouping, int label) const {
  const auto& all = aligned() ? aligned_ : plain_;
  Average average;
  const auto found = all.find({grouping, label});
  if (found == all.end()) return average;
  const Sums& sums = found->second;
  const double share = 1.0 / static_cast<double>(sums.count);
  average.count = sums.count;
  sums.face.convertTo(average.face, CV_8UC1, share);
  for (const auto& map : sums.maps) map.convertTo(average.maps.emplace_back(), CV_32FC1, share);
  const auto share_sums = shares_.find({grouping, label});
  if (share_sums == shares_.end()) return average;
  for (const auto& one : share_sums->second) {
    average.with_points = std::max(average.with_points, one.count);
    average.shares.push_back(one.count > 0 ? PartShares{divided(one.positive, one.count), divided(one.absolute, one.count)}
                                           : PartShares{});
  }
  return average;
}

}  // namespace mien
