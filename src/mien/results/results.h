// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mien/face_geometry/head_pose.h"
#include "mien/face_geometry/points.h"
#include "mien/face_geometry/quality.h"

namespace mien {

/// Everything that was measured on one face of one frame. Coordinates are pixels of the frame.
struct FaceResult {
  int identity = -1;  ///< number of the person, 0, 1, ... in order of appearance; -1 = not asked for
  cv::Rect2f box;
  float score = 0;        ///< of the detector; of the last detection when followed
  bool followed = false;  ///< placed from the frame before, without the detector
  Points landmarks;       ///< 68, or empty when no landmarks were asked for
  HeadPose pose;
  FaceQuality quality;
  int label = -1;                         ///< position in class_names of the largest probability; -1 = no expression model
  bool uncertain = false;                 ///< the largest probability is below the asked confidence
  std::vector<float> probabilities;       ///< calibrated, [K]; smoothed over time when that was asked for
  std::vector<float> raw_probabilities;   ///< before smoothing; empty = not smoothed
  std::optional<float> valence, arousal;  ///< [-1,1]
  std::vector<float> action_units;  ///< [18] intensities 0..5, order of action_unit_names(); NaN = unknown; empty = not asked for
  std::vector<float> embedding;     ///< of the appearance, unit length; empty = not asked for (never written to files)
};

/// A head is never at the camera: a pose of zeros alone was not measured, nor was one that is not finite.
bool has_pose(const FaceResult& face);
/// Faces have a size: a quality without one was not measured.
bool has_quality(const FaceResult& face);
/// Largest probability's value; NaN without a label.
float confidence_of(const FaceResult& face);

/// One picture, or one frame of a video. One without a face has no faces; one that failed, or has a face that failed in part, has an error.
struct FrameResult {
  std::string source;  ///< path as the user gave it
  bool video = false;
  std::int64_t frame = 0;  ///< 0-based number in its source; 0 for pictures
  double time_s = 0;       ///< presentation time; 0 for pictures
  int width = 0, height = 0;
  std::vector<FaceResult> faces;  ///< from left to right
  std::string error;              ///< why this source or frame could not be read, or which faces lack what; empty = fine
};

/// What holds for all results of a run.
struct AnalysisInfo {
  std::vector<std::string> class_names;  ///< [K]
  std::string label_space;
  std::string model, detector, landmarks, embedding;  ///< names and files, for the record
  double uncertain_below = 0;
  bool has_valence_arousal = false, has_action_units = false, has_identities = false;
  bool has_raw_probabilities = false;  ///< probabilities were smoothed over time
  std::string command_line, version;
};

}  // namespace mien
