// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <map>
#include <string>
#include <vector>

#include "mien/face_geometry/points.h"
#include "mien/image/geometry.h"

namespace mien {

/// How a detector frames faces: with s = sqrt(width * height) of its box, the frame's middle lies (dx, dy) * s from the box's
/// middle, and the frame's side is scale * s.
struct FrameFromBox {
  double dx = 0, dy = 0, scale = 1;
};

/// What a landmark network wants to see: a square of gray pixels, the frame, that lies about a face as the similarity of its 68
/// points to `shape` says. It travels in the ONNX file, as JSON in the metadata entry `landmark_frame_key`:
/// {"size":64,"color":"gray","looks":2,"template":[[x,y] x 68],"boxes":{"dlib":[dx,dy,scale],...}}.
struct LandmarkFrame {
  int size_px = 64;                           ///< side of the network's input
  int looks = 2;                              ///< the frame is laid anew about the points found, so many looks in all
  Points shape;                               ///< 68 mean positions in shares of the frame's side
  std::map<std::string, FrameFromBox> boxes;  ///< by the detector's name
};
inline constexpr const char* landmark_frame_key = "mien.landmarks68";

/// Throws Error{bad_file} that names `origin` and the entry.
LandmarkFrame parse_landmark_frame(const std::string& json, const std::string& origin);
std::string to_json(const LandmarkFrame& frame);

/// Maps of the unit square (0,0 = the frame's left upper corner, 1,1 = right lower) to an image's pixels, whose centres are
/// integers.
Affine frame_from_points(const LandmarkFrame& frame, const Points& points68_or_5);
/// Upright. A detector that is not in `boxes` is taken for one that frames the 68 points tightly. Throws Error{bad_data} for an
/// empty box.
Affine frame_from_box(const LandmarkFrame& frame, const cv::Rect2f& box, const std::string& detector);

/// Robust fit (medians) of how the boxes of one detector lie to the frames of the faces' 68 points; at least one.
FrameFromBox fit_frame_from_boxes(const LandmarkFrame& frame, const std::vector<cv::Rect2f>& boxes,
                                  const std::vector<Points>& points68);

/// size x size gray values 0..255 of the frame, CV_32FC1: bilinear, after averaging blocks where the frame has more than twice
/// the pixels; outside the image its edge pixels go on. `image` is 8-bit RGB or gray and not empty.
cv::Mat look_at_frame(const cv::Mat& image, const Affine& image_from_frame, int size_px);
/// Takes off the mean and divides by the standard deviation + 4 gray levels.
void standardise(cv::Mat& gray);

}  // namespace mien
