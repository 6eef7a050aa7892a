// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "mien/metrics/classification.h"

namespace mien {

/// The 68 points of one face, as the reference has them and as a program found them.
struct LandmarkAnswer {
  std::string id;
  std::string identity;                ///< who; intervals resample people. "" = this face is a person of its own
  std::vector<cv::Point2f> reference;  ///< 68 points, any unit of length; NaN = unknown, but for the outer eye corners (36, 45)
  std::vector<cv::Point2f> found;      ///< 68 points in the same coordinates; empty = no face was found
};

struct LandmarkErrorOptions {
  /// Takes the mean of (found - reference) over all points of the other people's faces off the found points first: what is left
  /// is not explained by references that lie beside the points everywhere in the same way. A person's own faces have no part in
  /// what is taken off them; where there is but one person, all faces have.
  bool remove_offset = false;
  /// Takes each point's own mean deviation off, in the same way: what is left is not explained by another idea of where a point
  /// lies (the edge of the jaw, the ends of the brows).
  bool remove_point_offsets = false;
  double failure_limit = 0.08;  ///< a face whose error exceeds this share of the eye distance is a failure
  int resamples = 1000;         ///< of the people, for the 95 % intervals
  std::uint64_t seed = 0;
};

/// Normalised errors: distances divided by the distance of the reference's outer eye corners (36, 45), as shares.
struct LandmarkErrors {
  std::int64_t n = 0;           ///< faces
  std::int64_t missing = 0;     ///< of these, not found
  std::vector<double> errors;   ///< [n] mean over the known points; infinity where no face was found
  double mean = 0, median = 0;  ///< over found faces; NaN when none was found
  Interval mean_interval;
  double failure_rate = 0;  ///< share of all faces above the limit, missing ones included
  Interval failure_interval;
  /// Area under the cumulative error curve from 0 to the limit, divided by the limit: 1 = no error at all. Missing faces count as
  /// 0.
  double area = 0;
  Interval area_interval;
  /// Mean of (found - reference) in the face's frame (x from eye to eye, y down the face), before anything is taken off.
  cv::Point2d offset;
  struct Region {
    std::string name;  ///< "jaw", "brows", "nose", "eyes", "mouth"
    double mean = 0;   ///< over found faces; NaN when no point of it is known
  };
  std::vector<Region> regions;
};

/// Throws Error{bad_data} that names the face for other counts than 68, found coordinates that are not finite and references
/// whose outer eye corners are unknown or coincide; also when there is no face. Throws Error{usage} for a limit or a number of
/// resamples that is not positive.
LandmarkErrors landmark_errors(const std::vector<LandmarkAnswer>& answers, const LandmarkErrorOptions& options = {});

/// The cumulative error curve: the share of faces whose error is at most limit * i / steps, for i = 0..steps.
std::vector<double> cumulative_errors(const LandmarkErrors& errors, double limit, int steps);

/// Mean error of `b` minus that of `a` on the faces that both found, matched by id, with an interval over people. Negative: b is
/// better. Throws Error{bad_data} when no face is common.
struct LandmarkDifference {
  std::int64_t n = 0;
  double mean = 0;
  Interval interval;
};
LandmarkDifference landmark_difference(const std::vector<LandmarkAnswer>& a, const std::vector<LandmarkAnswer>& b,
                                       const LandmarkErrorOptions& options = {});

}  // namespace mien
