// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/quality.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

#include "mien/face_geometry/alignment.h"

namespace mien {

namespace {

constexpr int kPatch = 96;
/// Eye distance where the share of the size is 0 and 1.
constexpr double kUseless = 8, kLarge = 40;
/// Deviation of the Laplacian over that of the patch where sharpness is 0 and 1.
constexpr double kBlurred = 0.025, kSharp = 0.16;

double ramp(double value, double zero_at, double one_at) { return std::clamp((value - zero_at) / (one_at - zero_at), 0.0, 1.0); }

/// The inner face in a gray patch of fixed size.
struct Patch {
  cv::Mat gray;
  cv::Mat inside;  ///< 255 where the patch and its neighbourhood lie in the image
};

Patch face_patch(const cv::Mat& image, const Points& points68) {
  const Affine to_patch = align_points(points68, alignment_template("arcface"), AlignmentKind::similarity, kPatch, kPatch, -0.12);
  const AlignedFace face = warp_face(image, to_patch, kPatch, kPatch);
  Patch patch{face.image, cv::Mat::zeros(kPatch, kPatch, CV_8UC1)};
  if (face.image.channels() == 3) cv::cvtColor(face.image, patch.gray, cv::COLOR_RGB2GRAY);
  const Affine& a = face.to_source;
  const double border = 3 * std::hypot(a(0, 0), a(0, 1));
  for (int y = 0; y < kPatch; ++y)
    for (int x = 0; x < kPatch; ++x) {
      const double u = a(0, 0) * x + a(0, 1) * y + a(0, 2), v = a(1, 0) * x + a(1, 1) * y + a(1, 2);
      if (u >= border && v >= border && u < image.cols - border && v < image.rows - border)
        patch.inside.at<std::uint8_t>(y, x) = 255;
    }
  return patch;
}

/// Deviation of the Laplacian over the deviation of the patch: independent of contrast, and of resolution beyond the patch's own.
/// The smoothing keeps sensor noise and rounding from passing for detail. The share is the way from kBlurred to kSharp on a
/// logarithmic scale; a Gaussian blur of 4 % of the eye distance takes a sharp portrait to about 0.35, one of 8 % to 0.
double sharpness_share(const Patch& patch) {
  cv::Mat smooth, edges;
  patch.gray.convertTo(smooth, CV_32F);
  cv::GaussianBlur(smooth, smooth, {7, 7}, 1.2);
  cv::Laplacian(smooth, edges, CV_32F);
  cv::Scalar mean, deviation, edge_mean, edge_deviation;
  cv::meanStdDev(smooth, mean, deviation, patch.inside);
  cv::meanStdDev(edges, edge_mean, edge_deviation, patch.inside);
  if (deviation[0] < 1) return 0;
  return ramp(std::log(std::max(edge_deviation[0] / deviation[0], 1e-6)), std::log(kBlurred), std::log(kSharp));
}

/// The smallest of three: few pixels are black or white, the mean lies in the middle, there is contrast.
double exposure_share(const Patch& patch) {
  int clipped = 0, counted = 0;
  for (int y = 0; y < kPatch; ++y)
    for (int x = 0; x < kPatch; ++x) {
      if (patch.inside.at<std::uint8_t>(y, x) == 0) continue;
      const int value = patch.gray.at<std::uint8_t>(y, x);
      ++counted;
      clipped += value <= 4 || value >= 251;
    }
  cv::Scalar mean, deviation;
  cv::meanStdDev(patch.gray, mean, deviation, patch.inside);
  const double clipping = 1 - ramp(static_cast<double>(clipped) / std::max(counted, 1), 0.05, 0.6);
  const double level = std::min(ramp(mean[0], 15, 70), 1 - ramp(mean[0], 195, 245));
  return std::min({clipping, level, ramp(deviation[0], 3, 18)});
}

}  // namespace

FaceQuality measure_quality(const cv::Mat& image, const Points& points68, const HeadPose& pose) {
  FaceQuality quality;
  quality.size_px = inter_ocular_distance(points68);
  const Patch patch = face_patch(image, points68);
  if (cv::countNonZero(patch.inside) < kPatch * kPatch / 4) return quality;  // most of the face lies outside of the image
  quality.sharpness = sharpness_share(patch);
  quality.exposure = exposure_share(patch);
  const auto facing = [](double deg) { return std::cos(std::clamp(1.5 * std::abs(deg), 0.0, 90.0) * std::numbers::pi / 180); };
  quality.frontal = facing(pose.yaw_deg) * facing(pose.pitch_deg);
  const double size = ramp(quality.size_px, kUseless, kLarge);
  quality.overall = std::min({size, quality.sharpness, quality.exposure, quality.frontal});
  return quality;
}

}  // namespace mien
