// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/report_data.h"

#include <algorithm>
#include <cmath>

#include "mien/data/label_space.h"

namespace mien {
namespace {

constexpr double kBetterPortrait = 0.03;  ///< quality by which a new portrait must be better

FrameAddress address_of(const FrameResult& frame) { return {frame.source, frame.video, frame.frame, frame.time_s}; }

double finite_or(double value, double other) { return std::isfinite(value) ? value : other; }

/// The largest face, where all count as one person.
const FaceResult& largest(const std::vector<const FaceResult*>& faces) {
  return **std::max_element(faces.begin(), faces.end(),
                            [](const FaceResult* a, const FaceResult* b) { return a->box.area() < b->box.area(); });
}

}  // namespace

void FaceTotals::add(const FaceResult& face) {
  ++faces;
  labels.resize(std::max(labels.size(), face.probabilities.size()));
  probability_sums.resize(labels.size());
  for (std::size_t i = 0; i < face.probabilities.size(); ++i) probability_sums[i] += finite_or(face.probabilities[i], 0);
  if (face.label >= 0) {
    ++labelled;
    ++labels[static_cast<std::size_t>(face.label)];
    if (face.uncertain) ++uncertain;
  }
  if (has_quality(face)) {
    ++with_quality;
    quality_sum += finite_or(face.quality.overall, 0);
  }
  if (face.valence && face.arousal && std::isfinite(*face.valence) && std::isfinite(*face.arousal)) {
    ++with_affect;
    valence_sum += *face.valence;
    arousal_sum += *face.arousal;
  }
}

int FaceTotals::label() const {
  const auto most = std::max_element(labels.begin(), labels.end());
  return most == labels.end() || *most == 0 ? -1 : static_cast<int>(most - labels.begin());
}

ReportData::ReportData(const AnalysisInfo& info) : info_(info) {
  for (std::size_t i = 0; i < info.class_names.size(); ++i)
    if (canonical_expression(info.class_names[i]) == "neutral") neutral_ = static_cast<int>(i);
}

void ReportData::take(const FrameResult& frame, const cv::Mat& image) {
  ++order_;
  if (!frame.error.empty()) {
    ++failed;
    if (failures.size() < most_listed) failures.emplace_back(frame.source, frame.error);
    return;
  }
  for (const auto& face : frame.faces) all.add(face);
  if (frame.video)
    take_video_frame(frame, image);
  else
    take_picture(frame, image);
}

void ReportData::begin_video(const FrameResult& frame) {
  end_video();
  in_video_ = true;
  video_ = {};
  video_.name = frame.source;
  video_.first_s = video_.last_s = finite_or(frame.time_s, 0);
}

void ReportData::end_video() {
  if (!in_video_) return;
  in_video_ = false;
  video_.people = info_.has_identities ? static_cast<std::int64_t>(present_.size()) : 0;
  people_count += video_.people;
  video_s += video_.last_s - video_.first_s;
  for (auto& [identity, detail] : present_) {
    detail.episodes.finish();
    detail.person.source = static_cast<std::size_t>(video_count);
    if (people.size() < most_listed) people.push_back(detail.person);
    details.push_back(std::move(detail));
  }
  present_.clear();
  ++video_count;
  if (videos.size() < most_listed) videos.push_back(video_);
  if (details.size() <= most_details) return;
  std::stable_sort(details.begin(), details.end(),
                   [](const PersonDetail& a, const PersonDetail& b) { return a.person.frames > b.person.frames; });
  details.erase(details.begin() + most_details, details.end());
}

void ReportData::take_video_frame(const FrameResult& frame, const cv::Mat& image) {
  if (!in_video_ || frame.source != video_.name) begin_video(frame);
  ++video_frames;
  ++video_.frames;
  video_.last_s = std::max(video_.last_s, finite_or(frame.time_s, 0));
  video_.faces += static_cast<std::int64_t>(frame.faces.size());
  if (!frame.faces.empty()) ++video_.with_faces;
  std::map<int, std::vector<const FaceResult*>> by_identity;
  for (const auto& face : frame.faces) by_identity[info_.has_identities ? face.identity : -1].push_back(&face);
  for (const auto& [identity, faces] : by_identity) take_person(frame, identity, faces, image);
}

void ReportData::take_person(const FrameResult& frame, int identity, const std::vector<const FaceResult*>& faces,
                             const cv::Mat& image) {
  const double time_s = finite_or(frame.time_s, 0);
  auto found = present_.find(identity);
  if (found == present_.end()) {
    PersonDetail detail{{}, Timeline(), EpisodeCollector(identity, neutral_), {}, -1};
    detail.person.identity = identity;
    detail.person.first_s = time_s;
    found = present_.emplace(identity, std::move(detail)).first;
  }
  PersonDetail& detail = found->second;
  ++detail.person.frames;
  detail.person.last_s = std::max(detail.person.last_s, time_s);
  for (const FaceResult* face : faces) {
    detail.person.totals.add(*face);
    detail.timeline.add(frame.time_s, *face);
  }
  const FaceResult& main = largest(faces);
  const KeyPicture picture{address_of(frame), order_, main.box, {}};
  detail.episodes.add(frame.time_s, main.probabilities, picture, image);
  const double quality = has_quality(main) ? finite_or(main.quality.overall, 0) : finite_or(main.score, 0);
  if (quality < detail.portrait_quality + kBetterPortrait) return;
  detail.portrait_quality = quality;
  detail.portrait = picture;
  detail.portrait.jpeg = face_thumbnail(image, main.box);
}

void ReportData::take_picture(const FrameResult& frame, const cv::Mat& image) {
  end_video();
  ++pictures;
  if (!frame.faces.empty()) ++pictures_with_faces;
  for (const auto& face : frame.faces) {
    in_pictures.add(face);
    add_to_sheet({{address_of(frame), order_, face.box, {}}, face.label, confidence_of(face), face.uncertain}, image);
  }
}

void ReportData::add_to_sheet(SheetFace face, const cv::Mat& image) {
  ++sheet_faces_;
  const bool early = sheet_faces_ <= static_cast<std::int64_t>(most_sheet_faces);
  auto& clearest = by_label_[face.label];
  const auto clearer = [](const SheetFace& a, const SheetFace& b) {
    return finite_or(a.confidence, 0) > finite_or(b.confidence, 0);
  };
  const auto place = std::upper_bound(clearest.begin(), clearest.end(), face, clearer);
  // The share of a label when all labels are there; more could not be shown.
  const std::size_t most = std::max<std::size_t>(4, most_sheet_faces / std::max<std::size_t>(1, info_.class_names.size()));
  const bool clear = static_cast<std::size_t>(place - clearest.begin()) < most;
  if (!early && !clear) return;
  face.picture.jpeg = face_thumbnail(image, face.picture.box);
  if (early) first_faces_.push_back(face);
  if (!clear) return;
  clearest.insert(place, std::move(face));
  if (clearest.size() > most) clearest.pop_back();
}

void ReportData::finish() {
  end_video();
  std::stable_sort(details.begin(), details.end(), [](const PersonDetail& a, const PersonDetail& b) {
    return std::pair(a.person.source, a.person.identity) < std::pair(b.person.source, b.person.identity);
  });
  if (sheet_faces_ <= static_cast<std::int64_t>(most_sheet_faces)) {
    sheet = std::move(first_faces_);
    return;
  }
  for (auto& [label, faces] : by_label_)
    for (auto& face : faces) sheet.push_back(std::move(face));
}

}  // namespace mien
