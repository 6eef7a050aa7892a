// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mien/analysis/analysis_run.h"
#include "mien/base/error.h"
#include "mien/image/picture.h"
#include "mien/video/video_reader.h"

namespace mien {
namespace {

/// Frames of a clip that are looked at: enough for medians, and soon done.
constexpr std::int64_t most_frames = 100;

void add_largest_face(const cv::Mat& image, FaceWorkers& workers, NeutralBaseline& neutral) {
  FaceWorkers::Loan worker(workers);
  const auto faces = worker->detect(image);
  const auto largest = std::max_element(faces.begin(), faces.end(), [](const Detection& a, const Detection& b) { return a.box.area() < b.box.area(); });
  if (largest != faces.end()) neutral.add(worker->place(image, *largest).points);
}

/// Evenly over the clip, as far as its length is known.
void add_frames(const std::string& file, FaceWorkers& workers, NeutralBaseline& neutral) {
  VideoOptions options;
  const std::int64_t frames = open_video(file)->info().frames;
  options.every = std::max<std::int64_t>(1, frames / most_frames);
  const auto reader = open_video(file, options);
  std::int64_t looked_at = 0;
  for (auto frame = reader->next(); frame && looked_at < most_frames; frame = reader->next(), ++looked_at)
    add_largest_face(frame->image, workers, neutral);
}

}  // namespace

FaceMeasures neutral_face_in(const std::string& file, FaceWorkers& workers) {
  NeutralBaseline neutral;
  if (file_source(file).kind == MediaSource::Kind::video)
    add_frames(file, workers, neutral);
  else
    add_largest_face(read_picture(file).pixels, workers, neutral);
  if (!neutral.ready())
    throw Error(ErrorCode::bad_data, file + ": no face was found that could be taken as the face at rest", "Give a picture or clip in which the face is seen from the front.");
  return neutral.measures();
}

}  // namespace mien
