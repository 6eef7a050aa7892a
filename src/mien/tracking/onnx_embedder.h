// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/image/preprocessing.h"
#include "mien/runtime/runtime.h"
#include "mien/tracking/embedder.h"

namespace mien {

/// Metadata of an embedding network: how its input is made (JSON of Preprocessing) and its likeness from which on two faces are
/// one person. Files without them get what MobileFaceNet wants: RGB aligned to "arcface", (pixel / 255 - mean) / std of ImageNet.
inline constexpr const char* embedding_preprocessing_key = "mien.preprocessing";
inline constexpr const char* same_person_key = "mien.same_person_likeness";

/// An embedding network. Computes on one thread; clones share the weights.
class OnnxEmbedder final : public FaceEmbedder {
 public:
  /// Throws Error{not_found}, Error{bad_file} that says what an embedding network looks like, Error{mismatch} for damaged
  /// metadata.
  explicit OnnxEmbedder(const std::filesystem::path& file);
  /// With the input made otherwise than the file says.
  OnnxEmbedder(const std::filesystem::path& file, const Preprocessing& preprocessing);

  std::string name() const override { return name_; }
  int size() const override { return size_; }
  double same_person_likeness() const override { return same_person_likeness_; }
  std::vector<float> embed(const cv::Mat& image, const Points& points68) override;
  std::unique_ptr<FaceEmbedder> clone() const override;
  const Preprocessing& preprocessing() const { return preprocessing_; }

 private:
  OnnxEmbedder(const OnnxEmbedder& other);
  void check();

  std::string name_;
  runtime::Model model_;
  runtime::Session session_;
  Preprocessing preprocessing_;
  double same_person_likeness_;
  int size_ = 0;
  std::vector<float> input_;
};

}  // namespace mien
