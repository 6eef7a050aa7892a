// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/face_patch.h"

#include <cmath>

#include "mien/base/error.h"
#include "mien/face_geometry/alignment.h"
#include "mien/image/color.h"

namespace mien {

namespace {

constexpr double kMargin = -0.08;      // brows to chin, little of what is beside the face
constexpr double kFlatGreyLevels = 2;  // standard deviation of a patch that shows nothing

}  // namespace

FacePatch face_patch(const cv::Mat& image, const Points& points68) {
  cv::Mat gray;
  try {
    gray = to_gray(
        align_face(image, points68, alignment_template("arcface"), AlignmentKind::similarity, kPatchPx, kPatchPx, kMargin).image);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::bad_data) return {};
    throw;
  }
  FacePatch patch;
  patch.reserve(static_cast<std::size_t>(gray.total()));
  double sum = 0, squares = 0;
  for (int y = 0; y < gray.rows; ++y)
    for (int x = 0; x < gray.cols; ++x) {
      const double value = gray.at<std::uint8_t>(y, x);
      patch.push_back(static_cast<float>(value));
      sum += value;
      squares += value * value;
    }
  const double count = static_cast<double>(patch.size()), mean = sum / count;
  const double length = std::sqrt(std::max(0.0, squares - count * mean * mean));
  if (length < kFlatGreyLevels * std::sqrt(count)) return {};
  for (float& value : patch) value = static_cast<float>((value - mean) / length);
  return patch;
}

double likeness(const FacePatch& a, const FacePatch& b) {
  if (a.empty() || a.size() != b.size()) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

}  // namespace mien
