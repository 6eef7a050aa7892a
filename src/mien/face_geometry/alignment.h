// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <string>
#include <vector>

#include "mien/face_geometry/points.h"
#include "mien/image/geometry.h"

namespace mien {

/// Where points of a face come to lie in a square crop, in shares of its side: 0 is the left/top border, 1 the right/bottom one,
/// so that a share s lies at pixel s * side - 0.5 (pixel centres at integers). Five points as in five_points(), or three: the eye
/// centres and the middle between the mouth corners.
struct AlignmentTemplate {
  std::string name;
  Points points;  ///< 5 or 3
};

/// "arcface" (the usual five points of 112x112 crops), "fer" (the framing of FER2013's pictures, measured), "three" (report 004:
/// eye centres and mouth middle). Throws Error{usage} listing them.
const AlignmentTemplate& alignment_template(const std::string& name);
std::vector<std::string> alignment_template_names();

enum class AlignmentKind { similarity, upright, affine };  ///< upright: scale and shift without rotation
/// "similarity", "upright", "affine"; throws Error{usage} listing them.
AlignmentKind alignment_kind(const std::string& name);

/// A crop with the way there and back.
struct AlignedFace {
  cv::Mat image;     ///< height x width, type of the source; outside the source is black
  Affine to_crop;    ///< source pixels -> crop pixels
  Affine to_source;  ///< its inverse
};

/// Least squares similarity (Umeyama 1991, without mirroring) of `from` to `to`; equal counts >= 2. Throws Error{bad_data} when
/// all points coincide or are not finite.
Affine fit_similarity(const Points& from, const Points& to);
/// Scale and shift only; counts and errors as above, and Error{bad_data} when no positive scale fits.
Affine fit_upright(const Points& from, const Points& to);
/// Exact for three points, least squares for more. Throws Error{bad_data} when the points lie on one line.
Affine fit_affine(const Points& from, const Points& to);

/// The map of an image onto a crop of `width` x `height` pixels that brings a face's 68, 5 or (for a template of three) 3 points
/// onto the template. The template's square has the height of the crop and stands in the middle of its width. `margin` shrinks
/// the face: share of the square's side that is added on each side.
Affine align_points(const Points& points, const AlignmentTemplate& target, AlignmentKind kind, int width, int height,
                    double margin = 0);
/// Antialiased when the crop is smaller than the face in the source. `image` is 8-bit with 1 or 3 channels.
AlignedFace align_face(const cv::Mat& image, const Points& points, const AlignmentTemplate& target, AlignmentKind kind, int width,
                       int height, double margin = 0);
/// The box enlarged by `margin` (share of its larger side) on each side, widened about its centre to the crop's proportions and
/// resized to the crop; for models without alignment. A box (x, y, w, h) covers the pixels x .. x+w-1.
AlignedFace crop_face(const cv::Mat& image, const cv::Rect2f& box, int width, int height, double margin = 0);

/// The crop of `width` x `height` pixels that `to_crop` describes: what align_face and crop_face return.
AlignedFace warp_face(const cv::Mat& image, const Affine& to_crop, int width, int height);

}  // namespace mien
