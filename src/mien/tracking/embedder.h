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

/// A description of a face's appearance: unit length, so that the dot product of two says how alike they are. An instance serves
/// one thread at a time; `clone` makes one for another thread that shares the weights.
class FaceEmbedder {
 public:
  virtual ~FaceEmbedder() = default;
  virtual std::string name() const = 0;
  virtual int size() const = 0;
  /// Likeness from which on two faces are probably one person: measured, see docs/results/identity.md.
  virtual double same_person_likeness() const = 0;
  /// `image` is 8-bit RGB or gray. Empty where there is nothing to describe (points that coincide, a face without any contrast).
  virtual std::vector<float> embed(const cv::Mat& image, const Points& points68) = 0;
  virtual std::unique_ptr<FaceEmbedder> clone() const = 0;
};

/// `model`: empty = built in, from local texture of the aligned face (no weights; tells people apart in one video, hardly across
/// photographs); an .onnx file = an embedding network with one float input [1,3,H,W] (or open sizes: 112 x 112) and one vector
/// output (MobileFaceNet, ArcFace: aligned to "arcface", RGB). Throws Error{not_found}, Error{bad_file} for other networks.
std::unique_ptr<FaceEmbedder> make_face_embedder(const std::filesystem::path& model = {});

}  // namespace mien
