// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/video_analysis.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "mien/base/any_error.h"
#include "mien/base/files.h"
#include "mien/pipeline/not_finite_model_for_tests.h"
#include "mien/procedural/clip.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

/// A video that breaks off after some frames.
class BrokenVideo : public VideoReader {
 public:
  BrokenVideo(std::int64_t frames, cv::Size size) : frames_(frames), size_(size) {}
  const VideoInfo& info() const override { return info_; }
  std::int64_t damaged() const override { return 0; }
  std::optional<VideoFrame> next() override {
    if (number_ == frames_) throw std::length_error("the rest is missing");
    const double time_s = static_cast<double>(number_) / 25;
    ClipOptions clip;
    clip.width = size_.width;
    clip.height = size_.height;
    clip.people = 1;
    cv::Mat image = size_.width > 100 ? draw_clip(3, time_s, clip).image : cv::Mat(size_, CV_8UC3, cv::Scalar::all(90));
    return VideoFrame{number_++, time_s, image};
  }

 private:
  std::int64_t frames_, number_ = 0;
  cv::Size size_;
  VideoInfo info_;
};

AnalysisOptions options_with(const std::string& model) {
  AnalysisOptions options;
  options.faces.model = model;
  options.faces.landmarks = (testing::source_folder() / "models" / "mien-landmarks68.onnx").string();
  return options;
}

struct Outcome {
  std::vector<FrameResult> frames;
  std::exception_ptr ended;
};

Outcome go_through(VideoReader& video, const AnalysisOptions& options, FaceWorkers& workers, int threads) {
  Outcome outcome;
  People people(options, workers.prototype().info(), workers.prototype().same_person_likeness());
  outcome.ended = analyze_video(video, "broken.mp4", workers, people, options, {}, threads, StopFlag(),
                                [&](FrameResult&& frame, const cv::Mat&, const VideoPosition*) { outcome.frames.push_back(std::move(frame)); });
  return outcome;
}

TEST(VideoAnalysis, WhatEndsReadingWaitsUntilAllFramesBeforeItAreOut) {
  const AnalysisOptions options = options_with("none");
  FaceWorkers workers(options.faces);
  for (const int threads : {1, 2, 4, 7})
    for (int round = 0; round < 3; ++round) {
      BrokenVideo video(39, cv::Size(64, 48));
      const Outcome outcome = go_through(video, options, workers, threads);
      ASSERT_EQ(outcome.frames.size(), 39u) << "with " << threads << " threads";
      for (std::size_t i = 0; i < outcome.frames.size(); ++i) {
        EXPECT_EQ(outcome.frames[i].frame, static_cast<std::int64_t>(i));
        EXPECT_EQ(outcome.frames[i].error, "");
      }
      ASSERT_TRUE(outcome.ended);
      EXPECT_STREQ(to_error(outcome.ended).what(), "the rest is missing");
    }
}

TEST(VideoAnalysis, AFaceWhoseAnswerIsNoNumberIsNamedAndKeptWithTheRest) {
  const TemporaryFolder folder;
  const std::string model = (folder.path() / "nan.onnx").string();
  write_not_finite_model(model, 0.01F);
  const AnalysisOptions options = options_with(model);
  FaceWorkers workers(options.faces);
  BrokenVideo video(12, cv::Size(320, 240));
  const Outcome outcome = go_through(video, options, workers, 2);
  ASSERT_EQ(outcome.frames.size(), 12u);
  std::size_t faces = 0;
  for (const FrameResult& frame : outcome.frames) {
    faces += frame.faces.size();
    for (const FaceResult& face : frame.faces) {
      EXPECT_EQ(face.label, -1) << "NaN was told as a class";
      EXPECT_TRUE(face.probabilities.empty());
      EXPECT_EQ(face.landmarks.size(), 68u);
      EXPECT_TRUE(has_pose(face));
    }
    EXPECT_EQ(frame.error.find("frame " + std::to_string(frame.frame) + ": face at "), frame.faces.empty() ? std::string::npos : 0u) << frame.error;
    EXPECT_EQ(frame.error.find("not finite") != std::string::npos, !frame.faces.empty()) << frame.error;
  }
  EXPECT_GE(faces, 10u);
}

}  // namespace
}  // namespace mien
