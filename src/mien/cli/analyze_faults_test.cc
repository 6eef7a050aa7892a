// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// What goes wrong in the midst of the work, or before it begins: nothing that was seen is lost, and nothing is told that is not so.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <thread>

#include "mien/analysis/neutral_pass.h"
#include "mien/base/error.h"
#include "mien/cli/analyze_test_fixture.h"
#include "mien/face_geometry/action_unit_estimates.h"
#include "mien/pipeline/not_finite_model_for_tests.h"
#include "mien/results/result_writer.h"
#include "mien/video/test_tone.h"

namespace mien {
namespace {

using namespace analyze_tests;
using testing::expect_error;

class AnalyzeFaults : public AnalyzeProgram {
 protected:
  /// Rows without and with an error.
  static std::pair<std::size_t, std::size_t> rows_in(const fs::path& jsonl) {
    std::pair<std::size_t, std::size_t> count;
    for (const auto& frame : frames_in(jsonl)) ++(frame.contains("error") ? count.second : count.first);
    return count;
  }
  /// Frames that come out of a video before reading ends, with or without an error.
  static std::size_t readable_frames(const fs::path& file) {
    std::size_t frames = 0;
    try {
      const auto video = open_video(file);
      while (video->next()) ++frames;
    } catch (const Error&) {
    }
    return frames;
  }
  /// The model that answers NaN for everything.
  static std::string no_numbers() {
    const fs::path file = folder() / "nan.onnx";
    if (!fs::exists(file)) write_not_finite_model(file, 0.01F);
    return file.string();
  }
};

TEST_F(AnalyzeFaults, AVideoThatIsCutOffGivesAllItsFramesAndOneNoteHoweverManyThreadsWork) {
  const std::string whole = read_text(folder() / "clip.mp4");
  write_atomically(folder() / "cut.mp4", whole.substr(0, whole.size() * 3 / 5));
  const std::size_t frames = readable_frames(folder() / "cut.mp4");
  ASSERT_GT(frames, 20u);
  ASSERT_LT(frames, 90u);
  for (const std::string threads : {"1", "2", "4"}) {
    const std::string output = "cut-" + threads;
    const auto outcome = run(folder(), analyze({"cut.mp4", "--output", output, "--formats", "csv", "--threads", threads, "--annotate"}));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.out.find("FAILED    1 of 1 files"), std::string::npos) << outcome.out;
    EXPECT_EQ(rows_in(folder() / output / "results.jsonl"), std::pair(frames, std::size_t{1})) << threads << " threads";
    EXPECT_EQ(read_text(folder() / output / "results.jsonl"), read_text(folder() / "cut-1/results.jsonl"));
    EXPECT_EQ(readable_frames(folder() / output / "annotated/cut.mp4"), frames) << outcome.err;
  }
}

TEST_F(AnalyzeFaults, AFragmentedVideoThatIsCutOff) {
  const auto shared = testing::shared_folder();
  if (!shared || !fs::exists(*shared / "cases/cut-off-fragmented.mp4")) GTEST_SKIP() << "needs the folder cases of the shared data";
  for (const std::string threads : {"1", "2", "4"}) {
    const std::string output = "fragmented-" + threads;
    const auto outcome = run(folder(), analyze({(*shared / "cases/cut-off-fragmented.mp4").string(), "--output", output, "--formats", "csv", "--threads", threads}));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(rows_in(folder() / output / "results.jsonl"), std::pair(std::size_t{39}, std::size_t{1})) << threads << " threads";
  }
}

TEST_F(AnalyzeFaults, AnswersThatAreNoNumbersAreFailuresThatNameTheirPicture) {
  const auto predicted = run(folder(), {"predict", "--weights", no_numbers(), "pictures/000.png", "pictures/005.png"});
  EXPECT_EQ(predicted.code, 1) << predicted.out;
  EXPECT_EQ(predicted.out.find("anger"), std::string::npos) << "NaN was told as the first class: " << predicted.out;
  for (const char* name : {"pictures/000.png  error: ", "pictures/005.png  error: "}) EXPECT_NE(predicted.out.find(name), std::string::npos) << predicted.out;

  const auto analyzed = run(folder(), {"analyze", "--weights", no_numbers(), "pictures/010.png", "clip.mp4", "--every", "20", "--output", "nan", "--formats", "csv"});
  EXPECT_EQ(analyzed.code, 1) << analyzed.out;
  EXPECT_NE(analyzed.out.find("FAILED    2 of 2 files"), std::string::npos) << analyzed.out;
  for (const char* name : {"pictures/010.png: face at", "clip.mp4: frame "}) EXPECT_NE(analyzed.err.find(name), std::string::npos) << analyzed.err;
  std::size_t faces = 0;
  for (const auto& frame : frames_in(folder() / "nan/results.jsonl"))
    for (const auto& face : frame.at("faces")) {
      EXPECT_FALSE(face.contains("label")) << face;
      EXPECT_EQ(face.at("landmarks").size(), 68u) << "what could be measured stays";
      ++faces;
    }
  EXPECT_GE(faces, 3u);
}

TEST_F(AnalyzeFaults, AMistakeLeavesNoFolder) {
  write_atomically(folder() / "broken.onnx", "no network");
  write_image(folder() / "empty.png", cv::Mat(200, 200, CV_8UC3, cv::Scalar::all(127)));
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& reason) {
    const auto outcome = run(folder(), arguments);
    EXPECT_EQ(outcome.code, 1) << outcome.err;
    EXPECT_NE(outcome.err.find(reason), std::string::npos) << outcome.err;
    EXPECT_FALSE(fs::exists(folder() / "again")) << reason;
  };
  refused({"analyze", "pictures/000.png", "--weights", "broken.onnx", "--output", "again"}, "broken.onnx");
  refused(analyze({"pictures/000.png", "--landmarks", "broken.onnx", "--output", "again"}), "broken.onnx");
  refused(analyze({"pictures/000.png", "--baseline", "empty.png", "--output", "again"}), "no face was found");
  refused(analyze({"pictures/000.png", "--baseline", "nowhere.png", "--output", "again"}), "the face at rest: nowhere.png");
  refused(analyze({"nowhere.png", "gone.mp4", "--output", "again"}), "nowhere.png: no such file or folder (and 1 more like it)");
  EXPECT_EQ(run(folder(), analyze({"pictures/000.png", "--output", "again"})).code, 0);
}

