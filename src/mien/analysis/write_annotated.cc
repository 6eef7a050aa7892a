// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "mien/analysis/analysis_run.h"
#include "mien/analysis/annotate.h"
#include "mien/analysis/scaled_result.h"
#include "mien/results/result_writer.h"
#include "mien/base/attempt.h"
#include "mien/base/files.h"
#include "mien/image/picture.h"
#include "mien/image/encode.h"
#include "mien/video/video_reader.h"
#include "mien/video/video_writer.h"

namespace mien {
namespace {

/// Names below FOLDER/annotated: the source's file name, numbered when several share it.
class OutputNames {
 public:
  explicit OutputNames(fs::path folder) : folder_(std::move(folder)) { fs::create_directories(folder_); }
  fs::path next(const std::string& source, const std::string& extension) {
    const std::string stem = fs::path(source).stem().string();
    for (int i = 1;; ++i) {
      const std::string name = (i == 1 ? stem : fmt::format("{}-{}", stem, i)) + extension;
      if (used_.insert(name).second) return folder_ / name;
    }
  }

 private:
  fs::path folder_;
  std::set<std::string> used_;
};

/// Its pictures are not to be had any more.
bool from_camera(const FrameResult& frame) { return frame.source.rfind("camera:", 0) == 0; }

/// JPEG's pictures end there (libjpeg's JPEG_MAX_DIMENSION).
constexpr int longest_jpeg_side = 65500;

/// Draws while it reads results in order; a video's pictures are decoded a second time. What fails is one source's copy.
class Annotator {
 public:
  Annotator(const AnalysisJob& job, const AnalysisInfo& info, const fs::path& folder, Progress& progress)
      : job_(job), info_(info), names_(folder / "annotated"), progress_(progress) {}

  void take(const FrameResult& frame) {
    if (frame.source != source_) begin_source(frame.source);
    const bool readable = frame.width > 0 && !from_camera(frame);
    if (!readable || failed_) return;
    warn_about(attempt(source_, [&] { frame.video ? draw_frame(frame) : draw_picture(frame); }));
    progress_.advance(++done_, frame.source);
  }
  void finish_source() {
    if (writer_ && !failed_)
      warn_about(attempt(source_, [&] {
        writer_->finish();
        files_.push_back(video_file_);
      }));
    writer_.reset();
    reader_.reset();
  }
  const std::vector<fs::path>& files() const { return files_; }

 private:
  void begin_source(const std::string& source) {
    finish_source();
    source_ = source;
    failed_ = false;
  }

  void warn_about(const std::optional<Error>& problem) {
    if (!problem) return;
    failed_ = true;
    writer_.reset();
    reader_.reset();
    progress_.warn(fmt::format("no copy with the faces drawn in: {}", problem->what()));
  }

  void draw_picture(const FrameResult& frame) {
    const Picture original = read_picture(frame.source);
    const cv::Mat picture = annotate(original.pixels, from_file(original, frame), info_);
    const fs::path file = names_.next(frame.source, std::max(picture.cols, picture.rows) <= longest_jpeg_side ? ".jpg" : ".png");
    write_image(file, picture);
    files_.push_back(file);
  }

  void draw_frame(const FrameResult& frame) {
    if (!writer_) begin_video(frame);
    auto picture = reader_->next();
    while (picture && picture->number < frame.frame) picture = reader_->next();
    if (!picture) throw Error(ErrorCode::bad_file, fmt::format("{}: frame {} can no longer be read", frame.source, frame.frame), "Has the file changed?");
    writer_->write(annotate(picture->image, frame, info_), picture->time_s);
  }

  void begin_video(const FrameResult& frame) {
    VideoOptions options;
    options.from_s = job_.options.stream.from_s;
    options.to_s = job_.options.stream.to_s;
    options.every = job_.options.stream.every;
    reader_ = open_video(frame.source, options);
    VideoWriterOptions out;
    out.width = frame.width;
    out.height = frame.height;
    if (reader_->info().frames_per_second > 0) out.frames_per_second = reader_->info().frames_per_second / static_cast<double>(options.every);
    out.audio_from = frame.source;
    video_file_ = names_.next(frame.source, ".mp4");
    const auto problem = attempt(frame.source, [&] { writer_ = create_video(video_file_, out); });
    if (!problem) return;
    out.audio_from.clear();  // sound of some kinds does not fit into MP4
    writer_ = create_video(video_file_, out);
    progress_.warn(fmt::format("{}: without its sound: {}", video_file_.string(), problem->what()));
  }

  const AnalysisJob& job_;
  const AnalysisInfo& info_;
  OutputNames names_;
  Progress& progress_;
  std::string source_;   ///< of the rows that are being read
  bool failed_ = false;  ///< its copy cannot be made
  std::unique_ptr<VideoReader> reader_;
  std::unique_ptr<VideoWriter> writer_;  ///< null where no video is being written
  fs::path video_file_;
  std::vector<fs::path> files_;
  std::int64_t done_ = 0;
};

std::vector<fs::path> draw_all(const AnalysisJob& job, const AnalysisInfo& info, const fs::path& folder, Progress& progress, const StopFlag& stop) {
  Annotator annotator(job, info, folder, progress);
  progress.begin("annotated pictures", 0);
  read_results(folder / "results.jsonl", [&](const FrameResult& frame) {
    if (stop.requested() && !from_camera(frame)) throw Error(ErrorCode::interrupted, "stopped while drawing", "Go on with --resume.");
    annotator.take(frame);
  });
  annotator.finish_source();
  progress.end(fmt::format("{} files", annotator.files().size()));
  return annotator.files();
}

}  // namespace

std::vector<fs::path> write_annotated(const AnalysisJob& job, const AnalysisInfo& info, const fs::path& folder, Progress& progress, const StopFlag& stop) {
  std::vector<fs::path> files;
  const auto problem = attempt("annotated", [&] { files = draw_all(job, info, folder, progress, stop); });
  if (problem) progress.warn(fmt::format("no copies with the faces drawn in: {}", problem->what()));
  return files;
}

}  // namespace mien
