// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// Rows on stdout while the program runs.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "mien/cli/analyze_test_fixture.h"

namespace mien {
namespace {

using namespace analyze_tests;

class AnalyzeStream : public AnalyzeProgram {
 protected:
  /// Starts the program with a pipe for stdout.
  void start(std::vector<std::string> arguments) {
    std::array<int, 2> ends;
    ASSERT_EQ(::pipe(ends.data()), 0);
    child_ = testing::start_program(MIEN_PROGRAM, folder(), analyze(std::move(arguments)), "", ends[1]);
    ::close(ends[1]);
    exit_ = ends[0];
  }
  void TearDown() override {
    if (exit_ >= 0) ::close(exit_);
  }
  /// Reads on until there are so many lines, or to the end; false at the end.
  bool read_lines(std::int64_t lines) {
    std::array<char, 1024> text;
    while (std::count(out_.begin(), out_.end(), '\n') < lines) {
      const ssize_t count = ::read(exit_, text.data(), text.size());
      if (count <= 0) return false;
      out_.append(text.data(), static_cast<std::size_t>(count));
    }
    return true;
  }

  /// A table without the columns that are settled at the end of a video.
  static std::string without_action_units(const std::string& csv) {
    const auto lines = split(trim(csv), '\n');
    const auto names = split(lines.at(0), ',');
    std::string kept;
    for (const auto& line : lines) {
      const auto cells = split(line, ',');
      for (std::size_t i = 0; i < cells.size(); ++i)
        if (names.at(i).rfind("AU", 0) != 0) kept += cells[i] + ",";
      kept += "\n";
    }
    return kept;
  }

  pid_t child_ = -1;
  int exit_ = -1;
  std::string out_;
};

// While nobody reads, the program can only go on as far as the pipe holds.
constexpr std::size_t pipe_bytes = 65536;

TEST_F(AnalyzeStream, TheFirstRowsAreOutLongBeforeTheEnd) {
  start({"clip.mp4", "--format", "csv", "--formats", "csv", "--output", "live"});
  ASSERT_TRUE(read_lines(3));
  EXPECT_FALSE(fs::exists(folder() / "live/results.csv")) << "it is written at the end";
  EXPECT_EQ(::waitpid(child_, nullptr, WNOHANG), 0) << "the program still runs";
  EXPECT_FALSE(read_lines(1'000'000));
  EXPECT_EQ(testing::wait_for(child_), 0);
  EXPECT_EQ(without_action_units(out_), without_action_units(read_text(folder() / "live/results.csv")));
  EXPECT_GT(out_.size(), 2 * pipe_bytes) << "else the program could have ended before anybody read";
}

TEST_F(AnalyzeStream, JsonRowsAreThoseOfTheJournalAndTheLastLineSumsUp) {
  start({"pictures", "clip.mp4", "--format", "json", "--formats", "csv", "--output", "lines"});
  ASSERT_TRUE(read_lines(2));
  EXPECT_FALSE(fs::exists(folder() / "lines/results.csv"));
  EXPECT_FALSE(read_lines(1'000'000));
  EXPECT_EQ(testing::wait_for(child_), 0);
  const auto rows = frames_in(folder() / "lines/results.jsonl");
  const auto lines = split(trim(out_), '\n');
  ASSERT_EQ(lines.size(), rows.size() + 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto live = nlohmann::json::parse(lines[i]), final = rows[i];
    // People's faces at rest are known when their video has ended.
    if (final.at("video").get<bool>())
      for (auto* frame : {&live, &final})
        for (auto& face : frame->at("faces")) face.erase("action_units");
    EXPECT_EQ(live, final) << i;
  }
  const auto summary = nlohmann::json::parse(lines.back()).at("summary");
  EXPECT_EQ(summary.at("frames"), 120);
  EXPECT_EQ(summary.at("failed"), 0);
}

}  // namespace
}  // namespace mien
