// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>

#include "mien/analysis/analysis_run.h"
#include "mien/analysis/camera_source.h"
#include "mien/analysis/live_results.h"
#include "mien/analysis/neutral_pass.h"
#include "mien/analysis/picture_analysis.h"
#include "mien/analysis/progress_file.h"
#include "mien/results/result_writer.h"
#include "mien/base/attempt.h"
#include "mien/base/files.h"
#include "mien/base/parallel.h"
#include "mien/base/text.h"

namespace mien {
namespace {

using Kind = MediaSource::Kind;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds note_interval(2);

FrameResult failure(const MediaSource& source, const std::string& reason) {
  FrameResult result;
  result.source = source.name;
  result.video = source.kind != Kind::picture;
  result.error = reason;
  return result;
}

/// Takes results one after the other into results.jsonl and what else is written while they come, and notes now and then how far it is.
/// When an earlier call has come to the end of the sources, nothing is to be written and the file stays as it is.
class Journal {
 public:
  Journal(const AnalysisJob& job, const AnalysisInfo& info, const fs::path& folder, Progress& progress, const LiveOutput& live)
      : folder_(folder), file_(folder / "results.jsonl"), progress_(load_progress(folder).value_or(AnalysisProgress{})),
        live_(job, info, folder, progress, live) {
    const bool complete = progress_.source >= static_cast<std::int64_t>(job.sources.size());
    if (!complete) writer_ = make_result_writer({"jsonl", file_, progress_.journal_bytes}, info);
    live_.replay(file_);
  }

  const AnalysisProgress& progress() const { return progress_; }
  /// `image_rgb` is needed for frames of cameras only. A result that contradicts itself is its source's failure.
  void write(const FrameResult& result, const cv::Mat& image_rgb = {}) {
    try {
      writer_->write(result, {});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::bad_data) throw;
      FrameResult without = result;
      without.faces.clear();
      without.error = error.what();
      writer_->write(without, {});
      return live_.write(without, image_rgb);
    }
    live_.write(result, image_rgb);
  }

  /// Everything of `sources` sources is written.
  void note_sources(std::int64_t sources, bool now) {
    progress_.source = sources;
    progress_.position = {};
    progress_.people.clear();
    note(now);
  }
  void note_position(const VideoPosition& position, const std::string& people) {
    progress_.position = position;
    progress_.people = people;
    note(false);
  }
  /// Nothing that was noted is lost when the run ends here.
  void keep() {
    if (writer_ && progress_.journal_bytes > 0) save();
  }
  void finish() {
    if (writer_) writer_->finish();
    live_.finish();
  }

 private:
  void note(bool now) {
    progress_.journal_bytes = writer_->written_bytes();
    if (now || Clock::now() - noted_ >= note_interval) save();
  }
  void save() {
    writer_->flush();
    save_progress(progress_, folder_);
    noted_ = Clock::now();
  }

  fs::path folder_, file_;
  AnalysisProgress progress_;
  std::unique_ptr<ResultWriter> writer_;  ///< null: the file is complete
  LiveResults live_;
  Clock::time_point noted_{};
};

class Looker {
 public:
  Looker(const AnalysisJob& job, FaceWorkers& workers, const fs::path& folder, Progress& progress, const StopFlag& stop, const LiveOutput& live)
      : job_(job), folder_(folder), progress_(progress), stop_(stop), workers_(workers),
        threads_(job.options.threads > 0 ? static_cast<int>(job.options.threads) : available_cores()), info_(info_of(job)),
        open_camera_(live.open_camera), journal_(job, info_, folder, progress, live) {}

  AnalysisInfo look() {
    try {
      return look_at_all();
    } catch (const Error&) {  // a stop, a full disk, a reader of stdout that has gone
      attempt("", [&] { journal_.keep(); });
      throw;
    }
  }

 private:
  AnalysisInfo look_at_all() {
    const auto count = static_cast<std::int64_t>(job_.sources.size());
    for (std::int64_t i = journal_.progress().source; i < count;) {
      if (stop_.requested()) throw Error(ErrorCode::interrupted, fmt::format("stopped after {} of {} files", i, count));
      const MediaSource& source = at(i);
      if (source.problem.empty() && source.kind == Kind::picture) {
        i = pictures(i);
        continue;
      }
      if (!source.problem.empty()) journal_.write(failure(source, source.problem));
      else video(source, i);
      journal_.note_sources(++i, true);
    }
    journal_.finish();
    measure_against_whole_videos(job_, info_, folder_);
    return info_;
  }

  const MediaSource& at(std::int64_t i) const { return job_.sources[static_cast<std::size_t>(i)]; }

  AnalysisInfo info_of(const AnalysisJob& job) const {
    AnalysisInfo info = workers_.prototype().info();
    info.command_line = job.command_line;
    info.version = job.version;
    info.has_identities = job.options.stream.identities;
    info.has_raw_probabilities = job.options.stream.smooth_s > 0;
    return info;
  }

