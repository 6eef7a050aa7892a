// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mien/face/detector.h"
#include "mien/face/landmark_model.h"

namespace mien {

/// A face of the present frame, joined over time.
struct TrackedFace {
  std::int64_t track =
      0;  ///< number of the unbroken track, 0, 1, ...; a face that was lost gets a new track (identities join tracks)
  Detection detection;      ///< box as the detector frames faces, also in frames between detections; score of the last detection
  FaceLandmarks landmarks;  ///< `points` are stabilised when that was asked for
  Points raw_points;        ///< what the landmark model said, when the points were stabilised; else empty
  bool followed = false;    ///< placed from the frame before
};

struct TrackerOptions {
  std::int64_t detect_every = 10;  ///< the detector's answer is expected for frames 0, n, 2n, ... of the sequence
  double match_overlap = 0.3;      ///< intersection over union at which a detection and a followed face may be the same
  double min_likeness =
      0.35;  ///< correlation with the face of the frame before, and with that at the last detection, below which it is lost
  double doubt_likeness =
      0.6;  ///< what is needed instead where there is doubt: the landmark model is unsure, or the detector missed the face once
  double cut_likeness = 0.8;     ///< that a face needs to be taken for the same across what looks like a cut
  double sure_confidence = 0.5;  ///< of the landmark model: below this it is unsure
  double min_confidence = 0.1;   ///< below this a followed face is lost
  bool stabilise = false;        ///< calms landmarks that jitter, see LandmarkFilter
  double frame_s = 0.04;         ///< time between frames, for `stabilise`
};

/// Follows faces from frame to frame: landmarks start from those of the frame before, detections confirm, correct, start and end
/// tracks. Deterministic: the same frames and detections give the same tracks. Call in frame order; one thread at a time.
///
/// A followed face must look like itself (correlation of its upright gray patch with the frame before and with its last
/// detection), keep its shape, size and place from frame to frame, and stay in the picture; else its track ends. More likeness is
/// asked of it where the landmark model is unsure and across cuts. Of two followers that ended up on one face the one that looks
/// less like its own face ends. A track that no detection confirms survives one detection frame when it still looks like itself.
/// After a loss and after a cut a detection is asked for at once.
class FaceTracker {
 public:
  /// `detector_name` as FaceDetector::name(), for the landmark model. Throws Error{usage} for options out of range.
  FaceTracker(std::unique_ptr<LandmarkModel> landmarks, std::string detector_name, const TrackerOptions& options = {});
  ~FaceTracker();
  FaceTracker(FaceTracker&&) noexcept;
  FaceTracker& operator=(FaceTracker&&) noexcept;

  /// Whether update() wants detections for the frame with this position in the sequence: always for multiples of n, and for the
  /// coming frame after a loss or a cut. Position counts the frames given to update(). Costs nothing.
  bool wants_detection(std::int64_t position) const;
  /// `detections`: null when wants_detection() said no; it may also be given unasked. `image` is 8-bit RGB or gray. Faces by
  /// track number. Throws Error{usage} for another image, and when a detection that was wanted is missing.
  std::vector<TrackedFace> update(const cv::Mat& image, const std::vector<Detection>* detections);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
