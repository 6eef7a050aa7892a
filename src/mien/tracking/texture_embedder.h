// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/tracking/embedder.h"

namespace mien {

/// Local binary patterns (Ahonen, Hadid and Pietikainen, PAMI 2006) of the aligned gray face: histograms of the 58 uniform
/// patterns and one bin for all others, at 8 neighbours on a circle, over a grid of 8 x 8 cells; square roots of the shares (the
/// dot product is then the Bhattacharyya coefficient), summed with those of the mirrored face, which takes half of the light's
/// direction and of the head's turn out. The sum is symmetric, so the left half of the cells says it all: [8 rows, 4 columns,
/// 59]. Needs no weights. Does not see brightness and contrast.
class TextureEmbedder final : public FaceEmbedder {
 public:
  std::string name() const override { return "texture"; }
  int size() const override;
  double same_person_likeness() const override;
  std::vector<float> embed(const cv::Mat& image, const Points& points68) override;
  std::unique_ptr<FaceEmbedder> clone() const override { return std::make_unique<TextureEmbedder>(*this); }
};

/// Pattern of each pixel that has all neighbours on the circle of `radius` pixels: 0..57 uniform ones in ascending order of their
/// code, 58 others. `gray` is CV_8UC1; the result is CV_8UC1, smaller by ceil(radius) pixels on each side. Neighbour i, bit i of
/// the code, lies at the angle 45 i degrees, counter-clockwise from the right, and counts where it is at least as bright as the
/// centre; bilinear between pixels.
cv::Mat uniform_patterns(const cv::Mat& gray, double radius);

}  // namespace mien