  /// A run of pictures, as far as they follow each other; returns the source after them.
  std::int64_t pictures(std::int64_t first) {
    std::vector<std::string> files;
    for (std::int64_t i = first; i < static_cast<std::int64_t>(job_.sources.size()); ++i) {
      if (at(i).kind != Kind::picture || !at(i).problem.empty()) break;
      files.push_back(at(i).name);
    }
    progress_.begin("pictures", static_cast<std::int64_t>(files.size()));
    std::int64_t done = 0, faces = 0, failed = 0;
    analyze_pictures(files, workers_, threads_, stop_, [&](FrameResult&& result, const cv::Mat&) {
      journal_.write(result);
      faces += static_cast<std::int64_t>(result.faces.size());
      if (!result.error.empty()) ++failed;
      ++done;
      journal_.note_sources(first + done, done == static_cast<std::int64_t>(files.size()));
      progress_.advance(done, fmt::format("{} face{}{}", faces, faces == 1 ? "" : "s", failed > 0 ? fmt::format(", {} failed", failed) : ""));
    });
    progress_.end(fmt::format("{} pictures, {} faces, {} failed", with_commas(done), with_commas(faces), failed));
    return first + done;
  }

  /// Whatever reading throws is the video's failure; what writing throws is not.
  void video(const MediaSource& source, std::int64_t index) {
    const VideoPosition start = journal_.progress().position;
    std::unique_ptr<VideoReader> reader;
    auto problem = attempt(source.name, [&] { reader = open(source, start); });
    if (reader) {
      const std::exception_ptr ended = go_through(*reader, source, start, index);
      problem = attempt(source.name, [&] {
        if (ended) std::rethrow_exception(ended);
      });
    }
    if (problem) journal_.write(failure(source, problem->what()));
    if (reader && reader->damaged() > 0) progress_.warn(fmt::format("{}: {} damaged packets were passed over", source.name, reader->damaged()));
  }

  std::unique_ptr<VideoReader> open(const MediaSource& source, const VideoPosition& start) const {
    if (source.kind == Kind::camera) return open_camera_source(open_camera_, source.name, job_.options.stream, start);
    VideoOptions options;
    options.from_s = std::max(job_.options.stream.from_s, start.last_time_s);
    options.to_s = job_.options.stream.to_s;
    options.every = job_.options.stream.every;
    return open_video(source.name, options);
  }

  /// Returns what ended the video early, or null.
  std::exception_ptr go_through(VideoReader& reader, const MediaSource& source, const VideoPosition& start, std::int64_t index) {
    People people(job_.options, info_, workers_.prototype().same_person_likeness());
    if (start.analysed > 0) people.restore(journal_.progress().people);
    const auto count = job_.sources.size();
    progress_.begin(count > 1 ? fmt::format("{}/{} {}", index + 1, count, fs::path(source.name).filename().string()) : fs::path(source.name).filename().string(),
                    expected_frames(reader.info()));
    std::int64_t done = start.analysed;
    progress_.advance(done, "");
    std::exception_ptr ended;
    try {
      ended = analyze_video(reader, source.name, workers_, people, job_.options, start, threads_, stop_,
                            [&](FrameResult&& frame, const cv::Mat& image, const VideoPosition* position) {
                              journal_.write(frame, source.kind == Kind::camera ? image : cv::Mat());
                              if (position) journal_.note_position(*position, people.save());
                              progress_.advance(++done, fmt::format("{} face{}, {} people", frame.faces.size(), frame.faces.size() == 1 ? "" : "s", people.count()));
                            });
    } catch (const Error& error) {
      if (error.code() != ErrorCode::interrupted || source.kind != Kind::camera) throw;  // stopping a camera is how it ends
    }
    progress_.end(fmt::format("{}: {} frames, {} people", source.name, with_commas(done), people.count()));
    return ended;
  }

  /// 0 = unknown.
  std::int64_t expected_frames(const VideoInfo& info) const {
    const StreamOptions& s = job_.options.stream;
    if (info.frames <= 0 || info.duration_s <= 0) return std::max<std::int64_t>(info.frames, 0) / s.every;
    const double to = s.to_s < 0 ? info.duration_s : std::min(s.to_s, info.duration_s);
    const double share = std::max(to - s.from_s, 0.0) / info.duration_s;
    return static_cast<std::int64_t>(share * static_cast<double>(info.frames)) / s.every;
  }

  const AnalysisJob& job_;
  fs::path folder_;
  Progress& progress_;
  const StopFlag& stop_;
  FaceWorkers& workers_;
  int threads_;
  AnalysisInfo info_;
  OpenCamera open_camera_;
  Journal journal_;
};

}  // namespace

AnalysisInfo look_at_sources(const AnalysisJob& job, FaceWorkers& workers, const fs::path& folder, Progress& progress, const StopFlag& stop,
                             const LiveOutput& live) {
  if (job.neutral) workers.set_neutral(*job.neutral);
  return Looker(job, workers, folder, progress, stop, live).look();
}

}  // namespace mien
