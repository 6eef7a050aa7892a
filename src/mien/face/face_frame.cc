// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/face_frame.h"

#include <cmath>
#include <map>

#include "mien/base/error.h"
#include "mien/face/shape_forest.h"

namespace mien {

// The numbers of this file come from scripts/fit_face_frames.py: medians over 2399 to 2496 faces of 206 people with 68 reference
// points. The frame is the box that dlib's detector draws.

FrameFromBox frame_of_detector(const std::string& detector) {
  static const std::map<std::string, FrameFromBox> known = {
      {"dlib", {0, 0, 1}},
      {"cascade", {0, 0.081, 0.939}},
      {"yunet", {0, 0.070, 0.942}},
      {"ultraface", {0, 0.040, 0.950}},
      // Trained on the same tight boxes of WIDER FACE as YuNet.
      {"retinaface", {0, 0.070, 0.942}},
  };
  if (const auto found = known.find(detector); found != known.end()) return found->second;
  const cv::Rect2f tight = bounding_box(average_face());
  const double s = std::sqrt(static_cast<double>(tight.width) * tight.height);
  return {(0.5 - tight.x - tight.width / 2) / s, (0.5 - tight.y - tight.height / 2) / s, 1 / s};
}

Points expected_landmarks(const Detection& detection, const std::string& detector) {
  const Points& average = average_face();
  const cv::Rect2f& box = detection.box;
  if (!(box.width > 0 && box.height > 0) || !std::isfinite(box.x + box.y + box.width + box.height))
    throw Error(ErrorCode::bad_data, "landmarks: the face box is empty");
  if (detection.points.size() == 5) {
    const auto five = five_points(average);
    const Affine to_image = least_squares_similarity({five.begin(), five.end()}, detection.points);
    if (std::hypot(to_image(0, 0), to_image(1, 0)) > 0.3 * box.width) return apply_affine(to_image, average);
  }
  const auto frame = frame_of_detector(detector);
  const double s = std::sqrt(static_cast<double>(box.width) * box.height), side = frame.scale * s;
  const double x = box.x + box.width / 2 - 0.5 + frame.dx * s - side / 2,
               y = box.y + box.height / 2 - 0.5 + frame.dy * s - side / 2;
  return apply_affine(Affine(side, 0, x, 0, side, y), average);
}

const Points& average_face() {
  // clang-format off
  static const Points points = {
      {0.0155F, 0.3286F}, {0.0216F, 0.4559F}, {0.0426F, 0.5715F}, {0.0662F, 0.6837F}, {0.1065F, 0.8079F}, {0.1754F, 0.9112F},
      {0.2512F, 0.9801F}, {0.3499F, 1.0406F}, {0.5000F, 1.0796F}, {0.6501F, 1.0406F}, {0.7488F, 0.9801F}, {0.8246F, 0.9112F},
      {0.8935F, 0.8079F}, {0.9338F, 0.6837F}, {0.9574F, 0.5715F}, {0.9784F, 0.4559F}, {0.9845F, 0.3286F}, {0.1325F, 0.2099F},
      {0.1890F, 0.1719F}, {0.2596F, 0.1601F}, {0.3245F, 0.1667F}, {0.3821F, 0.1831F}, {0.6179F, 0.1831F}, {0.6755F, 0.1667F},
      {0.7404F, 0.1601F}, {0.8110F, 0.1719F}, {0.8675F, 0.2099F}, {0.5000F, 0.3214F}, {0.5000F, 0.4072F}, {0.5000F, 0.4880F},
      {0.5000F, 0.5566F}, {0.4217F, 0.6073F}, {0.4550F, 0.6172F}, {0.5000F, 0.6273F}, {0.5450F, 0.6172F}, {0.5783F, 0.6073F},
      {0.2212F, 0.3126F}, {0.2662F, 0.2961F}, {0.3237F, 0.2961F}, {0.3763F, 0.3195F}, {0.3275F, 0.3365F}, {0.2673F, 0.3363F},
      {0.6237F, 0.3195F}, {0.6763F, 0.2961F}, {0.7338F, 0.2961F}, {0.7788F, 0.3126F}, {0.7327F, 0.3363F}, {0.6725F, 0.3365F},
      {0.3356F, 0.7674F}, {0.3913F, 0.7314F}, {0.4627F, 0.7095F}, {0.5000F, 0.7172F}, {0.5373F, 0.7095F}, {0.6087F, 0.7314F},
      {0.6644F, 0.7674F}, {0.6060F, 0.8171F}, {0.5554F, 0.8454F}, {0.5000F, 0.8505F}, {0.4446F, 0.8454F}, {0.3940F, 0.8171F},
      {0.3473F, 0.7654F}, {0.4516F, 0.7529F}, {0.5000F, 0.7512F}, {0.5484F, 0.7529F}, {0.6527F, 0.7654F}, {0.5481F, 0.7873F},
      {0.5000F, 0.7917F}, {0.4519F, 0.7873F},
  };
  // clang-format on
  return points;
}

}  // namespace mien