TEST_F(AnalyzeFaults, TwoProcessesDoNotWorkInOneFolder) {
  std::array<int, 2> ends;
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t first = testing::start_program(MIEN_PROGRAM, folder(), analyze({"clip.mp4", "--format", "csv", "--formats", "csv", "--output", "shared"}), "", ends[1]);
  ::close(ends[1]);
  // It says a head and some rows, and then waits until somebody reads.
  char head = 0;
  ASSERT_EQ(::read(ends[0], &head, 1), 1);
  // From a folder of its own, where its output is kept apart from the first one's.
  fs::create_directories(folder() / "beside");
  expect_error(run(folder() / "beside", {"analyze", "--resume", "../shared"}), 1, "another process is at work", "another folder");
  expect_error(run(folder() / "beside", analyze({"../pictures/000.png", "--output", "../shared"})), 2, "holds an analysis already", "--resume");
  std::array<char, 4096> rest;
  while (::read(ends[0], rest.data(), rest.size()) > 0) {
  }
  ::close(ends[0]);
  EXPECT_EQ(testing::wait_for(first), 0);
  EXPECT_EQ(rows_in(folder() / "shared/results.jsonl").first, 100u);
  EXPECT_EQ(run(folder(), {"analyze", "--resume", "shared"}).code, 0) << "afterwards the folder is open again";
}

