// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/json_text.h"
#include "mien/tracking/identities.h"

namespace mien {

namespace {

using nlohmann::json;
constexpr int kVersion = 1;

json time_to_json(double time_s) { return std::isnan(time_s) ? json() : json(time_s); }
double time_from_json(const json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

void require(bool holds, const char* what) {
  if (!holds) throw Error(ErrorCode::bad_file, std::string("stored identities: ") + what);
}

}  // namespace

std::string Identities::save() const {
  json state{{"version", kVersion}, {"next_person", next_person_}, {"frame", frame_}, {"embedding_size", embedding_size_}};
  state["people"] = json::array();
  for (const auto& [number, person] : people_) {
    json looks = json::array();
    for (const auto& look : person.looks) looks.push_back({{"quality", look.quality}, {"embedding", look.embedding}});
    const auto& box = person.box;
    state["people"].push_back({{"number", number},
                               {"seen", person.seen},
                               {"box", {box.x, box.y, box.width, box.height}},
                               {"time_s", time_to_json(person.time_s)},
                               {"looks", std::move(looks)}});
  }
  state["tracks"] = json::array();
  for (const auto& [number, track] : tracks_)
    state["tracks"].push_back({{"number", number}, {"person", track.person}, {"waited", track.waited}, {"seen", track.seen}});
  return json_text(state);
}

void Identities::restore(const std::string& text) {
  Identities read(options_);
  try {
    const json state = parse_json(text, "stored identities");
    require(state.at("version") == kVersion, "written by another version");
    read.next_person_ = state.at("next_person").get<int>();
    read.frame_ = state.at("frame").get<std::int64_t>();
    read.embedding_size_ = state.at("embedding_size").get<std::size_t>();
    require(read.next_person_ >= 0 && read.frame_ >= 0, "negative counts");
    for (const auto& entry : state.at("people")) {
      const int number = entry.at("number").get<int>();
      require(number >= 0 && number < read.next_person_, "a person's number is out of range");
      Person person;
      person.seen = entry.at("seen").get<std::int64_t>();
      const auto box = entry.at("box").get<std::vector<float>>();
      require(box.size() == 4, "a box needs four numbers");
      person.box = {box[0], box[1], box[2], box[3]};
      person.time_s = time_from_json(entry.at("time_s"));
      for (const auto& look : entry.at("looks")) {
        person.looks.push_back({look.at("embedding").get<std::vector<float>>(), look.at("quality").get<double>()});
        require(person.looks.back().embedding.size() == read.embedding_size_, "an embedding has another size");
      }
      require(read.people_.emplace(number, std::move(person)).second, "a person appears twice");
    }
    for (const auto& entry : state.at("tracks")) {
      const int person = entry.at("person").get<int>();
      require(person < read.next_person_, "a track belongs to nobody known");
      read.tracks_[entry.at("number").get<std::int64_t>()] = {person, entry.at("waited").get<int>(),
                                                              entry.at("seen").get<std::int64_t>()};
    }
  } catch (const json::exception& error) {
    throw Error(ErrorCode::bad_file, std::string("stored identities: ") + error.what());
  }
  *this = std::move(read);
}

}  // namespace mien
