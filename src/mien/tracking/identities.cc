// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/identities.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "mien/base/error.h"
#include "mien/tracking/assignment.h"
#include "mien/tracking/follow_check.h"

namespace mien {

namespace {

constexpr double kPlaceForgives = 0.5;  // share of same_person_likeness
constexpr double kSamePlace = 0.4;      // overlap from which a place speaks for a person when there is nothing else
constexpr double kNewLook = 0.5;        // of the way from same_person_likeness to 1: looks more alike than this teach nothing new
constexpr double kStillHim = 0.5;       // share of same_person_likeness below which a look is rather somebody else's
constexpr std::int64_t kTrackMemory = 100;  // frames after which a track that is gone is forgotten

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

template <typename Looks>
double best_likeness(const std::vector<float>& embedding, const Looks& looks) {
  double best = -1;
  for (const auto& look : looks) best = std::max(best, dot(embedding, look.embedding));
  return best;
}

}  // namespace

Identities::Identities(const IdentityOptions& options) : options_(options) {
  if (!(options.same_person_likeness > 0 && options.same_person_likeness <= 1) || options.patience < 0 ||
      !(options.reappear_s >= 0) || options.max_looks < 1 || options.max_people < 1)
    throw Error(ErrorCode::usage,
                "identities: an option is out of range (same_person_likeness in (0,1], patience and reappear_s >= 0, "
                "max_looks and max_people >= 1)");
}

/// Evidence that a new track is this person: same_person_likeness or more = yes, 0 = no. A face that is not `sure` needs the
/// place to speak for it.
double Identities::score(const Observation& face, const Person& person, bool sure) const {
  const double same = options_.same_person_likeness, gap_s = face.time_s - person.time_s;
  const double place = gap_s >= 0 && gap_s <= options_.reappear_s ? overlap(face.box, person.box) : 0;  // NaN: no
  if (face.embedding.empty() || person.looks.empty()) return place >= kSamePlace ? same * (1 + place) : 0;
  if (!sure && place < kSamePlace) return 0;
  const double recent = options_.reappear_s > 0 ? 1 - gap_s / options_.reappear_s : 1;
  const double forgiven = place > 0 ? kPlaceForgives * same * place * recent : 0;
  const double evidence = best_likeness(face.embedding, person.looks) + forgiven;
  return evidence >= same ? evidence : 0;
}

/// Whether a track without a number gets one in this frame, a new one if nobody fits.
bool Identities::decides(const Observation& face, Track& track) const {
  if (face.embedding.empty() && track.waited == 0) return true;
  if (!face.embedding.empty() && face.quality >= options_.min_quality) return true;
  return track.waited++ >= options_.patience;
}

/// Gives people to the faces of tracks that have none.
void Identities::number_new_tracks(const std::vector<Observation>& faces) {
  std::vector<std::size_t> open;
  std::vector<char> sure;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    Track& track = tracks_.at(faces[i].track);
    if (track.person >= 0) continue;
    open.push_back(i);
    sure.push_back(decides(faces[i], track) ? 1 : 0);
  }
  if (open.empty()) return;
  std::set<int> present;
  for (const auto& face : faces) present.insert(tracks_.at(face.track).person);
  std::vector<int> absent;
  for (const auto& [number, person] : people_)
    if (!present.contains(number)) absent.push_back(number);
  std::vector<double> weights;
  for (std::size_t k = 0; k < open.size(); ++k)
    for (const int number : absent) weights.push_back(score(faces[open[k]], people_.at(number), sure[k] != 0));
  const auto pairs = best_pairs(weights, static_cast<int>(open.size()), static_cast<int>(absent.size()));
  for (std::size_t k = 0; k < open.size(); ++k) {
    if (pairs[k] < 0 && !sure[k]) continue;
    const int number = pairs[k] >= 0 ? absent[static_cast<std::size_t>(pairs[k])] : add_person();
    for (auto& [other, track] : tracks_)
      if (track.person == number) track.person = -1;  // a track that went away and may come back is to be judged anew
    tracks_.at(faces[open[k]].track).person = number;
  }
}

int Identities::add_person() {
  people_[next_person_];
  return next_person_++;
}

/// Keeps a few looks that differ. A poor look stands in until there is a good one.
void Identities::learn(const Observation& face, Person& person) const {
  if (face.embedding.empty()) return;
  auto& looks = person.looks;
  const bool good = face.quality >= options_.min_quality,
             has_good = !looks.empty() && looks.front().quality >= options_.min_quality;
  if (!good && !looks.empty()) return;
  if (good && !has_good) looks.clear();
  if (!looks.empty()) {
    const double alike = best_likeness(face.embedding, looks), same = options_.same_person_likeness;
    if (alike > same + kNewLook * (1 - same) || alike < kStillHim * same) return;
  }
  looks.push_back({face.embedding, face.quality});
  if (looks.size() <= static_cast<std::size_t>(options_.max_looks)) return;
  // Of the two looks that are most alike the worse one goes.
  std::size_t a = 0, b = 1;
  double most = -2;
  for (std::size_t i = 0; i < looks.size(); ++i)
    for (std::size_t j = i + 1; j < looks.size(); ++j) {
      const double alike = dot(looks[i].embedding, looks[j].embedding);
      if (alike > most) most = alike, a = i, b = j;
    }
  looks.erase(looks.begin() + static_cast<std::ptrdiff_t>(looks[a].quality < looks[b].quality ? a : b));
}

void Identities::forget() {
  std::erase_if(tracks_, [&](const auto& entry) { return frame_ - entry.second.seen > kTrackMemory; });
  while (people_.size() > static_cast<std::size_t>(options_.max_people)) {
    auto oldest = people_.end();
    for (auto it = people_.begin(); it != people_.end(); ++it)
      if (it->second.seen < frame_ && (oldest == people_.end() || it->second.seen < oldest->second.seen)) oldest = it;
    if (oldest == people_.end()) return;  // all of them are in the picture
    people_.erase(oldest);
  }
}

void Identities::check(const std::vector<Observation>& faces) const {
  std::set<std::int64_t> tracks;
  std::size_t size = embedding_size_;
  for (const auto& face : faces) {
    if (!tracks.insert(face.track).second)
      throw Error(ErrorCode::usage, "identities: two faces of a frame have the track " + std::to_string(face.track));
    if (face.embedding.empty()) continue;
    if (size == 0) size = face.embedding.size();
    if (face.embedding.size() != size)
      throw Error(ErrorCode::usage,
                  "identities: an embedding of " + std::to_string(face.embedding.size()) + " numbers among ones of " +
                      std::to_string(size),
                  "All embeddings must come from the same embedder.");
  }
}

std::vector<int> Identities::assign(const std::vector<Observation>& faces) {
  check(faces);
  ++frame_;
  for (const auto& face : faces) {
    if (!face.embedding.empty()) embedding_size_ = face.embedding.size();
    Track& track = tracks_[face.track];
    track.seen = frame_;
    if (!people_.contains(track.person)) track.person = -1;  // forgotten meanwhile
  }
  number_new_tracks(faces);
  std::vector<int> numbers;
  for (const auto& face : faces) {
    const int number = tracks_.at(face.track).person;
    numbers.push_back(number);
    if (number < 0) continue;
    Person& person = people_.at(number);
    person.seen = frame_;
    person.box = face.box;
    person.time_s = face.time_s;
    learn(face, person);
  }
  forget();
  return numbers;
}

void Identities::new_source() {
  tracks_.clear();
  for (auto& [number, person] : people_) {
    person.box = {};
    person.time_s = std::numeric_limits<double>::quiet_NaN();
  }
}

}  // namespace mien
