// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mien/analysis/analysis_options.h"
#include "mien/results/results.h"
#include "mien/analysis/neutral_faces.h"
#include "mien/tracking/identities.h"
#include "mien/tracking/smoothing.h"

namespace mien {

/// What is known about the people of one video so far. Adds to the faces of a frame what only their past can tell: the person's number,
/// smoothed probabilities, Action Units against the person's own face at rest, unknown (NaN) until that is known, unless all are measured
/// against one that was given. Call in frame order. The state can be stored between any two frames and restored: going on gives the same
/// answers as never having stopped.
class People {
 public:
  People(const AnalysisOptions& options, const AnalysisInfo& info, double same_person_likeness);

  /// `tracks`: the track of each face.
  void complete(FrameResult& frame, const std::vector<std::int64_t>& tracks);
  int count() const { return identities_.people(); }

  std::string save() const;
  /// Throws Error{bad_file}.
  void restore(const std::string& state);

 private:
  void number(FrameResult& frame, const std::vector<std::int64_t>& tracks);
  void smooth(FaceResult& face, double time_s);
  void compare_with_neutral(FaceResult& face, double time_s);

  AnalysisOptions options_;
  Identities identities_;
  std::map<int, TimeSmoother> smoothers_;
  NeutralFaces neutral_faces_;
};

}  // namespace mien
