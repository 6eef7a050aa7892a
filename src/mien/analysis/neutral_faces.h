// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/results/results.h"
#include "mien/tracking/neutral_baselines.h"

namespace mien {

/// The faces at rest of the numbered people in one video, learned from faces that look at the camera, and Action Units against them.
class NeutralFaces {
 public:
  /// The class "neutral" among the names, if it is there, says when a face is at rest.
  explicit NeutralFaces(const std::vector<std::string>& class_names);
  /// In frame order.
  void learn(const FaceResult& face, double time_s);
  /// Measures the face's Action Units against its person's face at rest. False, and nothing changed, where that is not known yet or the face
  /// has no Action Units.
  bool measure(FaceResult& face) const;

  std::string save() const { return baselines_.save(); }
  /// Throws Error{bad_file}.
  void restore(const std::string& state) { baselines_.restore(state); }

 private:
  double probability_of_rest(const FaceResult& face) const;

  int neutral_ = -1;  ///< position of the neutral class; -1 = none
  NeutralBaselines baselines_;
};

}  // namespace mien
