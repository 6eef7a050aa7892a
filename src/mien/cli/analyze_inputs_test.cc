// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// What folders, lists and pipes may hold, and what becomes of stdout.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "mien/cli/analyze_test_fixture.h"
#include "mien/image/decode.h"
#include "mien/image/decode_fixtures.h"

namespace mien {
namespace {

using namespace analyze_tests;
using testing::Outcome;

class AnalyzeInputs : public AnalyzeProgram {
 protected:
  static Outcome shell(const std::string& command) { return testing::run_program("/bin/bash", folder(), {"-c", command}); }
  static std::string program() { return "'" MIEN_PROGRAM "'"; }
  static void write(const fs::path& file, const std::string& bytes) {
    fs::create_directories(file.parent_path());
    write_atomically(file, bytes);
  }
};

TEST_F(AnalyzeInputs, AMixedFolderIsLookedAtByContentAndWhatIsLeftOutIsNamed) {
  const fs::path media = folder() / "mixed";
  fs::create_directories(media / "inner");
  fs::copy_file(folder() / "pictures/020.png", media / "no-extension");
  fs::copy_file(folder() / "pictures/040.png", media / "picture.dat");
  fs::copy_file(folder() / "clip.mp4", media / "inner" / "clip");
  for (const auto& fixture : testing::format_fixtures())
    for (const std::string name : {"tiff rgb", "gif", "heic lossless", "avif lossless"})
      if (fixture.name == name) {
        const auto bytes = testing::from_base64(fixture.file);
        write(media / ("small." + name.substr(0, name.find(' '))), {bytes.begin(), bytes.end()});
      }
  write(media / "notes.txt", "no picture");
  write(media / "empty.dat", "");
  fs::create_directory_symlink(media, media / "inner" / "loop");
  ASSERT_EQ(::mkfifo((media / "pipe.jpg").c_str(), 0666), 0);
  const auto outcome = run(folder(), analyze({"mixed", "--every", "20", "--formats", "csv", "--output", "mixed-out"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("looked at 6 pictures and 1 video"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("4 left out: "), std::string::npos) << outcome.out;
  for (const char* part : {"1 no picture or video (mixed/notes.txt)", "1 empty (mixed/empty.dat)", "1 a pipe (mixed/pipe.jpg)", "the folder mixed again (mixed/inner/loop)"})
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part << " is not in " << outcome.out;
  const auto strict = run(folder(), analyze({"mixed", "--strict", "--every", "20", "--formats", "csv", "--output", "strict-out", "--format", "json"}));
  EXPECT_EQ(strict.code, 1) << strict.err;
  EXPECT_NE(strict.out.find("{\"path\":\"mixed/notes.txt\",\"reason\":\"no picture or video\"}"), std::string::npos) << strict.out;
  fs::remove(media / "notes.txt");
  fs::remove(media / "empty.dat");
  fs::remove(media / "pipe.jpg");
  EXPECT_EQ(run(folder(), analyze({"mixed", "--strict", "--every", "20", "--formats", "csv", "--output", "loop-out"})).code, 0) << "a loop loses nothing";
}

/// 111 megapixels are looked at at half their size; positions are those of the file.
TEST_F(AnalyzeInputs, PhotographsAboveTheLimitKeepTheirPixels) {
  const fs::path small = folder() / "pictures/020.png", large = folder() / "large.jpg";
  constexpr int times = 22;
  cv::Mat enlarged;
  cv::resize(read_image(small), enlarged, {}, times, times, cv::INTER_LINEAR);
  write_image(large, enlarged);
  ASSERT_EQ(run(folder(), analyze({small.string(), "--formats", "csv", "--output", "small-out"})).code, 0);
  const auto outcome = run(folder(), analyze({large.string(), "--annotate", "--formats", "csv,html", "--output", "large-out"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto expected = frames_in(folder() / "small-out/results.jsonl").at(0), found = frames_in(folder() / "large-out/results.jsonl").at(0);
  EXPECT_EQ(found.at("width"), 640 * times);
  EXPECT_EQ(found.at("height"), 360 * times);
  ASSERT_EQ(found.at("faces").size(), expected.at("faces").size());
  ASSERT_GT(found.at("faces").size(), 0u);
  for (std::size_t i = 0; i < found.at("faces").size(); ++i) {
    const auto a = expected.at("faces")[i].at("box"), b = found.at("faces")[i].at("box");
    const double width = times * a[2].get<double>();
    for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(b[k].get<double>(), times * a[k].get<double>(), 0.15 * width) << i << " " << k;
  }
  EXPECT_TRUE(fs::exists(folder() / "large-out/annotated/large.jpg"));
}

TEST_F(AnalyzeInputs, PipesAreReadOnceAndUsedAgain) {
  ASSERT_EQ(::mkfifo((folder() / "faces.pipe").c_str(), 0666), 0);
  const auto outcome = shell("cat pictures/020.png > faces.pipe & timeout -s KILL 120 " + program() + " analyze --weights '" + model +
                             "' faces.pipe <(cat clip.mp4) --every 20 --annotate --output pipe-out");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const auto frames = frames_in(folder() / "pipe-out/results.jsonl");
  ASSERT_EQ(frames.size(), 6u);
  EXPECT_EQ(frames[0].at("source"), "pipe-out/from_pipes/faces.pipe");
  EXPECT_TRUE(fs::exists(folder() / "pipe-out/annotated/faces.jpg"));
  const auto predicted = shell("cat pictures/020.png > faces.pipe & timeout -s KILL 120 " + program() + " predict --weights '" + model + "' faces.pipe");
  EXPECT_EQ(predicted.code, 0) << predicted.err;
  EXPECT_NE(predicted.out.find("faces.pipe  "), std::string::npos);
}

/// Nobody writes: the first SIGTERM is enough.
TEST_F(AnalyzeInputs, WaitingForAPipeEndsWithTheFirstSignal) {
  ASSERT_EQ(::mkfifo((folder() / "silent").c_str(), 0666), 0);
  for (const char* command : {"predict", "analyze"}) {
    const auto outcome = shell(program() + " " + command + " --weights '" + model +
                               "' silent & child=$!; sleep 4; kill -TERM $child; "
                               "for i in $(seq 200); do kill -0 $child 2>/dev/null || break; sleep 0.1; done; kill -KILL $child 2>/dev/null; wait $child");
    EXPECT_EQ(outcome.code, 130) << command << ": " << outcome.err;
    EXPECT_NE(outcome.err.find("error: "), std::string::npos) << outcome.err;
  }
}

TEST_F(AnalyzeInputs, ListsFromFindAndFromWindows) {
  const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  const auto by_nul = shell("find pictures -name '*0.png' -print0 | " + program() + " predict --weights '" + model + "' -");
  EXPECT_EQ(by_nul.code, 0) << by_nul.err;
  EXPECT_EQ(lines(by_nul.out), 10);
  const auto marked = shell("(printf '\\xef\\xbb\\xbf'; printf 'pictures/000.png\\r\\npictures/010.png\\r\\n') | " + program() + " predict --weights '" + model + "' -");
  EXPECT_EQ(marked.code, 0) << marked.err;
  EXPECT_EQ(lines(marked.out), 2);
}

/// Like other programs: no complaint, and an exit code that says that something is missing.
TEST_F(AnalyzeInputs, AReaderThatHasGoneEndsTheProgramQuietly) {
  const auto outcome = shell("yes pictures/000.png | head -3000 | " + program() + " -q predict --weights '" + model +
                             "' --batch-size 4 - | head -1; exit ${PIPESTATUS[2]}");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "");
  const auto analysis = shell(program() + " -q analyze --weights '" + model + "' pictures --format csv --output gone | head -1; exit ${PIPESTATUS[0]}");
  EXPECT_EQ(analysis.code, 1) << analysis.err;
  EXPECT_EQ(analysis.err, "");
  EXPECT_EQ(run(folder(), {"analyze", "--resume", "gone"}).code, 0) << "nothing that was computed is lost";
  EXPECT_EQ(frames_in(folder() / "gone/results.jsonl").size(), 20u);
}

TEST_F(AnalyzeInputs, AFullDiskBehindStdoutIsNoticedAtTheFirstRow) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "needs /dev/full";
  const auto outcome = shell("yes pictures/000.png | head -300 | " + program() + " predict --weights '" + model + "' --batch-size 4 - > /dev/full; exit ${PIPESTATUS[2]}");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("error: the result could not be written to stdout: No space left on device"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.err.find("300 files, 0 failed"), std::string::npos) << "it went on to the end: " << outcome.err;
}

TEST_F(AnalyzeInputs, PredictNamesWhatItLeavesOut) {
  const fs::path media = folder() / "crops";
  fs::create_directories(media);
  fs::copy_file(folder() / "pictures/020.png", media / "plain");
  write(media / "notes.txt", "x");
  const auto outcome = run(folder(), {"predict", "--weights", model, "crops"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("1 left out: 1 no picture (crops/notes.txt)"), std::string::npos) << outcome.err;
  EXPECT_EQ(run(folder(), {"predict", "--strict", "--weights", model, "crops"}).code, 1);
}

}  // namespace
}  // namespace mien
