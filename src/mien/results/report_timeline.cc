// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/report_timeline.h"

#include <algorithm>
#include <cmath>

namespace mien {
namespace {

constexpr double kLongest_s = 1e9;

template <typename Number>
void add_all(std::vector<Number>& sums, const std::vector<Number>& values) {
  if (sums.size() < values.size()) sums.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) sums[i] += values[i];
}

}  // namespace

void TimelineBin::add(const FaceResult& face) {
  ++faces;
  probability_sums.resize(std::max(probability_sums.size(), face.probabilities.size()));
  labels.resize(probability_sums.size());
  for (std::size_t i = 0; i < face.probabilities.size(); ++i)
    if (std::isfinite(face.probabilities[i])) probability_sums[i] += face.probabilities[i];
  if (face.label >= 0) ++labels[static_cast<std::size_t>(face.label)];
  if (face.valence && face.arousal && std::isfinite(*face.valence) && std::isfinite(*face.arousal)) {
    ++with_affect;
    valence_sum += *face.valence;
    arousal_sum += *face.arousal;
  }
  unit_sums.resize(std::max(unit_sums.size(), face.action_units.size()));
  unit_counts.resize(unit_sums.size());
  for (std::size_t i = 0; i < face.action_units.size(); ++i) {
    if (!std::isfinite(face.action_units[i])) continue;
    unit_sums[i] += face.action_units[i];
    ++unit_counts[i];
  }
}

void TimelineBin::add(const TimelineBin& other) {
  faces += other.faces;
  with_affect += other.with_affect;
  valence_sum += other.valence_sum;
  arousal_sum += other.arousal_sum;
  add_all(probability_sums, other.probability_sums);
  add_all(labels, other.labels);
  add_all(unit_sums, other.unit_sums);
  add_all(unit_counts, other.unit_counts);
}

int TimelineBin::label() const {
  const auto most = std::max_element(labels.begin(), labels.end());
  return most == labels.end() || *most == 0 ? -1 : static_cast<int>(most - labels.begin());
}

std::size_t Timeline::span() const {
  return bins_.empty() ? 0 : static_cast<std::size_t>(bins_.rbegin()->first - bins_.begin()->first + 1);
}

void Timeline::double_width() {
  std::map<std::int64_t, TimelineBin> wider;
  for (auto& [position, bin] : bins_) wider[position >> 1].add(bin);
  bins_ = std::move(wider);
  bin_s_ *= 2;
}

void Timeline::add(double time_s, const FaceResult& face) {
  if (!std::isfinite(time_s)) return;
  bins_[static_cast<std::int64_t>(std::floor(std::clamp(time_s, -kLongest_s, kLongest_s) / bin_s_))].add(face);
  while (span() > most_bins_) double_width();
}

void Timeline::coarsen(double width_s, std::size_t most) {
  while (bin_s_ < std::min(width_s, kLongest_s) || span() > std::max<std::size_t>(most, 2)) double_width();
}

}  // namespace mien
