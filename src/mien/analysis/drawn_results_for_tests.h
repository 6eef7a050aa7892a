// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mien/procedural/clip.h"
#include "mien/results/results.h"

namespace mien::drawn_results {

constexpr double frames_per_second = 10;

inline AnalysisInfo info() {
  AnalysisInfo i;
  i.class_names = {"neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"};
  i.has_action_units = i.has_identities = true;
  return i;
}

/// The truth of frame `i` of a drawn clip of six seconds; drawn once.
inline const std::vector<ClipPerson>& people_in(int i) {
  static std::map<int, std::vector<ClipPerson>> drawn;
  const auto [entry, fresh] = drawn.try_emplace(i);
  if (!fresh) return entry->second;
  ClipOptions options;
  options.width = 320;
  options.height = 180;
  options.duration_s = 6;
  return entry->second = draw_clip(3, i / frames_per_second, options).people;
}

/// That frame as if everything about it had been measured exactly, but for the Action Units: these say -1 everywhere.
inline FrameResult measured(int i, std::vector<std::int64_t>& tracks) {
  FrameResult frame;
  frame.source = "clip.mp4";
  frame.video = true;
  frame.frame = i;
  frame.time_s = i / frames_per_second;
  frame.width = 320;
  frame.height = 180;
  tracks.clear();
  for (const auto& person : people_in(i)) {
    FaceResult face;
    face.landmarks = person.landmarks;
    face.box = bounding_box(person.landmarks);
    face.pose = {person.yaw_deg, person.pitch_deg, person.roll_deg, {0, 0, 600}, 0};
    face.quality = {40, 1, 1, 1, 1};
    face.probabilities = person.distribution;
    face.label = person.label;
    face.action_units.assign(18, -1.0F);
    face.embedding = person.person == 0 ? std::vector<float>{1, 0} : std::vector<float>{0, 1};
    frame.faces.push_back(face);
    tracks.push_back(person.person);
  }
  return frame;
}

}  // namespace mien::drawn_results
