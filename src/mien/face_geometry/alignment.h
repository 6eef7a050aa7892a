// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <string>
#include <vector>

#include "mien/face_geometry/points.h"
#include "mien/image/geometry.h"

namespace mien {

/// Where the five points (five_points()) or the three points (eye centres, mouth middle) of a face come to lie in a crop, in shares
/// of the crop's side: 0 is the left/top border, 1 the right/bottom one.
struct AlignmentTemplate {
  std::string name;
  Points points;  ///< 5 or 3
};

/// "arcface" (the usual 112x112 five points), "fer" (the framing of FER2013), "three" (report 004). Throws Error{usage} listing them.
const AlignmentTemplate& alignment_template(const std::string& name);
std::vector<std::string> alignment_template_names();

enum class AlignmentKind { similarity, upright, affine };  ///< upright: scale and shift without rotation

/// A crop with the way there and back.
struct AlignedFace {
  cv::Mat image;        ///< size x size, type of the source; outside the source is black
  Affine to_crop;       ///< source pixels -> crop pixels
  Affine to_source;     ///< its inverse
};

/// Least squares similarity (Umeyama) of `from` to `to`; equal counts >= 2. Throws Error{bad_data} when all points coincide.
Affine fit_similarity(const Points& from, const Points& to);
/// Scale and shift only.
Affine fit_upright(const Points& from, const Points& to);
/// Exact for three points, least squares for more.
Affine fit_affine(const Points& from, const Points& to);

/// The map of an image's 68 or 5 points onto a crop of `width` x `height` pixels. `margin` shrinks the face: share of the crop's side added on
/// each side.
Affine align_points(const Points& points, const AlignmentTemplate& target, AlignmentKind kind, int width, int height, double margin = 0);
/// Antialiased when the crop is smaller than the face in the source.
AlignedFace align_face(const cv::Mat& image, const Points& points, const AlignmentTemplate& target, AlignmentKind kind, int width, int height,
                       double margin = 0);
/// The box enlarged by `margin` on each side, made square about its centre, resized to the crop; for models without alignment.
AlignedFace crop_face(const cv::Mat& image, const cv::Rect2f& box, int width, int height, double margin = 0);

}  // namespace mien
