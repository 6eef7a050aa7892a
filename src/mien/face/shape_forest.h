// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "mien/face_geometry/points.h"
#include "mien/image/geometry.h"

namespace mien {

/// Cascade of regression trees that moves a mean shape onto a face (Kazemi and Sullivan, "One Millisecond Face Alignment with an
/// Ensemble of Regression Trees", CVPR 2014): the models of dlib's shape_predictor, read from its files. Gives fractions of
/// pixels where dlib rounds, and takes frames in any orientation. Immutable.
class ShapeForest {
 public:
  /// Throws Error{not_found}, Error{bad_file}.
  static ShapeForest read(const std::filesystem::path& file);
  /// The same from memory; `name` stands for the file in messages.
  static ShapeForest parse(std::span<const std::uint8_t> bytes, const std::string& name);

  /// Where the search begins, in the frame: the unit square stands for the face box.
  const Points& mean_shape() const { return mean_; }

  /// Landmarks in pixels. `image_from_frame` maps the unit square to the image; pixels outside the image (CV_8UC1) count as 0.
  Points place(const cv::Mat& gray, const Affine& image_from_frame) const;

 private:
  struct Split {
    std::uint16_t first, second;  ///< pixels that are compared
    float threshold;              ///< first - second above it: left
  };
  struct Pixel {
    std::uint16_t anchor;  ///< landmark
    cv::Point2f offset;    ///< from it, in the frame of the mean shape
  };
  struct Stage {
    std::vector<Pixel> pixels;
    std::vector<Split> splits;  ///< of all trees, each breadth first
    std::vector<float> leaves;  ///< of all trees: a row of x0 y0 x1 y1 ... a leaf
  };
  friend class ShapeForestReader;

  void read_pixels(const Stage& stage, const cv::Mat& gray, const Affine& image_from_frame, const std::vector<float>& shape,
                   std::vector<float>& values) const;

  Points mean_;
  std::size_t splits_a_tree_ = 0;  ///< one less than leaves a tree
  std::vector<Stage> stages_;
};

/// The similarity that maps `from` onto `to` with the least squared error, as dlib and MediaPipe fit shapes; equal counts. The
/// translation alone where all points of `from` coincide.
Affine least_squares_similarity(const Points& from, const Points& to);

}  // namespace mien
