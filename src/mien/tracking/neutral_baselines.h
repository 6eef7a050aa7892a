// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "mien/face_geometry/action_unit_estimates.h"
#include "mien/face_geometry/points.h"

namespace mien {

struct NeutralOptions {
  double min_probability = 0.6;  ///< of neutral, from which on a frame may show a person's face at rest
  double first_s = 2;            ///< where no neutral probability is known: the first seconds of a person count as rest
  double spacing_s = 0.2;        ///< frames closer together than this count as one
  int min_faces = 3;             ///< a baseline is served from so many on
  int max_faces = 30;            ///< kept of a person: the most neutral ones
};

/// Learns what each person's face looks like at rest while the video runs, for estimate_action_units(). Deterministic: the
/// answers depend on the frames so far alone. Memory is bounded by `max_faces` landmark sets a person.
class NeutralBaselines {
 public:
  explicit NeutralBaselines(const NeutralOptions& options = {});

  /// A face of the person. `neutral_probability` NaN = not known: then the first `first_s` seconds count, until a known one
  /// comes. Give only faces good enough to measure (not turned far away). Times must not run backwards for a person; frames that
  /// do are left out.
  void add(int identity, double time_s, const Points& points68,
           double neutral_probability = std::numeric_limits<double>::quiet_NaN());
  /// The person's face at rest as far as it is known now; null as long as fewer than `min_faces` were seen. Valid until the next
  /// add().
  const NeutralBaseline* find(int identity) const;

  std::string save() const;                ///< JSON
  void restore(const std::string& state);  ///< Throws Error{bad_file}, and leaves the state as it was

 private:
  struct Face {
    double time_s = 0, probability = 0;
    Points points;
  };
  struct Person {
    double first_s = 0, last_s = 0;
    bool judged = false;      ///< faces were chosen by a known probability
    std::vector<Face> faces;  ///< by time
    NeutralBaseline baseline;
  };
  bool keep(Person& person, Face face) const;
  static void measure(Person& person);

  NeutralOptions options_;
  std::map<int, Person> people_;
};

}  // namespace mien
