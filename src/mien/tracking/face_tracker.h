// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "mien/face/detector.h"
#include "mien/face/landmark_model.h"

namespace mien {

/// A face of the present frame, joined over time.
struct TrackedFace {
  std::int64_t track = 0;   ///< number of the unbroken track, 0, 1, ...; a face that was lost gets a new track (identities join tracks)
  Detection detection;      ///< box as the detector frames faces, also in frames between detections
  FaceLandmarks landmarks;
  bool followed = false;    ///< placed from the frame before
};

struct TrackerOptions {
  std::int64_t detect_every = 10;  ///< the detector's answer is expected for frames 0, n, 2n, ... of the sequence
  double match_overlap = 0.3;      ///< intersection over union at which a detection and a followed face are the same
  double min_likeness = 0.35;      ///< correlation of the aligned face with the frame before below which the follower gives up
};

/// Follows faces from frame to frame: landmarks start from those of the frame before, detections confirm, correct, start and end
/// tracks. Deterministic: the same frames and detections give the same tracks. Call in frame order.
class FaceTracker {
 public:
  /// `detector_name` as FaceDetector::name(), for the landmark model.
  FaceTracker(std::unique_ptr<LandmarkModel> landmarks, std::string detector_name, const TrackerOptions& options);
  ~FaceTracker();
  FaceTracker(FaceTracker&&) noexcept;

  /// Whether update() wants detections for the frame with this position in the sequence. Position counts the frames given to update().
  bool wants_detection(std::int64_t position) const;
  /// `detections`: null when wants_detection() said no.
  std::vector<TrackedFace> update(const cv::Mat& image, const std::vector<Detection>* detections);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
