// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mien {

struct IdentityOptions {
  double same_person_likeness = 0.5;  ///< of embeddings, see FaceEmbedder
  double min_quality = 0.3;           ///< only faces at least this good teach the gallery what a person looks like
  int max_people = 1000;
};

/// Gives tracks numbers of people that survive occlusions and re-entries: a new track is compared with everybody seen before who is
/// not in the picture now. One instance per source (or for a whole run, when people are to keep their numbers across files).
/// Deterministic; its state can be stored and restored.
class Identities {
 public:
  explicit Identities(const IdentityOptions& options = {}) : options_(options) {}

  struct Observation {
    std::int64_t track = 0;
    double quality = 1;
    std::vector<float> embedding;  ///< empty = none in this frame
  };
  /// Numbers for all faces of one frame, in order; two faces of a frame never share one.
  std::vector<int> assign(const std::vector<Observation>& faces);
  int people() const;

  std::string save() const;                ///< JSON
  void restore(const std::string& state);  ///< Throws Error{bad_file}

 private:
  struct Person {
    std::vector<std::vector<float>> looks;  ///< a few different embeddings
    std::int64_t seen = 0;
  };
  IdentityOptions options_;
  std::vector<Person> people_;
  std::map<std::int64_t, int> tracks_;
};

}  // namespace mien
