// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace mien {

struct IdentityOptions {
  double same_person_likeness = 0.5;  ///< of embeddings, see FaceEmbedder
  double min_quality = 0.3;  ///< only faces at least this good decide at once and teach the gallery what a person looks like
  int patience = 10;         ///< frames that a track with embeddings of poor quality may wait for a good one, unnumbered
  double reappear_s = 1;     ///< a track that starts where a person vanished at most this long ago is probably that person
  int max_looks = 8;         ///< embeddings kept of a person
  int max_people =
      1000;  ///< people remembered; beyond it the one not seen for longest is forgotten, his number is not used again
};

/// Gives tracks numbers of people that survive occlusions and re-entries: a new track is compared with everybody seen before who
/// is not in the picture now. One instance per source (or for a whole run, when people are to keep their numbers across files:
/// call new_source() between them). Deterministic; its state can be stored between any two frames and restored.
///
/// A track is decided once, at its first embedding of good quality, or without any embedding at its first frame; until then its
/// number is -1. Where several tracks start at once, tracks and people are paired so that the sum of their likenesses is largest.
/// Two faces with embeddings are one person from `same_person_likeness` on; up to half of that is forgiven to a track that starts
/// where the person vanished a moment ago, and a track or person without embeddings is judged by that place alone.
class Identities {
 public:
  explicit Identities(const IdentityOptions& options = {});

  struct Observation {
    std::int64_t track = 0;
    double quality = 1;
    std::vector<float> embedding;                              ///< unit length; empty = none in this frame
    cv::Rect2f box;                                            ///< empty = unknown
    double time_s = std::numeric_limits<double>::quiet_NaN();  ///< NaN = unknown
  };
  /// Numbers for all faces of one frame, in order: 0, 1, ... in order of appearance, or -1 = not decided yet. Two faces of a
  /// frame never share a number of 0 or more. Throws Error{usage} for embeddings of different sizes and when two faces of a frame
  /// have the same track.
  std::vector<int> assign(const std::vector<Observation>& faces);
  /// People numbered so far.
  int people() const { return next_person_; }
  /// The next frame belongs to another source: tracks, places and times begin anew, people are remembered.
  void new_source();

  std::string save() const;                ///< JSON
  void restore(const std::string& state);  ///< Throws Error{bad_file}, and leaves the state as it was

 private:
  struct Look {
    std::vector<float> embedding;
    double quality = 0;
  };
  struct Person {
    std::vector<Look> looks;
    std::int64_t seen = 0;  ///< frame in which he was seen last
    cv::Rect2f box;         ///< where that was
    double time_s = std::numeric_limits<double>::quiet_NaN();
  };
  struct Track {
    int person = -1;
    int waited = 0;
    std::int64_t seen = 0;
  };

  double score(const Observation& face, const Person& person, bool sure) const;
  bool decides(const Observation& face, Track& track) const;
  void number_new_tracks(const std::vector<Observation>& faces);
  int add_person();
  void learn(const Observation& face, Person& person) const;
  void forget();
  void check(const std::vector<Observation>& faces) const;

  IdentityOptions options_;
  int next_person_ = 0;
  std::int64_t frame_ = 0;
  std::size_t embedding_size_ = 0;  ///< 0 = none seen yet
  std::map<int, Person> people_;
  std::map<std::int64_t, Track> tracks_;
};

}  // namespace mien
