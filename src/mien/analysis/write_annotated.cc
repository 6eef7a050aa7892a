// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>
#include <set>

#include "mien/analysis/analysis_run.h"
#include "mien/analysis/annotate.h"
#include "mien/results/result_writer.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/decode.h"
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

/// Draws while it reads results in order; a video's pictures are decoded a second time.
class Annotator {
 public:
  Annotator(const AnalysisJob& job, const AnalysisInfo& info, const fs::path& folder, Progress& progress)
      : job_(job), info_(info), names_(folder / "annotated"), progress_(progress) {}

  void take(const FrameResult& frame) {
    if (frame.source != source_) finish_video();
    if (!frame.error.empty()) return;
    if (frame.video) draw_frame(frame);
    else draw_picture(frame);
    progress_.advance(++done_, frame.source);
  }
  void finish_video() {
    if (writer_) writer_->finish();
    writer_.reset();
    reader_.reset();
    source_.clear();
  }
  const std::vector<fs::path>& files() const { return files_; }

 private:
  void draw_picture(const FrameResult& frame) {
    files_.push_back(names_.next(frame.source, ".jpg"));
    write_image(files_.back(), annotate(read_image(frame.source), frame, info_));
  }

  void draw_frame(const FrameResult& frame) {
    if (from_camera(frame)) return;
    if (source_.empty()) begin_video(frame);
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
    files_.push_back(names_.next(frame.source, ".mp4"));
    writer_ = create_video(files_.back(), out);
    source_ = frame.source;
  }

  const AnalysisJob& job_;
  const AnalysisInfo& info_;
  OutputNames names_;
  Progress& progress_;
  std::string source_;  ///< of the video that is being written
  std::unique_ptr<VideoReader> reader_;
  std::unique_ptr<VideoWriter> writer_;
  std::vector<fs::path> files_;
  std::int64_t done_ = 0;
};

}  // namespace

std::vector<fs::path> write_annotated(const AnalysisJob& job, const AnalysisInfo& info, const fs::path& folder, Progress& progress, const StopFlag& stop) {
  Annotator annotator(job, info, folder, progress);
  progress.begin("annotated pictures", 0);
  read_results(folder / "results.jsonl", [&](const FrameResult& frame) {
    if (stop.requested() && !from_camera(frame)) throw Error(ErrorCode::interrupted, "stopped while drawing", "Go on with --resume.");
    annotator.take(frame);
  });
  annotator.finish_video();
  progress.end(fmt::format("{} files", annotator.files().size()));
  return annotator.files();
}

}  // namespace mien