TEST_F(AnalyzeFaults, WhatAKilledRunLeftUnfinishedGoesWithTheNextOne) {
  const pid_t child = testing::start_program(MIEN_PROGRAM, folder(), analyze({"clip.mp4", "--annotate", "--formats", "csv", "--output", "killed"}));
  const auto copy_begun = [&] {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder() / "killed/annotated", none))
      if (entry.path().filename().string().find(".tmp-") != std::string::npos) return true;
    return false;
  };
  for (int i = 0; i < 3000 && !copy_begun(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(copy_begun()) << "no copy of the video was begun";
  ::kill(child, SIGKILL);
  testing::wait_for(child);
  ASSERT_TRUE(copy_begun()) << "it should have been killed while it wrote";
  const auto outcome = run(folder(), {"analyze", "--resume", "killed"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_FALSE(copy_begun());
  EXPECT_NE(outcome.err.find("removed 1 unfinished file"), std::string::npos) << outcome.err;
  EXPECT_EQ(readable_frames(folder() / "killed/annotated/clip.mp4"), 100u);
}

TEST_F(AnalyzeFaults, AnAnalysisGoesOnFromAnotherWorkingFolder) {
  fs::create_directories(folder() / "elsewhere");
  ASSERT_EQ(run(folder(), analyze({"pictures", "--output", "moved", "--formats", "csv"})).code, 0);
  const std::string whole = read_text(folder() / "moved/results.jsonl");
  for (const char* name : {"results.jsonl", "results.csv", "progress.json"}) ASSERT_TRUE(fs::remove(folder() / "moved" / name));
  const auto outcome = run(folder() / "elsewhere", {"analyze", "--resume", "../moved"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(read_text(folder() / "moved/results.jsonl"), whole);
  EXPECT_TRUE(fs::exists(folder() / "moved/results.csv"));
}

TEST_F(AnalyzeFaults, ActionUnitsOfAVideoAreSettledOverItsWholeLength) {
  ASSERT_EQ(run(folder(), analyze({"clip.mp4", "--output", "units", "--formats", "csv"})).code, 0);
  const fs::path journal = folder() / "units/results.jsonl";
  std::size_t faces = 0;
  for (const auto& frame : frames_in(journal)) {
    if (frame.at("frame").get<int>() >= 12) continue;
    for (const auto& face : frame.at("faces")) {
      EXPECT_TRUE(face.at("action_units").at("AU02").is_number()) << "told from the first frame on: frame " << frame.at("frame");
      ++faces;
    }
  }
  EXPECT_GT(faces, 5u);
  // Measured once more over the whole video, nothing changes.
  const std::string told = read_text(journal);
  AnalysisJob job;
  job.sources = {{MediaSource::Kind::video, "clip.mp4", ""}};
  measure_against_whole_videos(job, info_of_results(journal), folder() / "units");
  EXPECT_EQ(read_text(journal), told);
}

TEST_F(AnalyzeFaults, AFaceAtRestThatIsGivenHoldsForPicturesAndVideosAlike) {
  const auto outcome = run(folder(), analyze({"pictures/010.png", "clip.mp4", "--every", "10", "--baseline", "pictures/010.png", "--output", "rest", "--formats", "csv"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("pictures/010.png: 2 faces; the largest is taken as the face at rest"), std::string::npos) << outcome.err;
  const auto stored = nlohmann::json::parse(read_text(folder() / "rest/analysis.json"));
  FaceMeasures rest;
  rest.values = stored.at("neutral").get<decltype(FaceMeasures::values)>();
  std::size_t faces = 0;
  for (const auto& frame : frames_in(folder() / "rest/results.jsonl"))
    for (const auto& face : frame.at("faces")) {
      Points points;
      for (const auto& p : face.at("landmarks")) points.emplace_back(p[0].get<float>(), p[1].get<float>());
      EXPECT_NEAR(face.at("action_units").at("AU02").get<double>(), estimate_action_units(points, rest)[1], 0.1) << frame.at("source");
      ++faces;
    }
  EXPECT_GT(faces, 5u);
}

TEST_F(AnalyzeFaults, AClipThatBreaksOffShowsTheFaceAtRestAsFarAsItGoes) {
  const std::string whole = read_text(folder() / "clip.mp4");
  write_atomically(folder() / "rest.mp4", whole.substr(0, whole.size() * 3 / 5));
  const auto outcome = run(folder(), analyze({"pictures/010.png", "--baseline", "rest.mp4", "--output", "rested", "--formats", "csv"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("what came before is taken as the face at rest"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace mien
