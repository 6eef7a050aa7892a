// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "mien/face_geometry/points.h"

namespace mien {

/// Distances on a face seen from the front (the head's turn is undone), in units of the distance of the outer eye corners. Sides
/// are those of the picture. What moves when a muscle pulls, before anything is compared with a face at rest.
struct FaceMeasures {
  enum Index {
    // Above the line between the corners of the eye on that side.
    brow_inner_left,
    brow_inner_right,
    brow_outer_left,
    brow_outer_right,
    upper_lid_left,
    upper_lid_right,
    // Below that line.
    lower_lid_left,
    lower_lid_right,
    // Mouth corners, sideways from the nose's base and below it.
    corner_out_left,
    corner_out_right,
    corner_down_left,
    corner_down_right,
    brow_gap,   ///< between the inner ends of the brows
    upper_lip,  ///< thickness of the red part in the middle
    lower_lip,
    mouth_gap,       ///< between the lips
    lower_lip_down,  ///< lower border of the lower lip below the nose's base
    chin_down,       ///< chin below the nose's base
    count
  };
  std::array<double, count> values{};

  double operator[](Index i) const { return values[static_cast<std::size_t>(i)]; }
};

/// Takes 68 points. Throws Error{bad_data} when no head fits them.
FaceMeasures measure_face(const Points& points68);

/// A person's face at rest, from one or many landmark sets; what activations are measured against.
class NeutralBaseline {
 public:
  /// Adds a set of 68 points. A set in which no head fits is left out.
  void add(const Points& points68);
  /// At least one set was added.
  bool ready() const { return !sorted_[0].empty(); }
  /// Median of each measure so far, so that a few grimaces do no harm. Throws Error{usage} when not ready.
  FaceMeasures measures() const;

 private:
  std::array<std::vector<double>, FaceMeasures::count> sorted_;
};

/// Action Unit intensities 0..5 in the order of action_unit_names() (data/dataset.h), estimated from how the landmarks moved
/// against the person's face at rest. Geometry only: 1, 2, 4, 5, 7, 12, 15, 20, 23, 25, 26 and 45 are estimated; 6, 9, 10, 14, 17
/// and 28, which leave little trace in 68 points, are NaN. By what measure each is estimated is in action_unit_estimates.cc, how
/// well it works on drawn faces in docs/faces.md. Throws Error{bad_data} when no head fits the points.
std::vector<float> estimate_action_units(const Points& points68, const FaceMeasures& neutral);
std::vector<float> estimate_action_units(const Points& points68, const NeutralBaseline& neutral);
/// Against an average face, when no neutral picture of the person is known: coarse.
std::vector<float> estimate_action_units(const Points& points68);

}  // namespace mien
