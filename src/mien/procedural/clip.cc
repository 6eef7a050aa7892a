// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/clip.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "mien/base/error.h"
#include "mien/procedural/expression.h"
#include "mien/procedural/photograph.h"
#include "mien/procedural/portrait.h"
#include "mien/procedural/room.h"

namespace mien {

namespace {

using namespace procedural;

constexpr std::uint64_t kWho = 0x3B10, kHow = 0x3B11, kPhoto = 0x3B12, kNoise = 0x3B13;

/// Where a person stands and how the face moves, drawn once for a clip.
struct Actor {
  Identity identity;
  cv::Point2d home;     ///< of the eyes' middle, pixels
  double unit_px = 0;   ///< a model unit
  double ahead_01 = 0;  ///< how far ahead of the clip's time the expressions are, in durations
  bool leaves = false;
  std::array<double, 6> phases{};
};

/// 0 before `from`, 1 after `to`, smooth between.
double rise(double t, double from, double to) {
  const double x = std::clamp((t - from) / (to - from), 0.0, 1.0);
  return x * x * (3 - 2 * x);
}

double wave(double time_s, double period_s, double phase) { return std::sin(2 * CV_PI * (time_s / period_s + phase)); }

/// The person among a few whose skin differs most from the first one's, so that the two are told apart at a glance.
Identity unlike(const Identity& first, std::uint64_t seed, std::int64_t from) {
  std::optional<Identity> best;
  double most = -1;
  for (std::int64_t i = 0; i < 8; ++i) {
    Identity candidate = draw_identity(seed, from + i);
    const double difference = cv::norm(candidate.skin - first.skin) + 0.5 * cv::norm(candidate.cloth_color - first.cloth_color);
    if (candidate.hair == first.hair || difference <= most) continue;
    most = difference;
    best = std::move(candidate);
  }
  return best ? *best : draw_identity(seed, from);
}

Actor draw_actor(std::uint64_t seed, int person, const ClipOptions& options) {
  Random who(seed, kWho), how(seed, kHow, static_cast<std::uint64_t>(person));
  const std::int64_t first = who.integer(1 << 20);
  Actor actor;
  actor.identity = draw_identity(seed, first);
  if (person == 1) actor.identity = unlike(actor.identity, seed, first + 1);
  const double h = options.height;
  actor.unit_px = h * (person == 0 ? 0.088 : 0.078);
  const double place = options.people == 1 ? 0.5 : person == 0 ? 0.3 : 0.7;
  actor.home = {place * options.width, kCounterTop * h - 3.35 * actor.unit_px};
  actor.ahead_01 = 0.3 * person;
  actor.leaves = person == 1;
  for (auto& phase : actor.phases) phase = how.uniform();
  return actor;
}

/// How strongly the emotions show at a share of the duration: neutral, happiness, surprise, neutral.
EmotionStrengths strengths_at(double share) {
  EmotionStrengths strengths{};
  strengths[happiness] = rise(share, 0.14, 0.22) - rise(share, 0.44, 0.5);
  strengths[surprise] = rise(share, 0.45, 0.51) - rise(share, 0.72, 0.8);
  return strengths;
}

FacialAction action_of(const EmotionStrengths& strengths, double eyes_closed) {
  FacialAction action;
  for (const Expression emotion : {happiness, surprise}) {
    const FacialAction full = prototype(emotion);
    for (std::size_t s = 0; s < 2; ++s)
      for (std::size_t unit = 0; unit < action_unit_count; ++unit)
        action.side[s][unit] = std::min(1.0, action.side[s][unit] + strengths[emotion] * full.side[s][unit]);
  }
  action.set(blink, eyes_closed);
  return action;
}

/// A blink of about a fifth of a second every three to four seconds.
double blink_at(double time_s, double phase) {
  const double period = 3.2 + phase, at = std::fmod(time_s + period * phase, period);
  return rise(at, 1.0, 1.08) - rise(at, 1.12, 1.24);
}

/// How far the leaving person is away, 0..1, and in which direction it goes (-1, 0, 1).
std::pair<double, double> absence(const Actor& actor, double share) {
  if (!actor.leaves) return {0, 0};
  const double out = rise(share, 0.35, 0.45), back = rise(share, 0.6, 0.7);
  const double going = share > 0.35 && share < 0.45 ? 1 : share > 0.6 && share < 0.7 ? -1 : 0;
  return {out - back, going * 4 * std::max(out * (1 - out), back * (1 - back))};
}

struct Placed {
  Portrait portrait;
  cv::Rect tile;  ///< the square of the frame that the portrait is painted in; may reach out of it
  ClipPerson truth;
};

Placed place(const Actor& actor, int person, double time_s, const ClipOptions& options, const Light& light) {
  const double share = std::fmod(time_s, options.duration_s) / options.duration_s;
  const auto& ph = actor.phases;
  const auto [away, going] = absence(actor, share);
  const Pose pose{9 * wave(time_s, 5.3, ph[0]) + 4 * wave(time_s, 2.1, ph[1]) + 28 * going,
                  4 * wave(time_s, 4.1, ph[2]) + 1.5 * wave(time_s, 1.7, ph[3]), 4 * wave(time_s, 6.7, ph[4])};
  const double u = actor.unit_px;
  const double beyond = options.width + 2.5 * u - actor.home.x;
  const cv::Point2d eyes =
      actor.home + cv::Point2d(away * beyond + 0.35 * u * wave(time_s, 7.3, ph[5]), 0.08 * u * wave(time_s, 3.7, ph[1]));
  // 8 units on a side, 2.2 of them above the eyes: hair, shoulders, and down behind the counter.
  const cv::Rect tile(cvFloor(eyes.x - 4 * u), cvFloor(eyes.y - 2.2 * u), cvCeil(8 * u), cvCeil(8 * u));
  View view(pose, u, eyes - cv::Point2d(tile.tl()));
  view.move(eyes - cv::Point2d(tile.tl()) - view.project({0, 0, 0.7}));

  const double emotion_share = std::fmod(share + actor.ahead_01, 1.0);
  const EmotionStrengths strengths = strengths_at(emotion_share);
  const FacialAction action = action_of(strengths, blink_at(std::fmod(time_s, options.duration_s), ph[2]));
  const cv::Point2d gaze(0.02 * wave(time_s, 3.1, ph[3]), 0.006 * wave(time_s, 4.3, ph[4]));
  Placed placed{Portrait(actor.identity, action, view, light, gaze), tile, {}};

  ClipPerson& truth = placed.truth;
  truth.person = person;
  truth.identity = actor.identity.name;
  for (const auto& p : placed.portrait.points) truth.landmarks.emplace_back(p + cv::Point2d(tile.tl()));
  const cv::Rect2f frame(-0.5f, -0.5f, static_cast<float>(options.width), static_cast<float>(options.height));
  truth.inside = std::all_of(truth.landmarks.begin(), truth.landmarks.end(), [&](const auto& p) { return frame.contains(p); });
  truth.action_units = action.intensities();
  truth.distribution = emotion_distribution(strengths, action);
  truth.label =
      static_cast<int>(std::max_element(truth.distribution.begin(), truth.distribution.end()) - truth.distribution.begin());
  truth.yaw_deg = static_cast<float>(pose.yaw_deg);
  truth.pitch_deg = static_cast<float>(pose.pitch_deg);
  truth.roll_deg = static_cast<float>(pose.roll_deg);
  return placed;
}

/// Paints over a square part of the frame, four fine pixels a pixel; untouched pixels keep their values exactly.
void paint(const Placed& placed, cv::Mat& image) {
  constexpr int fine = 2;
  const cv::Rect inside = placed.tile & cv::Rect({}, image.size());
  if (inside.empty()) return;
  const cv::Rect in_tile = inside - placed.tile.tl();
  Canvas picture(placed.tile.width, fine, 3), mask(placed.tile.width, fine, 1);
  cv::Mat under(placed.tile.size(), CV_8UC3, cv::Scalar::all(0));
  image(inside).copyTo(under(in_tile));
  cv::resize(under, picture.pixels(), picture.pixels().size(), 0, 0, cv::INTER_NEAREST);
  paint_portrait(placed.portrait, picture, mask);
  picture.shrunk()(in_tile).copyTo(image(inside));
}

void check(double time_s, const ClipOptions& o) {
  const auto require = [](bool good, const std::string& what, double found) {
    if (!good) throw Error(ErrorCode::usage, "drawn clip: " + what + ", found " + std::to_string(found));
  };
  require(o.width >= 64 && o.width <= 4096, "width must be 64..4096", o.width);
  require(o.height >= 64 && o.height <= 4096, "height must be 64..4096", o.height);
  require(o.duration_s >= 0.1 && o.duration_s <= 1e6, "duration_s must be 0.1..1000000", o.duration_s);
  require(o.people == 1 || o.people == 2, "people must be 1 or 2", o.people);
  require(o.noise >= 0 && o.noise <= 2, "noise must be 0..2", o.noise);
  require(time_s >= 0 && time_s <= 1e6, "the time must be 0..1000000", time_s);
}

}  // namespace

ClipFrame draw_clip(std::uint64_t seed, double time_s, const ClipOptions& options) {
  check(time_s, options);
  Random photo_random(seed, kPhoto);
  Photograph photo = draw_photograph(options.noise, photo_random);
  photo.blur_share *= 0.2;   // of a picture that is wider than one face
  photo.noise_sigma *= 0.5;  // of a video camera's denoiser
  photo.noise_key = Random(seed, kNoise, static_cast<std::uint64_t>(std::llround(time_s * 1e5))).next();
  ClipFrame frame;
  frame.image = paint_room(seed, cv::Size(options.width, options.height));
  for (int person = options.people - 1; person >= 0; --person) {
    Placed placed = place(draw_actor(seed, person, options), person, time_s, options, photo.light);
    paint(placed, frame.image);
    const cv::Rect2f picture(-0.5f, -0.5f, static_cast<float>(options.width), static_cast<float>(options.height));
    const auto& points = placed.truth.landmarks;
    if (std::any_of(points.begin(), points.end(), [&](const auto& p) { return picture.contains(p); }))
      frame.people.insert(frame.people.begin(), std::move(placed.truth));
  }
  paint_counter(seed, frame.image);
  expose(photo, frame.image);
  return frame;
}

}  // namespace mien
