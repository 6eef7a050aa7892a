// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/data/dataset.h"
#include "mien/face/detector.h"
#include "mien/face/landmark_model.h"
#include "mien/metrics/landmark_error.h"

namespace mien {

/// Where a landmark model is told to look for the face of each record; none = not found.
struct FaceBoxes {
  std::string detector;  ///< what LandmarkModel::find is told
  std::vector<std::optional<Detection>> boxes;
};

/// The detection that overlaps the tight box of the reference points most, by at least `least_overlap` (intersection over union); where
/// some of the 68 are unknown, the one that holds the largest share of the others, and at least that share.
FaceBoxes detected_boxes(const Dataset& dataset, FaceDetector& detector, Progress& progress, double least_overlap = 0.2);
/// The tight boxes of the reference points, as detector "reference". Throws Error{bad_data} where not all 68 are known.
FaceBoxes reference_boxes(const Dataset& dataset);
/// Every box moved along both axes and scaled, each uniformly by at most `share` of its size; the detector's own points are
/// dropped, for they would give the place away. A function of (seed, face, repeat) alone.
FaceBoxes perturbed_boxes(const FaceBoxes& boxes, double share, std::uint64_t seed, int repeat = 0);

struct LandmarkScore {
  std::vector<LandmarkAnswer> answers;  ///< a face each, in the order of the records
  double median_ms = 0;                 ///< of one LandmarkModel::find; NaN without a face
};
LandmarkScore score_landmarks(const Dataset& dataset, const FaceBoxes& boxes, LandmarkModel& model, Progress& progress);

/// How much the points move on the same picture when the box does: root mean square distance of a point from its mean over
/// `repeats` perturbed boxes, divided by the eye distance, averaged over faces. Zero is perfectly steady.
struct Unsteadiness {
  std::int64_t n = 0;
  double mean = 0;
  Interval interval;  ///< over people
};
struct UnsteadinessOptions {
  double share = 0.05;  ///< of the box, as in perturbed_boxes
  int repeats = 8;      ///< at least 2
  std::uint64_t seed = 0;
};
Unsteadiness measure_unsteadiness(const Dataset& dataset, const FaceBoxes& boxes, LandmarkModel& model,
                                  const UnsteadinessOptions& options, Progress& progress);
/// Of several sets of 68 points: root mean square distance from the mean set, in pixels.
double spread_of(const std::vector<Points>& sets);

}  // namespace mien
