// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/neutral_baselines.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/json_text.h"

namespace mien {

NeutralBaselines::NeutralBaselines(const NeutralOptions& options) : options_(options) {
  if (options.min_faces < 1 || options.max_faces < options.min_faces || !(options.spacing_s >= 0) || !(options.first_s >= 0))
    throw Error(ErrorCode::usage, "neutral faces: expected 1 <= min_faces <= max_faces, and times of 0 or more seconds");
}

/// True when the person's faces changed.
bool NeutralBaselines::keep(Person& person, Face face) const {
  auto& faces = person.faces;
  if (!faces.empty() && face.time_s - faces.back().time_s < options_.spacing_s) {
    if (face.probability <= faces.back().probability) return false;
    face.time_s = faces.back().time_s;  // else a long slow rise would never leave this slot
    faces.back() = std::move(face);
    return true;
  }
  faces.push_back(std::move(face));
  if (faces.size() <= static_cast<std::size_t>(options_.max_faces)) return true;
  // Of equally neutral ones the newest goes: a baseline that has settled stays.
  const auto worst =
      std::min_element(faces.rbegin(), faces.rend(), [](const Face& a, const Face& b) { return a.probability < b.probability; });
  const bool newest = worst == faces.rbegin();
  faces.erase(std::next(worst).base());
  return !newest;
}

void NeutralBaselines::measure(Person& person) {
  person.baseline = {};
  for (const auto& face : person.faces) person.baseline.add(face.points);
}

void NeutralBaselines::add(int identity, double time_s, const Points& points68, double neutral_probability) {
  if (points68.size() != 68)
    throw Error(ErrorCode::usage, "neutral faces: expected 68 points, got " + std::to_string(points68.size()));
  const auto [entry, first] = people_.try_emplace(identity);
  Person& person = entry->second;
  if (first) person.first_s = person.last_s = time_s;
  if (!(time_s >= person.last_s)) return;
  person.last_s = time_s;
  const bool known = !std::isnan(neutral_probability);
  if (!known && (person.judged || time_s - person.first_s > options_.first_s)) return;
  if (known && neutral_probability < options_.min_probability) return;
  if (known && !person.judged) {  // a judgement beats the guess that a person begins at rest
    person.faces.clear();
    person.judged = true;
  }
  if (keep(person, {time_s, known ? neutral_probability : 0, points68})) measure(person);
}

const NeutralBaseline* NeutralBaselines::find(int identity) const {
  const auto entry = people_.find(identity);
  if (entry == people_.end() || entry->second.faces.size() < static_cast<std::size_t>(options_.min_faces)) return nullptr;
  if (!entry->second.baseline.ready()) return nullptr;  // no head fitted any of them
  return &entry->second.baseline;
}

using nlohmann::json;

std::string NeutralBaselines::save() const {
  json state = json::array();
  for (const auto& [identity, person] : people_) {
    json faces = json::array();
    for (const auto& face : person.faces) {
      std::vector<float> flat;
      for (const auto& p : face.points) flat.insert(flat.end(), {p.x, p.y});
      faces.push_back({{"time_s", face.time_s}, {"probability", face.probability}, {"points", flat}});
    }
    state.push_back({{"identity", identity},
                     {"first_s", person.first_s},
                     {"last_s", person.last_s},
                     {"judged", person.judged},
                     {"faces", std::move(faces)}});
  }
  return json_text(state);
}

void NeutralBaselines::restore(const std::string& text) {
  std::map<int, Person> people;
  try {
    for (const auto& entry : parse_json(text, "stored neutral faces")) {
      Person person;
      person.first_s = entry.at("first_s").get<double>();
      person.last_s = entry.at("last_s").get<double>();
      person.judged = entry.at("judged").get<bool>();
      for (const auto& stored : entry.at("faces")) {
        const auto flat = stored.at("points").get<std::vector<float>>();
        if (flat.size() != 136) throw Error(ErrorCode::bad_file, "stored neutral faces: a face needs 68 points");
        Face face{stored.at("time_s").get<double>(), stored.at("probability").get<double>(), {}};
        for (std::size_t i = 0; i < flat.size(); i += 2) face.points.emplace_back(flat[i], flat[i + 1]);
        person.faces.push_back(std::move(face));
      }
      measure(person);
      people[entry.at("identity").get<int>()] = std::move(person);
    }
  } catch (const json::exception& error) {
    throw Error(ErrorCode::bad_file, std::string("stored neutral faces: ") + error.what());
  }
  people_ = std::move(people);
}

}  // namespace mien
