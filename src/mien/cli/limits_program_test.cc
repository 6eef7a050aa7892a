// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// The built program under signals, limits of the system, kills, long names and damaged files.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <thread>

#include "mien/base/files.h"
#include "mien/image/encode.h"
#include "mien/testing/program.h"

namespace mien {
namespace {

using testing::expect_error;
using testing::Outcome;

class LimitsProgram : public ::testing::Test {
 protected:
  Outcome run(const std::string& arguments) { return testing::run_in_shell(MIEN_PROGRAM, folder_.path(), arguments); }
  /// The same under a command of the shell, such as "ulimit -v 1000;".
  Outcome run_after(const std::string& shell, const std::string& arguments) {
    return testing::run_program("/bin/sh", folder_.path(), {"-c", shell + " exec '" MIEN_PROGRAM "' " + arguments});
  }
  pid_t start(const std::vector<std::string>& arguments) {
    return testing::start_program(MIEN_PROGRAM, folder_.path(), arguments);
  }
  std::string errors() const {
    const fs::path file = folder_.path() / "stderr.txt";
    return fs::exists(file) ? read_text(file) : "";
  }
  static bool wait_until(const std::function<bool()>& there) {
    for (int i = 0; i < 3000; ++i) {
      if (there()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  /// Waits until the program, which may be slow to load, catches SIGTERM; false after 20 s.
  static bool catches_signals(pid_t child) {
    for (int i = 0; i < 2000; ++i) {
      const std::string status = read_text("/proc/" + std::to_string(child) + "/status");
      const auto at = status.find("SigCgt:");
      if (at != std::string::npos && (std::stoull(status.substr(at + 7), nullptr, 16) >> (SIGTERM - 1) & 1) != 0) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  /// Files of the folder (not below) whose names contain `part`.
  std::vector<fs::path> files_with(const std::string& part, const fs::path& folder) const {
    std::vector<fs::path> found;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored))
      if (entry.path().filename().string().find(part) != std::string::npos) found.push_back(entry.path());
    return found;
  }
  TemporaryFolder folder_{"mien-limits-test"};
};

/// Training trees is one call of a library that asks nobody; these would take an hour.
TEST_F(LimitsProgram, SignalsEndWhatAsksNobody) {
  for (const int signal : {SIGTERM, SIGHUP, SIGINT}) {
    fs::remove(folder_.path() / "stderr.txt");
    const pid_t child = start({"landmarks", "train", "--data", "procedural:150", "--split", "all", "--detector", "reference",
                               "--output", "a.dat", "--trees", "5000", "--cascade-depth", "100", "--oversampling", "100"});
    ASSERT_TRUE(catches_signals(child));
    std::this_thread::sleep_for(std::chrono::seconds(2));
    ::kill(child, signal);
    EXPECT_EQ(testing::wait_for(child), 130) << signal;
    EXPECT_EQ(errors(), "error: interrupted\n") << signal;
    EXPECT_FALSE(fs::exists(folder_.path() / "a.dat"));
  }
}

/// nohup: who ignores SIGHUP wants the work to go on without a terminal.
TEST_F(LimitsProgram, AnIgnoredHangUpStaysIgnored) {
  const auto before = ::signal(SIGHUP, SIG_IGN);
  const pid_t child = start({"data", "pack", "procedural:400", "-o", "shards", "--name", "faces"});
  ::signal(SIGHUP, before);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  ::kill(child, SIGHUP);
  EXPECT_EQ(testing::wait_for(child), 0) << errors();
  EXPECT_TRUE(fs::exists(folder_.path() / "shards" / "faces.json"));
}

TEST_F(LimitsProgram, TooLittleAddressSpaceIsSaid) {
  for (const int kilobytes : {100'000, 200'000, 300'000, 450'000}) {
    const Outcome outcome = run_after("ulimit -v " + std::to_string(kilobytes) + ";", "data stats procedural:8");
    // So little that not even the libraries can be loaded is the system's loader to say.
    if (outcome.code == 127 && outcome.err.find("shared librar") != std::string::npos) continue;
    expect_error(outcome, 1, "address space", "ulimit -v");
  }
}

TEST_F(LimitsProgram, TooFewThreadsAreSaid) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs the right to be another user, whose processes can be counted";
  fs::permissions(folder_.path(), fs::perms::all);
  for (const int most : {1, 2, 3}) {
    const Outcome outcome =
        testing::run_program("/usr/bin/env", folder_.path(),
                             {"setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "prlimit",
                              "--nproc=" + std::to_string(most), MIEN_PROGRAM, "data", "stats", "procedural:8"});
    if (outcome.code == 127 || outcome.err.find("Permission denied") != std::string::npos) GTEST_SKIP() << outcome.err;
    EXPECT_EQ(outcome.code, 1) << outcome.err;
    EXPECT_NE(outcome.err.find("ulimit -u"), std::string::npos) << outcome.err;
  }
}

TEST_F(LimitsProgram, AKilledRunsUnfinishedFilesGoWithTheNextOne) {
  const fs::path shards = folder_.path() / "shards";
  pid_t child = start({"data", "pack", "procedural:4000", "-o", "shards", "--name", "large"});
  ASSERT_TRUE(wait_until([&] { return !files_with(".tmp-", shards).empty(); })) << errors();
  // Two at once in one folder: the second is refused, and takes nothing away from the first.
  expect_error(run("data pack procedural:4 -o shards --name small -q"), 1, "another process is at work in this folder",
               "another folder");
  EXPECT_EQ(files_with(".tmp-", shards).size(), 1u);
  ::kill(child, SIGKILL);
  testing::wait_for(child);
  EXPECT_EQ(files_with(".tmp-", shards).size(), 1u);
  const Outcome next = run("data pack procedural:4 -o shards --name small");
  EXPECT_EQ(next.code, 0) << next.err;
  EXPECT_NE(next.err.find("removed 1 unfinished file of earlier runs"), std::string::npos) << next.err;
  EXPECT_TRUE(files_with(".tmp-", shards).empty());

  child = start({"data", "clip", "--seconds", "3000", "-o", "clip.mp4"});
  ASSERT_TRUE(wait_until([&] { return files_with("clip.mp4.tmp-", folder_.path()).size() == 1; })) << errors();
  ::kill(child, SIGKILL);
  testing::wait_for(child);
  EXPECT_EQ(run("data clip --seconds 0.2 --width 64 --height 64 -o clip.mp4 -q").code, 0);
  EXPECT_TRUE(files_with(".tmp-", folder_.path()).empty());
  EXPECT_TRUE(fs::exists(folder_.path() / "clip.mp4"));
}

/// 255 bytes are the longest names; temporary ones are no longer.
TEST_F(LimitsProgram, LongNamesAreWritten) {
  const std::string clip = std::string(251, 'c') + ".mp4", sheet = std::string(251, 's') + ".png";
  EXPECT_EQ(run("data clip --seconds 0.2 --width 64 --height 64 -o " + clip).code, 0) << errors();
  EXPECT_EQ(run("data show procedural:4 -o " + sheet).code, 0) << errors();
  EXPECT_TRUE(fs::exists(folder_.path() / clip));
  EXPECT_TRUE(fs::exists(folder_.path() / sheet));
  EXPECT_EQ(run("data pack procedural:4 -o shards --name " + std::string(244, 'n')).code, 0) << errors();  // and -000000.tar
}

TEST_F(LimitsProgram, OneUnreadableFileIsLeftOutOfASheet) {
  for (const char* cls : {"anger", "happiness"}) {
    fs::create_directories(folder_.path() / "faces" / cls);
    write_image(folder_.path() / "faces" / cls / "good.png", cv::Mat(16, 16, CV_8UC3, cv::Scalar(1, 2, 3)));
  }
  write_atomically(folder_.path() / "faces" / "anger" / "broken.png", "no picture");
  const Outcome shown = run("data show folder:faces --export out");
  EXPECT_EQ(shown.code, 1);
  EXPECT_NE(shown.out.find("2 images on sheet.png"), std::string::npos) << shown.out;
  EXPECT_NE(shown.err.find("broken.png was left out"), std::string::npos) << shown.err;
  EXPECT_TRUE(fs::exists(folder_.path() / "sheet.png"));
  expect_error(run("data show procedural:3000 --count 3000 --columns 1000 --tile-px 96 -q"), 2, "106,010", "smaller pictures");
}

}  // namespace
}  // namespace mien
