// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// Looks at drawn pictures and clips, at broken input and at real media with the built program; kills it and lets it go on.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <map>
#include <thread>

#include "mien/base/random.h"
#include "mien/cli/analyze_test_fixture.h"

namespace mien {
namespace {

using namespace analyze_tests;
using testing::expect_error;

TEST_F(AnalyzeProgram, PicturesAndFramesOfAVideoGetTheSameAnswersHoweverManyThreadsWork) {
  ASSERT_EQ(run(folder(), analyze({"pictures", "--output", "p1", "--threads", "1"})).code, 0);
  ASSERT_EQ(run(folder(), analyze({"pictures", "--output", "p4", "--threads", "4"})).code, 0);
  EXPECT_EQ(read_text(folder() / "p1/results.jsonl"), read_text(folder() / "p4/results.jsonl"));
  ASSERT_EQ(run(folder(), analyze({"pictures/010.png", "--output", "single"})).code, 0);
  ASSERT_EQ(run(folder(), analyze({"clip.mp4", "--every", "5", "--detect-every", "1", "--no-identities", "--output", "v", "--threads", "3"})).code, 0);
  const auto pictures = frames_in(folder() / "p1/results.jsonl"), video = frames_in(folder() / "v/results.jsonl");
  ASSERT_EQ(pictures.size(), 20u);
  ASSERT_EQ(video.size(), pictures.size());
  EXPECT_EQ(frames_in(folder() / "single/results.jsonl").at(0), pictures[2]);
  std::size_t faces = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    EXPECT_EQ(pictures[i].at("faces"), video[i].at("faces")) << i;
    EXPECT_EQ(video[i].at("frame"), 5 * i);
    EXPECT_NEAR(video[i].at("time_s").get<double>(), static_cast<double>(5 * i) / fps, 1e-3);
    faces += pictures[i].at("faces").size();
  }
  EXPECT_GE(faces, 25u) << "of 20 frames with one or two people";
}

TEST_F(AnalyzeProgram, PeopleKeepTheirNumbersAndEveryFormatIsWritten) {
  const auto outcome = run(folder(), analyze({"clip.mp4", "--output", "all", "--formats", "csv,html,openface,pyfeat,deepface", "--annotate"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("2 people"), std::string::npos) << outcome.out;
  for (const char* name : {"results.jsonl", "results.csv", "report.html", "openface", "pyfeat.csv", "deepface.json", "annotated/clip.mp4"}) {
    EXPECT_TRUE(fs::exists(folder() / "all" / name)) << name;
    EXPECT_NE(outcome.out.find(name), std::string::npos) << name;
  }
  EXPECT_EQ(open_video(folder() / "all/annotated/clip.mp4")->info().width, 640);
  EXPECT_EQ(frames_in(folder() / "all/results.jsonl").size(), 100u);
}

TEST_F(AnalyzeProgram, KilledAtAnyMomentItGoesOnAndTheOutputIsThatOfAnUndisturbedRun) {
  const auto arguments = [](const std::string& output) {
    return analyze({"clip.mp4", "pictures", "again.mp4", "--detect-every", "5", "--smooth-s", "0.3", "--formats", "csv", "--output", output});
  };
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_EQ(run(folder(), arguments("whole")).code, 0);
  const auto whole = std::chrono::steady_clock::now() - begun;
  Random random(7);
  for (int round = 0; round < 3; ++round) {
    const std::string output = "killed" + std::to_string(round);
    for (int kill = 0; kill < 2; ++kill) {
      const bool resume = fs::exists(folder() / output / "analysis.json");
      const pid_t child = testing::start_program(MIEN_PROGRAM, folder(), resume ? std::vector<std::string>{"analyze", "--resume", output} : arguments(output));
      std::this_thread::sleep_for(whole * random.uniform());
      ::kill(child, SIGKILL);
      testing::wait_for(child);
    }
    const auto outcome = fs::exists(folder() / output / "analysis.json") ? run(folder(), {"analyze", "--resume", output, "--format", "csv"}) : run(folder(), arguments(output));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(read_text(folder() / output / "results.jsonl"), read_text(folder() / "whole/results.jsonl")) << round;
    EXPECT_EQ(read_text(folder() / output / "results.csv"), read_text(folder() / "whole/results.csv")) << round;
  }
}

TEST_F(AnalyzeProgram, BadInputIsARowWithAReasonAndTheRestGoesOn) {
  const fs::path bad = folder() / "bad";
  fs::create_directories(bad);
  const auto write = [&](const std::string& name, const std::string& content) { write_atomically(bad / name, content); };
  const std::string video = read_text(folder() / "clip.mp4");
  write("a-empty.jpg", "");
  write("b-text.png", "this is no picture");
  write("c-empty.mp4", "");
  write("d-text.mp4", "this is no video");
  write("e-cut.mp4", video.substr(0, video.size() / 3));
  write_image(bad / "f-one.png", cv::Mat(1, 1, CV_8UC3, cv::Scalar(9, 9, 9)));
  write_image(bad / "g-long.png", cv::Mat(2, 20000, CV_8UC1, cv::Scalar(128)));
  const auto outcome = run(folder(), analyze({"bad", "nowhere.jpg", "camera:77", "pictures/010.png", "--output", "b", "--formats", "csv,html"}));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.out.find("FAILED    7 of 10 files"), std::string::npos) << outcome.out << outcome.err;
  std::map<std::string, std::string> errors;
  std::map<std::string, std::size_t> faces;
  for (const auto& frame : frames_in(folder() / "b/results.jsonl")) {
    const std::string name = fs::path(frame.at("source").get<std::string>()).filename();
    errors[name] = frame.value("error", "");
    if (frame.contains("faces")) faces[name] = frame.at("faces").size();
  }
  ASSERT_EQ(errors.size(), 10u);
  for (const char* name : {"a-empty.jpg", "b-text.png", "c-empty.mp4", "d-text.mp4", "e-cut.mp4", "nowhere.jpg", "camera:77"}) {
    EXPECT_NE(errors[name], "") << name;
    EXPECT_NE(errors[name].find(name), std::string::npos) << errors[name];
    EXPECT_NE(outcome.err.find(errors[name].substr(0, 20)), std::string::npos) << name << " is not in " << outcome.err;
  }
  for (const char* name : {"f-one.png", "g-long.png", "010.png"}) EXPECT_EQ(errors[name], "") << name;
  EXPECT_EQ(faces["f-one.png"], 0u);
  EXPECT_GE(faces["010.png"], 1u);
}

TEST_F(AnalyzeProgram, MistakesOfANewUser) {
  expect_error(run(folder(), analyze({})), 2, "nothing to look at", "Give pictures");
  expect_error(run(folder(), analyze({"pictures", "--formats", "xlsx"})), 2, "unknown format 'xlsx'", "csv");
  expect_error(run(folder(), {"analyze", "pictures", "--weights", "none.onnx"}), 1, "none.onnx", "mien train");
  expect_error(run(folder(), {"analyze", "--resume", "pictures"}), 1, "holds no analysis to resume", "--output");
  expect_error(run(folder(), analyze({"pictures", "--detector", "onnx"})), 2, "needs a model file", "YuNet");
  ASSERT_EQ(run(folder(), analyze({"pictures/000.png", "--output", "once"})).code, 0);
  expect_error(run(folder(), analyze({"pictures/000.png", "--output", "once"})), 2, "holds an analysis already", "--resume once");
}

TEST_F(AnalyzeProgram, ListsOnStdinAndResultsOnStdout) {
  write_atomically(folder() / "list.txt", "pictures/000.png\n\npictures/005.png\n");
  const auto csv = run(folder(), {"analyze", "--format", "csv", "--weights", model, "-", "--output", "listed"}, "list.txt");
  ASSERT_EQ(csv.code, 0) << csv.err;
  EXPECT_EQ(csv.out.find("source,"), 0u) << csv.out.substr(0, 100);
  EXPECT_NE(csv.out.find("pictures/005.png"), std::string::npos);
  EXPECT_EQ(csv.out, read_text(folder() / "listed/results.csv"));
  const auto json = run(folder(), {"analyze", "--format", "json", "--weights", model, "pictures/000.png", "--output", "as-json"});
  ASSERT_EQ(json.code, 0) << json.err;
  const std::string rows = read_text(folder() / "as-json/results.jsonl");
  ASSERT_EQ(json.out.substr(0, rows.size()), rows);
  EXPECT_EQ(nlohmann::json::parse(json.out.substr(rows.size())).at("summary").at("sources"), 1);
}

/// The real pictures and videos: what must be seen in each.
TEST_F(AnalyzeProgram, RealMediaGetSaneAnswers) {
  const auto shared = testing::shared_folder();
  if (!shared || !fs::exists(*shared / "data/media")) GTEST_SKIP() << "needs the folder data/media of the shared data";
  const fs::path media = *shared / "data/media";
  const auto outcome = run(folder(), analyze({media.string(), "--output", "media", "--formats", "csv"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  std::map<std::string, std::vector<nlohmann::json>> frames;
  for (auto& frame : frames_in(folder() / "media/results.jsonl")) frames[fs::path(frame.at("source").get<std::string>()).filename()].push_back(frame);
  const auto faces = [&](const std::string& name) { return frames[name].at(0).at("faces").size(); };
  EXPECT_EQ(faces("cat.bmp"), 0u);
  EXPECT_EQ(faces("astronaut.png"), 1u);
  EXPECT_EQ(faces("grace_hopper.bmp"), 1u);
  EXPECT_EQ(faces("multi_face.jpg"), 4u) << "dlib does not see the face with sunglasses";
  EXPECT_GE(faces("face.jpg"), 2u);
  for (const char* name : {"lisa1.jpg", "lisa2.jpg", "lisa3.jpg", "lisa4.jpg", "zoom_15cm.jpg", "zoom_30cm.jpg", "zoom_45cm.jpg", "zoom_60cm.jpg"})
    EXPECT_EQ(faces(name), 1u) << name;
  ASSERT_EQ(frames["face_noface.mov"].size(), 169u);
  for (const auto& frame : frames["face_noface.mov"]) {
    const int number = frame.at("frame");
    if (number >= 2 && number <= 69) {
      EXPECT_EQ(frame.at("faces").size(), 1u) << number;
    } else if (number >= 74) {
      EXPECT_EQ(frame.at("faces").size(), 0u) << number;
    }
  }
  const auto& woman = frames["WolfgangLanger_Pexels.mp4"];
  ASSERT_EQ(woman.size(), 472u);
  std::map<int, int> people;
  for (const auto& frame : woman)
    for (const auto& face : frame.at("faces")) ++people[face.at("identity").get<int>()];
  EXPECT_GE(people[0], 420) << "of 472 frames with one woman";
}

TEST_F(AnalyzeProgram, AnotherDetectorSeesEveryoneOfAGroup) {
  const auto shared = testing::shared_folder();
  if (!shared || !fs::exists(*shared / "models/yunet_s_640_640.onnx")) GTEST_SKIP() << "needs YuNet and data/media of the shared data";
  const std::string picture = (*shared / "data/media/multi_face.jpg").string(), yunet = (*shared / "models/yunet_s_640_640.onnx").string();
  ASSERT_EQ(run(folder(), analyze({picture, "--detector", "onnx", "--detector-model", yunet, "--output", "group"})).code, 0);
  EXPECT_EQ(frames_in(folder() / "group/results.jsonl").at(0).at("faces").size(), 5u);
}

}  // namespace
}  // namespace mien
