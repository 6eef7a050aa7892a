// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/episodes.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "mien/base/error.h"

namespace mien {

namespace {

/// Rounding of time stamps: 0.2 s may come as 0.20000000000000018.
constexpr double kTimeRounding_s = 1e-6;
constexpr double kSparse = 1.5;  // usual distances that still count as no interruption

void check(const std::vector<ExpressionSample>& samples, const EpisodeOptions& options) {
  if (!(options.off <= options.on) || !(options.max_gap_s >= 0) || !(options.min_duration_s >= 0))
    throw Error(ErrorCode::usage, "episodes: expected off <= on, and a gap and a duration of 0 or more seconds");
  for (std::size_t i = 1; i < samples.size(); ++i)
    if (!(samples[i].time_s >= samples[i - 1].time_s))
      throw Error(ErrorCode::usage, "episodes: samples are not in order of time");
}

double longest_gap(const std::vector<ExpressionSample>& samples, double max_gap_s) {
  std::vector<double> distances;
  for (std::size_t i = 1; i < samples.size(); ++i) distances.push_back(samples[i].time_s - samples[i - 1].time_s);
  if (distances.empty()) return max_gap_s;
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::nth_element(distances.begin(), middle, distances.end());
  return std::max(max_gap_s, kSparse * *middle) + kTimeRounding_s;
}

/// One label's way through time.
class Follower {
 public:
  Follower(int identity, int label, const EpisodeOptions& options, double gap_s, std::vector<Episode>& found)
      : identity_(identity), label_(label), options_(options), gap_s_(gap_s), found_(found) {}

  void add(double time_s, float probability) {
    if (open_ && time_s - open_->offset_s > gap_s_) finish();
    if (!open_ && probability >= options_.on) open_ = Episode{identity_, label_, time_s, time_s, time_s, probability};
    if (!open_ || probability < options_.off) return;
    open_->offset_s = time_s;
    if (probability > open_->peak) open_->peak = probability, open_->apex_s = time_s;
  }
  void finish() {
    if (open_ && open_->offset_s - open_->onset_s >= options_.min_duration_s - kTimeRounding_s) found_.push_back(*open_);
    open_.reset();
  }

 private:
  int identity_, label_;
  const EpisodeOptions& options_;
  double gap_s_;
  std::vector<Episode>& found_;
  std::optional<Episode> open_;
};

}  // namespace

std::vector<Episode> find_episodes(int identity, const std::vector<ExpressionSample>& samples, int skip_label,
                                   const EpisodeOptions& options) {
  check(samples, options);
  std::size_t labels = 0;
  for (const auto& sample : samples) labels = std::max(labels, sample.probabilities.size());
  const double gap_s = longest_gap(samples, options.max_gap_s);
  std::vector<Episode> found;
  for (std::size_t label = 0; label < labels; ++label) {
    if (static_cast<int>(label) == skip_label) continue;
    Follower follower(identity, static_cast<int>(label), options, gap_s, found);
    for (const auto& sample : samples)
      if (label < sample.probabilities.size() && !std::isnan(sample.probabilities[label]))
        follower.add(sample.time_s, sample.probabilities[label]);
    follower.finish();
  }
  std::sort(found.begin(), found.end(),
            [](const Episode& a, const Episode& b) { return std::tie(a.onset_s, a.label) < std::tie(b.onset_s, b.label); });
  return found;
}

}  // namespace mien
