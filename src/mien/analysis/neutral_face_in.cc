// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "mien/analysis/analysis_run.h"
#include "mien/base/attempt.h"
#include "mien/base/error.h"
#include "mien/image/picture.h"
#include "mien/video/video_reader.h"

namespace mien {
namespace {

/// Frames of a clip that are looked at: enough for medians, and soon done.
constexpr std::int64_t most_frames = 100;

/// Returns how many faces there are.
std::size_t add_largest_face(const cv::Mat& image, FaceWorkers& workers, NeutralBaseline& neutral) {
  FaceWorkers::Loan worker(workers);
  const auto faces = worker->detect(image);
  const auto largest = std::max_element(faces.begin(), faces.end(), [](const Detection& a, const Detection& b) { return a.box.area() < b.box.area(); });
  if (largest != faces.end()) neutral.add(worker->place(image, *largest).points);
  return faces.size();
}

/// Evenly over the clip, as far as its length is known; a clip that breaks off counts as far as it goes. Returns the most faces of a frame.
std::size_t add_frames(const std::string& file, FaceWorkers& workers, NeutralBaseline& neutral, Progress& progress) {
  VideoOptions options;
  const std::int64_t frames = open_video(file)->info().frames;
  options.every = std::max<std::int64_t>(1, frames / most_frames);
  const auto reader = open_video(file, options);
  std::size_t most_faces = 0;
  const auto problem = attempt(file, [&] {
    std::int64_t looked_at = 0;
    for (auto frame = reader->next(); frame && looked_at < most_frames; frame = reader->next(), ++looked_at)
      most_faces = std::max(most_faces, add_largest_face(frame->image, workers, neutral));
  });
  if (problem && !neutral.ready()) throw *problem;
  if (problem) progress.warn(std::string(problem->what()) + ": what came before is taken as the face at rest");
  return most_faces;
}

}  // namespace

FaceMeasures neutral_face_in(const std::string& file, FaceWorkers& workers, Progress& progress) {
  NeutralBaseline neutral;
  std::size_t faces = 0;
  try {
    faces = file_source(file).kind == MediaSource::Kind::video ? add_frames(file, workers, neutral, progress)
                                                               : add_largest_face(read_picture(file).pixels, workers, neutral);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) throw;
    throw Error(error.code(), std::string("the face at rest: ") + error.what(), error.hint());
  }
  if (faces > 1) progress.warn(fmt::format("{}: {} faces; the largest is taken as the face at rest of everybody", file, faces));
  if (!neutral.ready())
    throw Error(ErrorCode::bad_data, file + ": no face was found that could be taken as the face at rest", "Give a picture or clip in which the face is seen from the front.");
  return neutral.measures();
}

}  // namespace mien
