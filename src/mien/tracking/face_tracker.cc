// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/face_tracker.h"

#include <algorithm>
#include <optional>

#include "mien/base/error.h"
#include "mien/tracking/assignment.h"
#include "mien/tracking/face_patch.h"
#include "mien/tracking/follow_check.h"
#include "mien/tracking/landmark_filter.h"
#include "mien/tracking/scene_change.h"

namespace mien {

namespace {

/// Two followers whose points lie closer than this share of the inter-ocular distance are on one face.
constexpr double kSameFace = 0.35;

/// A face in the present frame with what later frames compare it with.
struct Sighting {
  Detection detection;
  FaceLandmarks landmarks;
  FacePatch patch;
};

struct Track {
  std::int64_t number = 0;
  Sighting now;
  FacePatch detected;  ///< the patch at its last detection
  int missed = 0;      ///< detection frames in a row without it
  bool followed = false, lost = false;
  std::optional<LandmarkFilter> filter;
};

void check(const TrackerOptions& o) {
  const auto share = [](double value) { return value >= 0 && value <= 1; };
  if (o.detect_every < 1 || !share(o.match_overlap) || !share(o.min_likeness) || !share(o.doubt_likeness) ||
      !share(o.cut_likeness) || !share(o.sure_confidence) || !share(o.min_confidence) || !(o.frame_s > 0))
    throw Error(
        ErrorCode::usage,
        "face tracker: an option is out of range (detect_every >= 1, overlap, likenesses and confidence in 0..1, frame_s > 0)");
}

}  // namespace

struct FaceTracker::State {
  std::unique_ptr<LandmarkModel> model;
  std::string detector_name;
  TrackerOptions options;
  std::vector<Track> tracks;  // by number
  std::int64_t next_number = 0, position = 0;
  bool detection_wanted = false;
  SceneChange scene;

  /// The face of a track in the next frame, or none when it is lost.
  std::optional<Sighting> follow(const cv::Mat& image, const Track& track, bool cut) {
    const Points& before = track.now.landmarks.points;
    Sighting sighting;
    sighting.landmarks = model->follow(image, before);
    const Points& points = sighting.landmarks.points;
    if (sighting.landmarks.confidence < options.min_confidence || !plausible_face(points, image.size()) ||
        !plausible_motion(before, points))
      return std::nullopt;
    sighting.patch = face_patch(image, points);
    const double needed = sighting.landmarks.confidence < options.sure_confidence ? options.doubt_likeness : options.min_likeness;
    if (likeness(sighting.patch, track.detected) < needed) return std::nullopt;
    if (likeness(sighting.patch, track.now.patch) < (cut ? std::max(needed, options.cut_likeness) : needed)) return std::nullopt;
    sighting.detection.box = carry_box(track.now.detection.box, before, points);
    sighting.detection.score = track.now.detection.score;
    return sighting;
  }

  void follow_into(const cv::Mat& image, Track& track, bool cut) {
    auto next = follow(image, track, cut);
    track.lost = !next;
    if (!next) return;
    track.now = std::move(*next);
    track.followed = true;
  }

  /// What the detector found, with landmarks; none for boxes in which the landmark model sees nothing usable.
  std::vector<Sighting> look(const cv::Mat& image, const std::vector<Detection>& detections) {
    std::vector<Sighting> sightings;
    for (const auto& detection : detections) {
      Sighting sighting{detection, model->find(image, detection, detector_name), {}};
      if (!plausible_face(sighting.landmarks.points, image.size())) continue;
      sighting.patch = face_patch(image, sighting.landmarks.points);
      sightings.push_back(std::move(sighting));
    }
    return sightings;
  }

  /// Gives sightings to the tracks listed; sightings that were given away are marked in `taken`.
  void match(const std::vector<Track*>& open, std::vector<Sighting>& sightings, std::vector<char>& taken, bool cut) {
    const double needed = cut ? options.cut_likeness : options.min_likeness;
    std::vector<double> weights;
    for (const Track* track : open)
      for (std::size_t j = 0; j < sightings.size(); ++j) {
        const double common = overlap(track->now.detection.box, sightings[j].detection.box);
        const double alike = likeness(track->now.patch, sightings[j].patch);
        const bool possible = !taken[j] && common >= options.match_overlap && common > 0 && alike >= needed;
        weights.push_back(possible ? common + alike : 0);
      }
    const auto pairs = best_pairs(weights, static_cast<int>(open.size()), static_cast<int>(sightings.size()));
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (pairs[i] < 0) continue;
      const auto j = static_cast<std::size_t>(pairs[i]);
      taken[j] = 1;
      open[i]->now = std::move(sightings[j]);
      open[i]->detected = open[i]->now.patch;
      open[i]->missed = 0;
      open[i]->followed = open[i]->lost = false;
    }
  }

