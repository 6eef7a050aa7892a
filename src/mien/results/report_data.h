// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mien/results/report_episodes.h"
#include "mien/results/report_pictures.h"
#include "mien/results/report_timeline.h"

namespace mien {

/// Sums over the faces of one person in one video, or of all pictures.
struct FaceTotals {
  std::int64_t faces = 0, labelled = 0, uncertain = 0, with_quality = 0, with_affect = 0;
  double quality_sum = 0, valence_sum = 0, arousal_sum = 0;
  std::vector<std::int64_t> labels;      ///< [K]
  std::vector<double> probability_sums;  ///< [K]

  void add(const FaceResult& face);
  int label() const;  ///< most frequent; -1 = none
};

struct SourceTotals {
  std::string name;
  std::int64_t frames = 0, with_faces = 0, faces = 0, people = 0;
  double first_s = 0, last_s = 0;
};

/// One person in one video; identity -1: all faces, when people were not numbered.
struct PersonTotals {
  std::size_t source = 0;  ///< position in ReportData::videos
  int identity = -1;
  double first_s = 0, last_s = 0;
  std::int64_t frames = 0;
  FaceTotals totals;
};
struct PersonDetail {
  PersonTotals person;
  Timeline timeline;
  EpisodeCollector episodes;
  KeyPicture portrait;  ///< where the face was seen best
  double portrait_quality = -1;
};

/// A face of a picture, for the contact sheet.
struct SheetFace {
  KeyPicture picture;
  int label = -1;
  float confidence = 0;
  bool uncertain = false;
};

/// Everything a report shows, gathered while results come, in memory that does not grow with the length of videos.
class ReportData {
 public:
  explicit ReportData(const AnalysisInfo& info);
  /// Takes a checked and rounded result.
  void take(const FrameResult& frame, const cv::Mat& image);
  void finish();

  static constexpr std::size_t most_details = 10, most_listed = 200, most_sheet_faces = 60;
  const AnalysisInfo& info() const { return info_; }
  int neutral() const { return neutral_; }  ///< class; -1 = none

  std::int64_t pictures = 0, pictures_with_faces = 0, video_frames = 0, failed = 0, video_count = 0, people_count = 0;
  double video_s = 0;
  FaceTotals all, in_pictures;
  std::vector<SourceTotals> videos;   ///< at most `most_listed`
  std::vector<PersonTotals> people;   ///< at most `most_listed`
  std::vector<PersonDetail> details;  ///< those seen longest, at most `most_details`, by source and identity
  std::vector<SheetFace> sheet;       ///< all faces of the pictures when there are few, else the clearest of each label
  std::vector<std::pair<std::string, std::string>> failures;  ///< at most `most_listed`

 private:
  void begin_video(const FrameResult& frame);
  void end_video();
  void take_video_frame(const FrameResult& frame, const cv::Mat& image);
  void take_picture(const FrameResult& frame, const cv::Mat& image);
  void take_person(const FrameResult& frame, int identity, const std::vector<const FaceResult*>& faces, const cv::Mat& image);
  void add_to_sheet(SheetFace face, const cv::Mat& image);

  AnalysisInfo info_;
  int neutral_ = -1;
  std::int64_t order_ = 0;
  bool in_video_ = false;
  SourceTotals video_;
  std::map<int, PersonDetail> present_;             ///< people of the video that is going on
  std::map<int, std::vector<SheetFace>> by_label_;  ///< clearest first
  std::vector<SheetFace> first_faces_;
  std::int64_t sheet_faces_ = 0;
};

}  // namespace mien
