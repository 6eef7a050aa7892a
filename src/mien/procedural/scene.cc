// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/scene.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace mien::procedural {

namespace {

// Streams of random numbers, one for each independent thing, so that a new draw in one moves no other.
constexpr std::uint64_t kWho = 0x3A01, kWhat = 0x3A02, kHow = 0x3A03, kWhere = 0x3A04;
constexpr double kUnitShare = 1.0 / 3;  ///< of the picture's side
constexpr double kMargin = 0.02;
constexpr double kFaceHeight = 0.12;  ///< model units between the head's turning point and the picture's middle

double cut_normal(Random& random, double deviation) { return deviation * std::clamp(random.normal(), -2.5, 2.5); }

struct Extent {
  double low_x = 1e9, high_x = -1e9, low_y = 1e9, high_y = -1e9;
};

Extent extent(const std::array<cv::Point2d, 68>& points) {
  Extent e;
  for (const auto& p : points) {
    e.low_x = std::min(e.low_x, p.x), e.high_x = std::max(e.high_x, p.x);
    e.low_y = std::min(e.low_y, p.y), e.high_y = std::max(e.high_y, p.y);
  }
  return e;
}

/// How far an interval must move to lie in [low, high].
double correction(double from, double to, double low, double high) { return from < low ? low - from : to > high ? high - to : 0; }

View fitted_view(const Scene& scene, int size_px) {
  const double middle = 0.5 * (size_px - 1), margin = kMargin * size_px, room = size_px - 1 - 2 * margin;
  View view(scene.pose, kUnitShare * scene.zoom * size_px,
            cv::Point2d(middle, middle) + scene.offset_share * static_cast<double>(size_px));
  view.move(view.project_outline({0, 0.3, 0}) - view.project({0, 0.3 + kFaceHeight, 0.4}));
  const HeadLandmarks head = shape_face(scene.identity, scene.action);
  Extent e = extent(project_landmarks(view, head));
  const double too_large = std::max((e.high_x - e.low_x) / room, (e.high_y - e.low_y) / room);
  if (too_large > 1) {
    view.resize(0.999 / too_large);
    e = extent(project_landmarks(view, head));
  }
  view.move(
      {correction(e.low_x, e.high_x, margin, size_px - 1 - margin), correction(e.low_y, e.high_y, margin, size_px - 1 - margin)});
  return view;
}

/// Fine pixels a picture pixel: small pictures need more.
int supersampling(int size_px) { return std::clamp((192 + size_px - 1) / size_px, 2, 4); }

void describe(const Scene& scene, ProceduralFace& face) {
  face.action_units = scene.action.intensities();
  face.distribution = emotion_distribution(scene.strengths, scene.action);
  face.label = static_cast<int>(std::max_element(face.distribution.begin(), face.distribution.end()) - face.distribution.begin());
  std::tie(face.valence, face.arousal) = valence_arousal(face.distribution);
  face.yaw_deg = static_cast<float>(scene.pose.yaw_deg);
  face.pitch_deg = static_cast<float>(scene.pose.pitch_deg);
  face.roll_deg = static_cast<float>(scene.pose.roll_deg);
  face.identity = scene.identity.name;
}

}  // namespace

Scene draw_scene(std::uint64_t seed, std::int64_t index, const ProceduralOptions& options) {
  const auto stream = [&](std::uint64_t purpose) { return Random(seed, purpose, static_cast<std::uint64_t>(index)); };
  Random who = stream(kWho), what = stream(kWhat), how = stream(kHow), where = stream(kWhere);
  Scene scene;
  scene.identity = draw_identity(seed, who.integer(options.identities));
  scene.strengths = draw_strengths(options.intensity_min, options.mixture, what);
  scene.action = draw_action(scene.strengths, what);
  scene.pose = {cut_normal(how, 11), cut_normal(how, 5), cut_normal(how, 5)};
  scene.zoom = 1 + cut_normal(how, 0.035);
  scene.offset_share = {cut_normal(how, 0.015), cut_normal(how, 0.015)};
  scene.gaze = {cut_normal(how, 0.02), cut_normal(how, 0.008)};
  scene.photo = draw_photograph(options.noise, where);
  return scene;
}

ProceduralFace render(const Scene& scene, int size_px) {
  const int factor = supersampling(size_px);
  const Portrait portrait(scene.identity, scene.action, fitted_view(scene, size_px), scene.photo.light, scene.gaze);
  Canvas picture(size_px, factor, 3), mask(size_px, factor, 1);
  paint_background(scene.photo, picture);
  paint_portrait(portrait, picture, mask);
  ProceduralFace face;
  face.image = picture.shrunk();
  expose(scene.photo, face.image);
  cv::threshold(mask.shrunk(), face.mask, 127, 255, cv::THRESH_BINARY);
  for (const auto& p : portrait.points) face.landmarks.emplace_back(p);
  describe(scene, face);
  return face;
}

}  // namespace mien::procedural
