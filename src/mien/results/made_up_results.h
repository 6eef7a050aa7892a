// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>

#include "mien/results/results_for_tests.h"
#include "mien/base/random.h"
#include "mien/data/label_space.h"
#include "mien/procedural/face.h"

namespace mien::testing {

inline AnalysisInfo made_up_info() {
  AnalysisInfo info;
  info.class_names = known_label_space("ferplus").names();
  info.label_space = "ferplus";
  info.model = "drawn faces";
  info.detector = "none";
  info.uncertain_below = 0.5;
  info.has_valence_arousal = info.has_action_units = info.has_identities = true;
  return info;
}

/// A conversation: each person goes through stretches of some seconds in which an expression comes and goes; the second person
/// leaves the picture now and then.
class MadeUpVideo {
 public:
  MadeUpVideo(double length_s, double frames_per_second, int people = 2, std::string name = "conversation.mp4")
      : frames_(static_cast<std::int64_t>(length_s * frames_per_second)),
        rate_(frames_per_second),
        people_(people),
        name_(std::move(name)) {}

  std::int64_t frames() const { return frames_; }

  FrameResult frame(std::int64_t number) const {
    const double t = static_cast<double>(number) / rate_;
    FrameResult result = frame_of(name_, {}, true, number, t);
    for (int person = 0; person < people_; ++person)
      if (person == 0 || std::fmod(t, 97) < 80) result.faces.push_back(face(person, t));
    return result;
  }

  /// The picture of a frame: drawn faces at the places of the boxes.
  cv::Mat picture(std::int64_t number) const {
    cv::Mat image(480, 640, CV_8UC3, cv::Scalar(70, 90, 110));
    const FrameResult result = frame(number);
    for (const auto& face : result.faces) {
      ProceduralOptions options;
      options.size_px = 220;
      cv::Mat drawn = draw_expression(5, face.identity, face.label, options).image;
      drawn.copyTo(image(cv::Rect(static_cast<int>(face.box.x), static_cast<int>(face.box.y), 220, 220)));
    }
    return image;
  }

 private:
  /// What a person shows in the stretch around a time, and how strongly at that time.
  std::pair<int, double> shown(int person, double t) const {
    static const int often[] = {0, 1, 1, 0, 2, 0, 1, 3, 0, 4, 1, 0, 5, 7, 0, 6};
    const double length = 7 + 3 * person;
    const auto stretch = static_cast<std::uint64_t>(t / length);
    Random random(11, stretch, static_cast<std::uint64_t>(person));
    const int expression = often[random.integer(16)];
    const double peak = 2 + 6 * random.uniform(), within = t / length - std::floor(t / length);
    return {expression, peak * std::sin(M_PI * within) * std::sin(M_PI * within)};
  }

  FaceResult face(int person, double t) const {
    FaceResult face;
    face.identity = person;
    face.box = {60.0F + 280.0F * static_cast<float>(person) + 20.0F * static_cast<float>(std::sin(t / 3)), 120, 220, 220};
    face.score = 0.95F;
    face.landmarks = ramp_landmarks();
    face.pose.translation_mm = {0, 0, 600};
    face.pose.yaw_deg = 20 * std::sin(t / 5);
    face.quality = {90, 0.8, 0.9, 0.5 + 0.5 * std::cos(t / 5), 0.5 + 0.3 * std::cos(t / 5)};
    const auto [expression, strength] = shown(person, t);
    std::vector<double> logits(8);
    double sum = 0;
    for (int c = 0; c < 8; ++c) {
      logits[static_cast<std::size_t>(c)] =
          0.4 * std::sin(0.7 * t + 1.7 * c + person) + (c == 0 ? 2.5 : 0) + (c == expression ? strength : 0);
      sum += std::exp(logits[static_cast<std::size_t>(c)]);
    }
    for (const double logit : logits) face.probabilities.push_back(static_cast<float>(std::exp(logit) / sum));
    face.label =
        static_cast<int>(std::max_element(face.probabilities.begin(), face.probabilities.end()) - face.probabilities.begin());
    face.uncertain = confidence_of(face) < 0.5F;
    face.valence = 0.8F * face.probabilities[1] - 0.6F * (face.probabilities[3] + face.probabilities[4]) +
                   0.05F * static_cast<float>(std::sin(t));
    face.arousal = 0.7F * face.probabilities[2] + 0.5F * face.probabilities[1] + 0.4F * face.probabilities[4] - 0.1F;
    face.action_units.assign(18, kUnknown);
    face.action_units[8] = 5 * face.probabilities[1];
    face.action_units[0] = 4 * face.probabilities[2] + 2 * face.probabilities[3];
    face.action_units[2] = 4 * face.probabilities[4];
    face.action_units[14] = 3 * face.probabilities[1] + 3 * face.probabilities[2];
    return face;
  }

  std::int64_t frames_;
  double rate_;
  int people_;
  std::string name_;
};

/// A photograph with one drawn face.
inline FrameResult made_up_picture(int number) {
  const int expression = (number * 5 + number / 8) % 8;
  FrameResult result = frame_of("holiday/IMG_" + std::to_string(4000 + number) + ".jpg");
  result.width = result.height = 200;
  FaceResult face;
  face.box = {30, 30, 140, 140};
  face.probabilities.assign(8, 0.04F);
  face.probabilities[static_cast<std::size_t>(expression)] = 0.45F + 0.0065F * static_cast<float>(number * 37 % 40);
  face.label = expression;
  face.uncertain = confidence_of(face) < 0.5F;
  result.faces = {face};
  return result;
}
inline cv::Mat made_up_photograph(int number) {
  ProceduralOptions options;
  options.size_px = 200;
  return draw_expression(9, number, made_up_picture(number).faces[0].label, options).image;
}

}  // namespace mien::testing
