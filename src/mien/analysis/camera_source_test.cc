// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/camera_source.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>

#include "mien/analysis/analysis_run.h"
#include "mien/analysis/progress_file.h"
#include "mien/base/files.h"
#include "mien/procedural/clip.h"
#include "mien/results/result_writer.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

constexpr double fps = 25;

/// A camera whose pictures the test draws. `before` is called when picture number n is asked for; it may wait.
class DrawnCamera : public VideoReader {
 public:
  DrawnCamera(std::int64_t frames, cv::Size size, std::function<void(std::int64_t)> before) : frames_(frames), before_(std::move(before)) {
    info_.width = size.width;
    info_.height = size.height;
    info_.frames_per_second = fps;
  }
  const VideoInfo& info() const override { return info_; }
  std::int64_t damaged() const override { return 0; }
  std::optional<VideoFrame> next() override {
    if (before_) before_(number_);
    if (number_ == frames_) return std::nullopt;
    const double time_s = static_cast<double>(number_) / fps;
    ClipOptions clip;
    clip.width = info_.width;
    clip.height = info_.height;
    clip.people = 1;
    clip.duration_s = 12;
    cv::Mat image = info_.width > 100 ? draw_clip(3, time_s, clip).image : cv::Mat(info_.height, info_.width, CV_8UC3, cv::Scalar::all(90));
    return VideoFrame{number_++, time_s, image};
  }

 private:
  std::int64_t frames_, number_ = 0;
  std::function<void(std::int64_t)> before_;
  VideoInfo info_;
};

AnalysisJob camera_job(const std::vector<std::string>& formats, int threads) {
  AnalysisJob job;
  job.sources = {{MediaSource::Kind::camera, "camera:7", ""}};
  job.options.faces.model = "none";
  job.options.faces.landmarks = (testing::source_folder() / "models" / "mien-landmarks68.onnx").string();
  job.options.threads = threads;
  job.formats = formats;
  return job;
}

/// Counts the lines that come out of a pipe.
class PipeLines {
 public:
  PipeLines() {
    if (::pipe(ends_.data()) != 0) ADD_FAILURE() << "no pipe";
  }
  ~PipeLines() {
    for (const int end : ends_) ::close(end);
  }
  int entrance() const { return ends_[1]; }
  /// Waits for the line of this number, counted from 1; false when it does not come.
  bool wait_for(std::int64_t line) {
    while (lines_ < line) {
      pollfd exit{ends_[0], POLLIN, 0};
      if (::poll(&exit, 1, 20000) != 1) return false;
      std::array<char, 4096> text;
      const ssize_t count = ::read(ends_[0], text.data(), text.size());
      if (count <= 0) return false;
      lines_ += std::count(text.begin(), text.begin() + count, '\n');
    }
    return true;
  }
  std::int64_t lines() const { return lines_; }

 private:
  std::array<int, 2> ends_{-1, -1};
  std::int64_t lines_ = 0;
};

TEST(Camera, EachRowIsOutBeforeTheNextPictureComes) {
  for (const int threads : {1, 2}) {
    const TemporaryFolder folder;
    PipeLines pipe;
    StopFlag stop;
    LiveOutput live{"csv", pipe.entrance()};
    live.open_camera = [&](const std::string& name, const VideoOptions&) {
      EXPECT_EQ(name, "camera:7");
      return std::make_unique<DrawnCamera>(15, cv::Size(64, 48), [&](std::int64_t number) {
        if (!stop.requested() && !pipe.wait_for(1 + number)) {
          ADD_FAILURE() << "with " << threads << " threads the row of picture " << number - 1 << " does not come";
          stop.request();
        }
      });
    };
    Progress silent;
    const AnalysisJob job = camera_job({}, threads);
    FaceWorkers workers(job.options.faces);
    look_at_sources(job, workers, folder.path(), silent, stop, live);
    EXPECT_EQ(pipe.lines(), 16) << "the head and a row a picture";
  }
}

TEST(Camera, StoppingItIsItsEndAndItsReportShowsFaces) {
  const TemporaryFolder folder;
  StopFlag stop;
  LiveOutput live;
  live.open_camera = [&](const std::string&, const VideoOptions&) {
    return std::make_unique<DrawnCamera>(1000, cv::Size(320, 240), [&](std::int64_t number) {
      if (number == 12) stop.request();
    });
  };
  Progress silent;
  const AnalysisJob job = camera_job({"html", "csv"}, 2);
  FaceWorkers workers(job.options.faces);
  const AnalysisInfo info = look_at_sources(job, workers, folder.path(), silent, stop, live);
  std::int64_t rows = 0, faces = 0;
  read_results(folder.path() / "results.jsonl", [&](const FrameResult& frame) {
    EXPECT_EQ(frame.frame, rows++);
    faces += static_cast<std::int64_t>(frame.faces.size());
  });
  EXPECT_GE(rows, 12);
  EXPECT_LT(rows, 30);
  EXPECT_GE(faces, 10);
  EXPECT_EQ(load_progress(folder.path())->source, 1) << "done, nothing to go on with";
  const auto files = write_formats(job, info, folder.path(), silent);
  EXPECT_EQ(files.size(), 3u);
  const std::string report = read_text(folder.path() / "report.html");
  EXPECT_NE(report.find("data:image/jpeg"), std::string::npos) << "the face was kept while the camera ran";
}

TEST(Camera, NumbersAndTimesGoOnAfterAnEarlierCall) {
  VideoOptions asked;
  const OpenCamera open = [&](const std::string&, const VideoOptions& options) {
    asked = options;
    return std::make_unique<DrawnCamera>(3, cv::Size(64, 48), nullptr);
  };
  StreamOptions stream;
  stream.every = 2;
  stream.to_s = 60;
  auto camera = open_camera_source(open, "camera:0", stream, {});
  EXPECT_EQ(camera->next()->number, 0);
  EXPECT_EQ(asked.to_s, 60);
  EXPECT_EQ(asked.every, 2);
  camera = open_camera_source(open, "camera:0", stream, {600, 1198, 47.92});
  const auto frame = camera->next();
  EXPECT_EQ(frame->number, 1200);
  EXPECT_NEAR(frame->time_s, 48.0, 1e-9);
  EXPECT_NEAR(asked.to_s, 12.08, 1e-9);
}

}  // namespace
}  // namespace mien
