// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "mien/face_geometry/points.h"

namespace mien {

/// A person's face at rest, from one or many landmark sets; what activations are measured against. Distances are in units of the
/// inter-ocular distance after the head's rotation in the picture plane has been taken out.
class NeutralBaseline {
 public:
  /// Adds a set of 68 points.
  void add(const Points& points68);
  /// At least one set was added.
  bool ready() const { return count_ > 0; }
  /// Robust centre (median) of each measure so far.
  std::vector<double> measures() const;

 private:
  int count_ = 0;
  std::vector<std::vector<double>> sets_;
};

/// Action Unit intensities 0..5 in the order of action_unit_names() (data/dataset.h), estimated from how the landmarks moved
/// against the person's neutral baseline. Geometry only: AUs that leave no trace in 68 points (6, 9, 14, 28, ...) are NaN. Which
/// AUs are estimated, by what measure and how well it worked on drawn faces is in docs/faces.md.
std::vector<float> estimate_action_units(const Points& points68, const NeutralBaseline& neutral);
/// Against an average face, when no neutral picture of the person is known: coarse.
std::vector<float> estimate_action_units(const Points& points68);

}  // namespace mien
