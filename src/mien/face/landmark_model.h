// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mien/face/detector.h"

namespace mien {

struct FaceLandmarks {
  Points points;  ///< 68
  /// 468 or 478 points where the model gives them, else empty; z in pixels, towards the viewer negative.
  std::vector<cv::Point3f> mesh;
  /// 0..1: how sure the model is that a face is there; 1 where it does not say. The trees have no such answer: theirs tells
  /// how well the points stay when they are placed once more (forest_landmarks.cc).
  float confidence = 1;
};

/// Places landmarks in a known face box. One thread at a time; `clone` shares the weights.
class LandmarkModel {
 public:
  virtual ~LandmarkModel() = default;
  virtual std::string name() const = 0;
  /// `image` is 8-bit RGB or gray. The detection's box, whatever detector it came from (by name()), is mapped to the frame this
  /// model was trained in.
  virtual FaceLandmarks find(const cv::Mat& image, const Detection& detection, const std::string& detector) = 0;
  /// Again, starting from the landmarks of the frame before: follows a face through a video without a detector.
  virtual FaceLandmarks follow(const cv::Mat& image, const Points& previous68) = 0;
  virtual std::unique_ptr<LandmarkModel> clone() const = 0;
};

/// `model`: "dlib" = dlib's 68 points (Debian package libdlib-data); a .dat file = a dlib shape predictor of 68 points (or one
/// that `mien landmarks train` wrote); an .onnx file = a landmark network of mien's (landmark_network.h) or MediaPipe's face mesh
/// (468 or 478 points, converted to 68). Throws Error{not_found} that says which package or file is missing, Error{bad_file}.
std::unique_ptr<LandmarkModel> make_landmark_model(const std::filesystem::path& model = "dlib");

/// MediaPipe's 468/478 points to the usual 68.
Points mesh_to_68(const std::vector<cv::Point3f>& mesh);

}  // namespace mien
