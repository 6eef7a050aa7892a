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

/// A description of a face's appearance: unit length, so that the dot product of two says how alike they are.
class FaceEmbedder {
 public:
  virtual ~FaceEmbedder() = default;
  virtual std::string name() const = 0;
  virtual int size() const = 0;
  /// Likeness from which on two faces are probably one person: measured, see docs/results.
  virtual double same_person_likeness() const = 0;
  virtual std::vector<float> embed(const cv::Mat& image, const Points& points68) = 0;
  virtual std::unique_ptr<FaceEmbedder> clone() const = 0;
};

/// `model`: empty = built in, from local texture of the aligned face (no weights); an .onnx file = an embedding network with one image
/// input and one vector output (MobileFaceNet, ArcFace: 112x112 aligned to "arcface").
std::unique_ptr<FaceEmbedder> make_face_embedder(const std::filesystem::path& model = {});

}  // namespace mien
