// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mien {

/// A drawn face with its exact ground truth: the landmarks are knots of the very curves that are painted, in clean and in
/// noisy pictures, also where hair or glasses hide them.
struct ProceduralFace {
  cv::Mat image;                       ///< CV_8UC3, RGB, size x size
  cv::Mat mask;                        ///< CV_8UC1, 255 = face (skin from jaw to hair; ears, neck, hair excluded), else 0
  std::vector<cv::Point2f> landmarks;  ///< 68 points, usual order, pixels, pixel centres at integers
  std::vector<float> action_units;     ///< [18] intensities 0..5, order of action_unit_names() in data/dataset.h
  /// [8] emotion distribution, FER+ order (neutral, happiness, surprise, sadness, anger, disgust, fear, contempt)
  std::vector<float> distribution;
  int label = 0;                   ///< argmax of distribution
  float valence = 0, arousal = 0;  ///< [-1,1]
  /// Head pose: positive yaw turns to the right of the picture, positive pitch looks down, positive roll is clockwise.
  float yaw_deg = 0, pitch_deg = 0, roll_deg = 0;
  std::string identity;  ///< faces with the same identity share shape, skin, hair and glasses
};

struct ProceduralOptions {
  int size_px = 96;
  int identities = 200;         ///< number of different people
  double intensity_min = 0.55;  ///< weakest expression, share of the prototype's full strength
  double mixture = 0.25;        ///< share of faces that blend two expressions
  /// 0 = clean studio picture, 1 = light, blur, background and sensor noise of everyday pictures; at most 2
  double noise = 1;
};

/// Face `index` of the endless data set `seed`: a pure function of its arguments, equal on every machine. The eight classes
/// are equally frequent; who, what, pose and light are drawn independently, and `noise` changes the picture alone. Label and
/// distribution follow from the strength of the shown emotions: below about 0.4 a face counts as neutral. Action units are the
/// published prototypes with variants (procedural/action_units.h), valence and arousal their published coordinates
/// (procedural/expression.h). Thread-safe. Throws Error{usage} for options out of range.
ProceduralFace draw_face(std::uint64_t seed, std::int64_t index, const ProceduralOptions& options = {});

/// As above but with the expression given: the plain prototype of a FER+ class 0..7 at full strength, seen from the front
/// (for documentation and tests). `intensity_min`, `mixture` and `identities` have no effect.
ProceduralFace draw_expression(std::uint64_t seed, std::int64_t identity, int expression, const ProceduralOptions& options = {});

}  // namespace mien
