// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mien/face_geometry/points.h"

namespace mien {

/// A face in an image, in its pixels.
struct Detection {
  cv::Rect2f box;   ///< as the detector frames faces; may reach over the image's border
  float score = 0;  ///< higher is surer; the scale is the detector's (probability for ONNX detectors, margin for dlib's)
  Points points;    ///< eyes, nose, mouth corners as in five_points(), or empty
};

struct DetectorOptions {
  /// "dlib" (HOG, inside the library), "cascade" (OpenCV's Haar cascade, package opencv-data, or an .xml file in `model`), or
  /// "onnx" (`model` is a YuNet, UltraFace or RetinaFace file, told apart by its outputs).
  std::string kind = "dlib";
  std::filesystem::path model;
  double threshold = -1;  ///< smallest score; < 0 = the detector's own default
  /// Smallest width of a face worth finding; images are shrunk or enlarged to suit. 0 = a sixteenth of the longer side, at
  /// least 40.
  int min_face_px = 0;
  int max_side_px = 0;       ///< images are shrunk so that the longer side is at most this; 0 = never
  double nms_overlap = 0.3;  ///< boxes that overlap more (intersection over union) than this are one face
  int tile_px = 0;           ///< > 0: also looks at overlapping tiles of this side (crowds); 0 = whole image only
  /// Where nothing is found, looks again with a border of this share of the longer side around the image: finds the face of a
  /// crop so tight that it touches the edges. 0 = never.
  double border = 0.25;
};

/// Finds faces. An instance serves one thread at a time; `clone` makes one for another thread that shares the weights.
/// The answer depends on the image alone, never on what was seen before.
class FaceDetector {
 public:
  virtual ~FaceDetector() = default;
  virtual std::string name() const = 0;
  /// Faces of an 8-bit RGB or gray image, by falling score (ties: from left to right, top to bottom).
  virtual std::vector<Detection> detect(const cv::Mat& image) = 0;
  virtual std::unique_ptr<FaceDetector> clone() const = 0;
};

/// Throws Error{usage} (unknown kind, kind not built in), Error{not_found}, Error{bad_file} (a file that is no known detector).
std::unique_ptr<FaceDetector> make_face_detector(const DetectorOptions& options = {});

}  // namespace mien
