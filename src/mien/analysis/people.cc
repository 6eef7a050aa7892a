// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/people.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/json_text.h"
#include "mien/data/label_space.h"
#include "mien/face_geometry/action_unit_estimates.h"

namespace mien {
namespace {

IdentityOptions identity_options(double same_person_likeness) {
  IdentityOptions options;
  options.same_person_likeness = same_person_likeness;
  return options;
}

}  // namespace

People::People(const AnalysisOptions& options, const AnalysisInfo& info, double same_person_likeness)
    : options_(options), identities_(identity_options(same_person_likeness)), neutral_faces_(info.class_names) {}

void People::complete(FrameResult& frame, const std::vector<std::int64_t>& tracks) {
  if (!options_.stream.identities) return;
  number(frame, tracks);
  for (FaceResult& face : frame.faces) {
    if (face.identity < 0) continue;
    if (options_.faces.action_units && options_.faces.baseline.empty()) compare_with_neutral(face, frame.time_s);
    if (options_.stream.smooth_s > 0) smooth(face, frame.time_s);
  }
}

void People::number(FrameResult& frame, const std::vector<std::int64_t>& tracks) {
  std::vector<Identities::Observation> observations;
  for (std::size_t i = 0; i < frame.faces.size(); ++i) {
    const FaceResult& face = frame.faces[i];
    observations.push_back({tracks[i], face.quality.overall, face.embedding, face.box, frame.time_s});
  }
  const auto numbers = identities_.assign(observations);
  for (std::size_t i = 0; i < numbers.size(); ++i) frame.faces[i].identity = numbers[i];
}

void People::compare_with_neutral(FaceResult& face, double time_s) {
  neutral_faces_.learn(face, time_s);
  if (!neutral_faces_.measure(face)) std::fill(face.action_units.begin(), face.action_units.end(), std::numeric_limits<float>::quiet_NaN());
}

void People::smooth(FaceResult& face, double time_s) {
  if (face.probabilities.empty()) return;
  auto& smoother = smoothers_.try_emplace(face.identity, options_.stream.smooth_s).first->second;
  face.raw_probabilities = face.probabilities;
  face.probabilities = smoother.add(time_s, face.probabilities);
  const auto top = std::max_element(face.probabilities.begin(), face.probabilities.end());
  face.label = static_cast<int>(top - face.probabilities.begin());
  face.uncertain = *top < options_.faces.uncertain_below;
}

std::string People::save() const {
  nlohmann::json j{{"identities", identities_.save()}, {"neutral_faces", neutral_faces_.save()}, {"smoothers", nlohmann::json::object()}};
  for (const auto& [identity, smoother] : smoothers_) j["smoothers"][std::to_string(identity)] = smoother.save();
  return json_text(j);
}

void People::restore(const std::string& state) {
  try {
    const auto j = parse_json(state, "the stored state of the people in a video is damaged", "Start the analysis anew in another folder.");
    identities_.restore(j.at("identities"));
    neutral_faces_.restore(j.at("neutral_faces"));
    smoothers_.clear();
    for (const auto& [identity, smoother] : j.at("smoothers").items())
      smoothers_.try_emplace(std::stoi(identity), options_.stream.smooth_s).first->second.restore(smoother);
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::bad_file, std::string("the stored state of the people in a video is damaged: ") + error.what(),
                "Start the analysis anew in another folder.");
  }
}

}  // namespace mien
