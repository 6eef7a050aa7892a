// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/report_episodes.h"

#include <algorithm>
#include <cmath>

namespace mien {
namespace {

constexpr double kQuiet_s = 1;
constexpr int kQuietSamples = 3;               ///< sparse samples bridge one and a half of their distances
constexpr std::size_t kMostSamples = 1 << 14;  ///< about 11 minutes at 25 frames a second without a break
constexpr std::size_t kMostEpisodes = 2000;
constexpr float kWorthAPicture = 0.02F;

}  // namespace

bool EpisodeCollector::shows_something(const std::vector<float>& probabilities) const {
  const float off = EpisodeOptions().off;
  for (std::size_t i = 0; i < probabilities.size(); ++i)
    if (static_cast<int>(i) != skip_label_ && probabilities[i] >= off) return true;
  return false;
}

void EpisodeCollector::add(double time_s, const std::vector<float>& probabilities, const KeyPicture& face, const cv::Mat& image) {
  if (!std::isfinite(time_s) || probabilities.empty()) return;
  if (!samples_.empty() && time_s < samples_.back().time_s) look();
  const bool active = shows_something(probabilities);
  if (!active && samples_.empty()) return;
  samples_.push_back({time_s, probabilities});
  faces_.push_back(face);
  if (active) {
    active_s_ = time_s;
    quiet_samples_ = 0;
  } else if (++quiet_samples_ >= kQuietSamples && time_s - active_s_ > kQuiet_s) {
    return look();
  }
  const auto label =
      static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
  moments_.resize(std::max(moments_.size(), probabilities.size()));
  Moment& moment = moments_[label];
  if (!image.empty() && static_cast<int>(label) != skip_label_ && probabilities[label] >= EpisodeOptions().on &&
      probabilities[label] > moment.probability + (moment.jpeg.empty() ? 0 : kWorthAPicture))
    moment = {time_s, probabilities[label], face_thumbnail(image, face.box)};
  if (samples_.size() < kMostSamples) return;
  look();
  was_cut_ = true;
  cut_s_ = time_s;
}

void EpisodeCollector::look() {
  for (const auto& episode : find_episodes(identity_, samples_, skip_label_)) take(episode);
  samples_.clear();
  faces_.clear();
  moments_.clear();
  quiet_samples_ = 0;
  was_cut_ = false;
}

void EpisodeCollector::take(const Episode& episode) {
  const auto at = std::lower_bound(samples_.begin(), samples_.end(), episode.apex_s,
                                   [](const ExpressionSample& s, double t) { return s.time_s < t; });
  ShownEpisode shown{episode, faces_[static_cast<std::size_t>(at - samples_.begin())]};
  const auto label = static_cast<std::size_t>(episode.label);
  if (label < moments_.size()) {
    const Moment& moment = moments_[label];
    if (moment.time_s >= episode.onset_s && moment.time_s <= episode.offset_s &&
        moment.probability >= episode.peak - kWorthAPicture)
      shown.apex.jpeg = moment.jpeg;
  }
  // What memory cut in two is one episode.
  const auto before =
      std::find_if(episodes_.rbegin(), episodes_.rend(), [&](const ShownEpisode& e) { return e.episode.label == episode.label; });
  const double gap_s =
      std::max(EpisodeOptions().max_gap_s, samples_.size() > 1 ? 1.5 * (samples_[1].time_s - samples_[0].time_s) : 0.0);
  if (was_cut_ && before != episodes_.rend() && before->episode.offset_s >= cut_s_ - gap_s && episode.onset_s <= cut_s_ + gap_s) {
    before->episode.offset_s = episode.offset_s;
    if (episode.peak <= before->episode.peak) return;
    shown.episode.onset_s = before->episode.onset_s;
    *before = std::move(shown);
    return;
  }
  ++count_;
  episodes_.push_back(std::move(shown));
  if (episodes_.size() > kMostEpisodes) drop_weakest();
}

void EpisodeCollector::drop_weakest() {
  std::vector<float> peaks;
  for (const auto& shown : episodes_) peaks.push_back(shown.episode.peak);
  std::nth_element(peaks.begin(), peaks.begin() + kMostEpisodes / 2, peaks.end());
  const float least = peaks[kMostEpisodes / 2];
  // The last one may still go on.
  const ShownEpisode last = episodes_.back();
  episodes_.pop_back();
  std::erase_if(episodes_, [&](const ShownEpisode& shown) { return shown.episode.peak < least; });
  if (episodes_.size() > kMostEpisodes / 2) episodes_.erase(episodes_.begin(), episodes_.end() - kMostEpisodes / 2);
  episodes_.push_back(last);
}

void EpisodeCollector::finish() {
  look();
  std::stable_sort(episodes_.begin(), episodes_.end(),
                   [](const ShownEpisode& a, const ShownEpisode& b) { return a.episode.onset_s < b.episode.onset_s; });
}

}  // namespace mien
