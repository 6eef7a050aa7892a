// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// Files that cannot be read are counted, listed and named, and the rest is looked at.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include "mien/cli/analyze_test_fixture.h"
#include "mien/video/test_tone.h"

namespace mien {
namespace {

using namespace analyze_tests;
using testing::Outcome;

class AnalyzeBadInput : public AnalyzeProgram {
 protected:
  /// Two pictures and a short video that are fine, below a folder of the test's.
  fs::path good_media(const std::string& name) {
    const fs::path media = folder() / name;
    fs::create_directories(media);
    fs::copy_file(folder() / "pictures/010.png", media / "a-good.png");
    fs::copy_file(folder() / "pictures/020.png", media / "z-good.png");
    fs::copy_file(folder() / "clip.mp4", media / "good.mp4");
    return media;
  }
  void expect_failures(const Outcome& outcome, const std::string& output, const std::vector<std::string>& failing, std::size_t sources) {
    EXPECT_EQ(outcome.code, 1) << outcome.err;
    const std::string count = "FAILED    " + std::to_string(failing.size()) + " of " + std::to_string(sources) + " files";
    EXPECT_NE(outcome.out.find(count), std::string::npos) << outcome.out;
    std::map<std::string, std::string> errors;
    std::map<std::string, std::size_t> rows;
    for (const auto& frame : frames_in(folder() / output / "results.jsonl")) {
      const std::string name = fs::path(frame.at("source").get<std::string>()).filename();
      ++rows[name];
      if (frame.contains("error")) errors[name] = frame.at("error");
    }
    EXPECT_EQ(errors.size(), failing.size());
    for (const auto& name : failing) {
      EXPECT_EQ(rows[name], 1u) << name;
      EXPECT_NE(errors[name].find(name), std::string::npos) << "'" << errors[name] << "' names " << name;
      EXPECT_NE(outcome.err.find(errors[name]), std::string::npos) << errors[name] << " is not in " << outcome.err;
    }
    EXPECT_EQ(rows["a-good.png"], 1u);
    EXPECT_EQ(rows["z-good.png"], 1u);
    EXPECT_EQ(rows["good.mp4"], 20u);
  }
  static std::vector<std::string> analyze_some(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--every", "5", "--formats", "csv"});
    return analyze(std::move(arguments));
  }
};

TEST_F(AnalyzeBadInput, FilesThatVanishAfterTheyWereListed) {
  const fs::path media = good_media("going");
  fs::copy_file(media / "a-good.png", media / "b-going.png");
  fs::copy_file(media / "good.mp4", media / "c-going.mp4");
  ASSERT_EQ(run(folder(), analyze_some({"going", "--output", "vanish"})).code, 0);
  // Back to the moment when everything is listed and nothing looked at.
  for (const char* name : {"results.jsonl", "results.csv", "progress.json"}) ASSERT_TRUE(fs::remove(folder() / "vanish" / name));
  fs::remove(media / "b-going.png");
  fs::remove(media / "c-going.mp4");
  expect_failures(run(folder(), {"analyze", "--resume", "vanish"}), "vanish", {"b-going.png", "c-going.mp4"}, 5);
}

TEST_F(AnalyzeBadInput, ThingsThatAreNoFiles) {
  const fs::path media = good_media("odd");
  fs::create_directories(media / "folder.jpg");
  fs::create_symlink("nowhere.png", media / "dangling.png");
  fs::create_symlink("circle.png", media / "circle.png");
  fs::create_symlink("nowhere.mp4", media / "dangling.mp4");
  ASSERT_EQ(::mkfifo((media / "pipe.jpg").c_str(), 0666), 0);
  ASSERT_EQ(::mkfifo((media / "pipe.mp4").c_str(), 0666), 0);
  const auto outcome = run(folder(), analyze_some({"odd/*", "--output", "odd-out"}));
  expect_failures(outcome, "odd-out", {"folder.jpg", "dangling.png", "circle.png", "dangling.mp4", "pipe.jpg", "pipe.mp4"}, 9);
}

TEST_F(AnalyzeBadInput, FilesThatMayNotBeRead) {
  const fs::path media = good_media("private");
  fs::copy_file(media / "a-good.png", media / "b-secret.png");
  fs::copy_file(media / "good.mp4", media / "c-secret.mp4");
  for (const char* name : {"b-secret.png", "c-secret.mp4"}) fs::permissions(media / name, fs::perms::none);
  std::string program = MIEN_PROGRAM;
  std::vector<std::string> arguments;
  if (::geteuid() == 0) {  // may read everything
    program = "/usr/bin/setpriv";
    arguments = {"--reuid", "65534", "--regid", "65534", "--clear-groups", MIEN_PROGRAM};
    fs::permissions(folder(), fs::perms::all);
    auto version = arguments;
    version.push_back("--version");
    if (!fs::exists(program) || testing::run_program(program, folder(), version).code != 0)
      GTEST_SKIP() << "root may read everything, and the program cannot be run as another user here";
  }
  for (const auto& argument : analyze_some({"private", "--output", "private-out"})) arguments.push_back(argument);
  expect_failures(testing::run_program(program, folder(), arguments), "private-out", {"b-secret.png", "c-secret.mp4"}, 5);
}

TEST_F(AnalyzeBadInput, SoundWithoutPictures) {
  const fs::path media = good_media("sounding");
  test_videos::write_tone(media / "tone.mp4", AV_CODEC_ID_AAC, 0.5);
  test_videos::write_tone(media / "tone.mkv", AV_CODEC_ID_PCM_S16LE, 0.5);
  fs::path wave = media / "wave.avi";
  test_videos::write_tone(media / "wave.wav", AV_CODEC_ID_PCM_S16LE, 0.5);
  fs::rename(media / "wave.wav", wave);
  const auto outcome = run(folder(), analyze_some({"sounding", "--output", "sound-out"}));
  expect_failures(outcome, "sound-out", {"tone.mp4", "tone.mkv", "wave.avi"}, 6);
  for (const char* reason : {"tone.mp4: has no video stream", "tone.mkv: has no video stream", "wave.avi: holds sound only"})
    EXPECT_NE(outcome.err.find(reason), std::string::npos) << reason << " is not in " << outcome.err;
}

}  // namespace
}  // namespace mien
