// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Reproduces two rows of a study at smoke scale with the built program: killed, interrupted, gone on with, refused.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "mien/base/csv.h"
#include "mien/base/files.h"
#include "mien/testing/program.h"

namespace mien {
namespace {

using testing::Outcome;
using Words = std::vector<std::string>;

Words two_rows(const std::string& output, const Words& more = {}) {
  Words words{"reproduce", "pal-attribution",
              "--data",    "procedural:120",
              "--scale",   "smoke",
              "--only",    "baseline,grad-input-half",
              "--output",  output,
              "--seeds",   "1",
              "--set",     "input_size=32",
              "--set",     "threads=1",
              "--set",     "width=0.125",
              "--set",     "save_every_s=0",
              "--set",     "precision=fp32"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Outcome run(const fs::path& folder, const Words& words) { return testing::run_program(MIEN_PROGRAM, folder, words); }

template <typename F>
bool wait_until(const F& is) {
  for (int i = 0; i < 1200; ++i) {
    if (is()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

nlohmann::json table_of(const fs::path& output) {
  return nlohmann::json::parse(read_text(output / "pal-attribution" / "table.json"));
}

const nlohmann::json& row(const nlohmann::json& table, const std::string& key) {
  for (const auto& one : table.at("rows"))
    if (one.at("row") == key) return one;
  throw std::runtime_error("no row " + key);
}

TEST(ReproduceProgram, ListsStudies) {
  const TemporaryFolder folder;
  const Outcome outcome = run(folder.path(), {"reproduce", "--format", "json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto studies = nlohmann::json::parse(outcome.out);
  ASSERT_GE(studies.size(), 2u);
  EXPECT_EQ(studies[0].at("study"), "pal-attribution");
  EXPECT_EQ(studies[0].at("published for"), "rafdb");
}

TEST(ReproduceProgram, AKilledTableGoesOnAndEndsAsOneThatWasNot) {
  const TemporaryFolder folder;
  const auto whole = run(folder.path(), two_rows("whole", {"--format", "json"}));
  ASSERT_EQ(whole.code, 0) << whole.err;

  const auto state = [&](const char* name) {
    return folder.path() / "killed" / "runs" / name / "weights" / "last.state.safetensors";
  };
  pid_t child = testing::start_program(MIEN_PROGRAM, folder.path(), two_rows("killed"));
  ASSERT_TRUE(wait_until([&] { return fs::exists(state("baseline-s1")); }));
  ::kill(child, SIGKILL);
  EXPECT_EQ(testing::wait_for(child), 128 + SIGKILL);

  child = testing::start_program(MIEN_PROGRAM, folder.path(), two_rows("killed"));
  ASSERT_TRUE(wait_until([&] { return fs::exists(state("grad-input-half-s1")); }));
  ::kill(child, SIGINT);
  EXPECT_EQ(testing::wait_for(child), 130);
  EXPECT_EQ(row(table_of(folder.path() / "killed"), "baseline").at("runs").at(0).at("state"), "finished");

  const auto last = run(folder.path(), two_rows("killed", {"--format", "json"}));
  ASSERT_EQ(last.code, 0) << last.err;
  const auto a = nlohmann::json::parse(whole.out), b = nlohmann::json::parse(last.out);
  for (const char* key : {"baseline", "grad-input-half"}) {
    EXPECT_EQ(row(a, key).at("test_accuracy"), row(b, key).at("test_accuracy")) << key;
    EXPECT_EQ(row(a, key).at("validation_accuracy"), row(b, key).at("validation_accuracy")) << key;
    EXPECT_TRUE(row(b, key).at("measurements").contains("valid/prior_correlation")) << key;
  }

  // What is finished is neither trained nor scored again.
  const fs::path predictions = folder.path() / "killed/runs/baseline-s1/test/predictions.csv";
  const auto written = fs::last_write_time(predictions);
  const Outcome again = run(folder.path(), two_rows("killed", {"--format", "markdown"}));
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, read_text(folder.path() / "killed/pal-attribution/table.md"));
  EXPECT_EQ(fs::last_write_time(predictions), written);

  const Outcome refused = run(folder.path(), two_rows("killed", {"--set", "epochs=1"}));
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("--set training.epochs was nothing and is now '1'"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("--output"), std::string::npos) << refused.err;
}

TEST(ReproduceProgram, DryRunPrintsTheCommandOfEveryRun) {
  const TemporaryFolder folder;
  const Outcome outcome = run(folder.path(), {"reproduce", "pal-channels", "--data", "procedural:60", "--scale", "smoke",
                                              "--seeds", "2", "--output", "out", "--dry-run", "--format", "csv"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_FALSE(fs::exists(folder.path() / "out"));
  write_atomically(folder.path() / "plan.csv", outcome.out);
  const CsvTable plan = read_csv(folder.path() / "plan.csv", true);
  ASSERT_EQ(plan.rows.size(), 10u);
  EXPECT_EQ(plan.rows[4][0] + plan.rows[4][1], "grad-input-mean1");
  EXPECT_EQ(plan.rows[5][0] + plan.rows[5][1], "baseline2");
  for (const auto& run : plan.rows) EXPECT_EQ(run[3].rfind("mien train --data procedural:60 ", 0), 0u) << run[3];
}

TEST(ReproduceProgram, MistakesGetOneClearLine) {
  const TemporaryFolder folder;
  const auto refused = [&](const Words& words, int code, const std::string& message) {
    Words all{"reproduce"};
    all.insert(all.end(), words.begin(), words.end());
    const Outcome outcome = run(folder.path(), all);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_NE(outcome.err.find(message), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("hint: "), std::string::npos) << outcome.err;
  };
  refused({"pal-atribution"}, 2, "unknown study 'pal-atribution'");
  refused({"pal-channels", "--output", "o"}, 2, "no data set given");
  refused({"pal-channels", "--data", "procedural:60"}, 2, "no folder for the runs");
  refused({"pal-channels", "--data", "procedural:60", "--output", "o", "--scale", "huge"}, 2, "no scale 'huge'");
  refused({"pal-channels", "--data", "procedural:60", "--output", "o", "--scale", "full"}, 2, "needs the option weights");
  refused({"pal-channels", "--data", "procedural:60", "--output", "o", "--scale", "smoke", "--only", "half"}, 2, "no row 'half'");
  refused({"pal-channels", "--data", "ferplus:absent", "--output", "o"}, 1, "absent");
  EXPECT_FALSE(fs::exists(folder.path() / "o"));
}

}  // namespace
}  // namespace mien