  void detect(const cv::Mat& image, const std::vector<Detection>& detections, bool cut) {
    auto sightings = look(image, detections);
    std::vector<char> taken(sightings.size());
    std::vector<Track*> open;
    for (auto& track : tracks) {
      track.missed += 1;
      open.push_back(&track);
    }
    match(open, sightings, taken, cut);
    // Who is left moved fast, or the detector does not see him: follow, then look at the detections once more.
    std::erase_if(open, [](const Track* track) { return track->missed == 0; });
    for (Track* track : open) follow_into(image, *track, cut);
    match(open, sightings, taken, cut);
    for (Track* track : open)
      if (track->missed > 1 || (track->missed == 1 && likeness(track->now.patch, track->detected) < options.doubt_likeness))
        track->lost = true;
    for (std::size_t j = 0; j < sightings.size(); ++j)
      if (!taken[j]) start(std::move(sightings[j]));
  }

  void start(Sighting sighting) {
    Track track;
    track.number = next_number++;
    track.now = std::move(sighting);
    track.detected = track.now.patch;
    if (options.stabilise) track.filter.emplace(LandmarkFilterOptions{.frame_s = options.frame_s});
    tracks.push_back(std::move(track));
  }

  /// Of several followers of one face, the ones that were confirmed longer ago or look less like their own face are lost.
  void end_doubles() {
    const auto worth = [](const Track& track) { return std::pair(-track.missed, likeness(track.now.patch, track.detected)); };
    for (std::size_t i = 0; i < tracks.size(); ++i)
      for (std::size_t j = i + 1; j < tracks.size(); ++j) {
        Track &a = tracks[i], &b = tracks[j];
        if (a.lost || b.lost || (!a.followed && !b.followed)) continue;  // two detections are two faces
        if (mean_distance(a.now.landmarks.points, b.now.landmarks.points) >= kSameFace) continue;
        if (a.followed != b.followed)
          (a.followed ? a : b).lost = true;
        else
          (worth(a) < worth(b) ? a : b).lost = true;
      }
  }

  std::vector<TrackedFace> faces() {
    std::vector<TrackedFace> all;
    for (auto& track : tracks) {
      TrackedFace face{track.number, track.now.detection, track.now.landmarks, {}, track.followed};
      if (track.filter) {
        face.raw_points = track.now.landmarks.points;
        face.landmarks.points = track.filter->add(face.raw_points);
      }
      all.push_back(std::move(face));
    }
    return all;
  }
};

FaceTracker::FaceTracker(std::unique_ptr<LandmarkModel> landmarks, std::string detector_name, const TrackerOptions& options)
    : state_(std::make_unique<State>()) {
  check(options);
  if (!landmarks) throw Error(ErrorCode::usage, "face tracker: no landmark model");
  state_->model = std::move(landmarks);
  state_->detector_name = std::move(detector_name);
  state_->options = options;
}
FaceTracker::~FaceTracker() = default;
FaceTracker::FaceTracker(FaceTracker&&) noexcept = default;
FaceTracker& FaceTracker::operator=(FaceTracker&&) noexcept = default;

bool FaceTracker::wants_detection(std::int64_t position) const {
  return position % state_->options.detect_every == 0 || (state_->detection_wanted && position == state_->position);
}

std::vector<TrackedFace> FaceTracker::update(const cv::Mat& image, const std::vector<Detection>* detections) {
  State& s = *state_;
  if (image.empty() || (image.type() != CV_8UC3 && image.type() != CV_8UC1))
    throw Error(ErrorCode::usage, "face tracker: expected an 8-bit RGB or gray image");
  if (detections == nullptr && wants_detection(s.position))
    throw Error(ErrorCode::usage, "face tracker: frame " + std::to_string(s.position) + " of the sequence needs detections",
                "Ask wants_detection() before each update().");
  const bool cut = s.scene.add(image);
  if (detections != nullptr)
    s.detect(image, *detections, cut);
  else
    for (auto& track : s.tracks) s.follow_into(image, track, cut);
  s.end_doubles();
  const auto lost = std::erase_if(s.tracks, [](const Track& track) { return track.lost; });
  s.detection_wanted = detections == nullptr && (cut || lost > 0);
  s.position += 1;
  return s.faces();
}

}  // namespace mien
