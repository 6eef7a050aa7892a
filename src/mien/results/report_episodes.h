// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <vector>

#include "mien/results/report_pictures.h"
#include "mien/tracking/episodes.h"

namespace mien {

/// An episode with the face at its apex.
struct ShownEpisode {
  Episode episode;
  KeyPicture apex;
};

/// Finds the episodes of one person while the samples come, in bounded memory: samples are looked at and forgotten as soon as
/// nothing but `skip_label` was seen for a while. Same answers as find_episodes() on all samples of a steady frame rate.
class EpisodeCollector {
 public:
  EpisodeCollector(int identity, int skip_label) : identity_(identity), skip_label_(skip_label) {}
  /// `face.jpeg` is ignored; `image` may be empty.
  void add(double time_s, const std::vector<float>& probabilities, const KeyPicture& face, const cv::Mat& image);
  void finish();
  /// In order of time; when there were very many, the strongest.
  const std::vector<ShownEpisode>& episodes() const { return episodes_; }
  std::vector<ShownEpisode>& episodes() { return episodes_; }
  std::int64_t count() const { return count_; }  ///< of all found

 private:
  /// The strongest moment of a label since samples were last forgotten.
  struct Moment {
    double time_s = 0;
    float probability = 0;
    std::vector<std::uint8_t> jpeg;
  };
  bool shows_something(const std::vector<float>& probabilities) const;
  void look();
  void take(const Episode& episode);
  void drop_weakest();

  int identity_, skip_label_;
  std::vector<ExpressionSample> samples_;
  std::vector<KeyPicture> faces_;
  std::vector<Moment> moments_;
  double active_s_ = 0, cut_s_ = 0;
  int quiet_samples_ = 0;
  bool was_cut_ = false;
  std::vector<ShownEpisode> episodes_;
  std::int64_t count_ = 0;
};

}  // namespace mien
