// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Runs the built program as a user does and looks at exit code, stdout and stderr.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/image/decode.h"
#include "mien/testing/program.h"

namespace mien {

namespace {

using testing::expect_error;
using testing::Outcome;

class Program : public ::testing::Test {
 protected:
  /// Runs the program in the temporary folder with the arguments as the shell would split them.
  Outcome run(const std::string& arguments) { return testing::run_in_shell(MIEN_PROGRAM, folder_.path(), arguments); }
  std::string write(const std::string& name, const std::string& content) {
    fs::create_directories((folder_.path() / name).parent_path());
    write_atomically(folder_.path() / name, content);
    return name;
  }
  TemporaryFolder folder_{"mien-program-test"};
};

TEST_F(Program, VersionAndHelp) {
  const auto version = run("--version");
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.out.find("mien " MIEN_TEST_VERSION " (commit "), 0u) << version.out;
  for (const char* arguments : {"--help", "data --help", "data stats --help", "doctor --help"}) {
    const auto help = run(arguments);
    EXPECT_EQ(help.code, 0) << arguments;
    EXPECT_NE(help.out.find("Usage: mien"), std::string::npos) << help.out;
    EXPECT_EQ(help.err, "");
  }
}

TEST_F(Program, UnknownFlagNamesTheNearest) {
  expect_error(run("data stats procedural:8 --drop-leeks"), 2, "unknown flag '--drop-leeks'", "Did you mean '--drop-leaks'?");
  expect_error(run("data stats procedural:8 --formt json"), 2, "unknown flag '--formt'", "Did you mean '--format'?");
  expect_error(run("doctor --zzzzzz"), 2, "unknown flag '--zzzzzz'", "mien doctor --help");
}

TEST_F(Program, UnknownCommandNamesTheNearest) {
  expect_error(run("docter"), 2, "unknown command 'mien docter'", "Did you mean 'doctor'?");
  expect_error(run("data stat"), 2, "unknown command 'mien data stat'", "Did you mean 'stats'?");
  expect_error(run("data"), 2, "'mien data' needs a command", "formats");
  expect_error(run(""), 2, "'mien' needs a command", "doctor");
  expect_error(run("data stats procedural:8 extra"), 2, "unexpected argument 'extra'", "--help");
}

TEST_F(Program, MissingAndWrongValues) {
  expect_error(run("data stats procedural:8 --labels"), 2, "--labels", "mien data stats --help");
  expect_error(run("data stats procedural:8 --labels --seed 3"), 2, "a value is missing before '--seed'", "--help");
  expect_error(run("data stats procedural:8 --classes eight"), 2, "--classes: expected a whole number, found 'eight'", "");
  expect_error(run("data stats procedural:8 --classes 9"), 2, "out of range [7, 8]", "");
  expect_error(run("data stats procedural:8 --format xml"), 2, "--format", "--help");
  expect_error(run("data show procedural:8 --format csv"), 2, "cannot write its result as csv", "--format text");
  expect_error(run("data stats"), 2, "no data set given", "mien data formats");
  expect_error(run("data pack procedural:8"), 2, "--output", "--help");
}

TEST_F(Program, ConfigFileMistakesNameTheLine) {
  write("c.toml", "[data]\nsede = 3\n");
  expect_error(run("data stats procedural:8 --config c.toml"), 2, "c.toml:2: unknown key 'sede' in [data]",
               "Did you mean 'seed'?");
  write("t.toml", "[dta]\nseed = 3\n");
  expect_error(run("data stats procedural:8 --config t.toml"), 2, "t.toml:1: unknown table [dta]", "data");
  expect_error(run("data stats procedural:8 --config none.toml"), 1, "none.toml: no such file", "");
}

TEST_F(Program, FlagsWinOverTheConfigFile) {
  write("c.toml", "[data]\nspec = 'procedural:24'\n");
  EXPECT_EQ(nlohmann::json::parse(run("data stats --config c.toml --format json").out).at("images"), 24);
  EXPECT_EQ(nlohmann::json::parse(run("data stats --config c.toml --data procedural:16 --format json").out).at("images"), 16);
}

TEST_F(Program, DoctorSpeaksJson) {
  const auto outcome = run("doctor --format json");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const auto report = nlohmann::json::parse(outcome.out);
  EXPECT_GE(report.at("checks").size(), 8u);
  int warnings = 0;
  for (const auto& check : report.at("checks")) warnings += check.at("status") == "warning";
  EXPECT_EQ(report.at("warnings"), warnings);
  const auto text = run("doctor");
  for (const auto& check : report.at("checks")) EXPECT_NE(text.out.find(check.at("name").get<std::string>()), std::string::npos);
}

TEST_F(Program, FormatsAreListed) {
  const auto formats = nlohmann::json::parse(run("data formats --format json").out);
  std::vector<std::string> names;
  for (const auto& format : formats) names.push_back(format.at("name"));
  for (const char* name : {"ferplus", "folder", "procedural"})
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  const auto text = run("data formats");
  for (const auto& name : names) EXPECT_NE(text.out.find(name + "\n"), std::string::npos) << name;
}

TEST_F(Program, WrongFormatAndPathAreClear) {
  expect_error(run("data stats ferplsu:/x"), 2, "unknown data set format 'ferplsu'", "Did you mean 'ferplus'?");
  expect_error(run("data stats ferplus:/no/such/folder"), 1, "/no/such/folder", "layout");
}

TEST_F(Program, StatsAgreeInEveryFormat) {
  const auto json = nlohmann::json::parse(run("data stats procedural:40 --format json").out);
  ASSERT_EQ(json.at("images"), 40);
  int sum = 0;
  for (const auto& [cls, splits] : json.at("classes").items())
    for (const auto& [split, n] : splits.items()) sum += n.get<int>();
  EXPECT_EQ(sum, 40);
  const auto csv = split(trim(run("data stats procedural:40 --format csv").out), '\n');
  EXPECT_EQ(csv.size(), json.at("classes").size() + 2);
  EXPECT_EQ(csv.back().substr(csv.back().rfind(',')), ",40");
  EXPECT_NE(run("data stats procedural:40").out.find("40 images"), std::string::npos);
}

TEST_F(Program, CheckFindsADuplicateAcrossSplits) {
  const auto clean = run("data check procedural:16 --leaks");
  EXPECT_EQ(clean.code, 0) << clean.out << clean.err;
  ASSERT_EQ(run("data show procedural:40 --count 40 --export faces").code, 0);
  // The layout of "folder": split above class. One face goes into both splits.
  int copied = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_.path() / "faces")) {
    if (!entry.is_regular_file()) continue;
    const auto cls = entry.path().parent_path().filename();
    for (const char* part : {"train", "test"}) {
      if (std::string(part) == (copied % 2 ? "train" : "test") && copied != 0) continue;
      fs::create_directories(folder_.path() / "set" / part / cls);
      fs::copy_file(entry.path(), folder_.path() / "set" / part / cls / entry.path().filename());
    }
    ++copied;
  }
  ASSERT_EQ(copied, 40);
  const auto leaky = run("data check folder:set --leaks --format json");
  EXPECT_EQ(leaky.code, 1) << leaky.out << leaky.err;
  const auto report = nlohmann::json::parse(leaky.out);
  EXPECT_EQ(report.at("leaks").at("images_across_splits"), 1);
  ASSERT_EQ(report.at("leaks").at("duplicates").size(), 1u);
  EXPECT_EQ(report.at("leaks").at("duplicates")[0].at("ids").size(), 2u);
  EXPECT_GE(report.at("problems"), 1);
}

TEST_F(Program, CheckFindsADamagedImage) {
  ASSERT_EQ(run("data show procedural:16 --count 16 --export faces").code, 0);
  const auto cls = fs::directory_iterator(folder_.path() / "faces")->path().filename();
  write((fs::path("faces") / cls / "damaged.png").string(), "\x89PNG\r\n\x1a\n and then nothing");
  const auto outcome = run("data check folder:faces --leaks");
  EXPECT_EQ(outcome.code, 1) << outcome.out << outcome.err;
  EXPECT_NE(outcome.out.find("unreadable images: 1"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("damaged.png"), std::string::npos) << outcome.out;
}

TEST_F(Program, ShowDrawsASheet) {
  const auto outcome = run("data show procedural:40 --output sheet.png --class happiness --count 4 --columns 2 --tile-px 64");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const cv::Mat sheet = read_image(folder_.path() / "sheet.png");
  EXPECT_GE(sheet.cols, 128);
  EXPECT_GE(sheet.rows, 128);
  cv::Scalar mean, deviation;
  cv::meanStdDev(sheet, mean, deviation);
  EXPECT_GT(deviation[0], 5);
  expect_error(run("data show procedural:40 --class hapiness"), 2, "no class 'hapiness'", "Did you mean 'happiness'?");
}

TEST_F(Program, LabelsThatContradictTheActionUnitsComeFirst) {
  const std::string command = "data anomalies procedural:400 --label-noise symmetric:0.1 --noise-seed 2 --count 12";
  const auto text = run(command + " -o found");
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("labels made wrong"), std::string::npos) << text.out;
  const auto json = nlohmann::json::parse(run(command + " -o found --format json").out);
  const CsvTable table = read_csv(folder_.path() / "found" / "anomalies.csv", true);
  EXPECT_EQ(table.rows.size(), json.at("with_action_units"));
  const auto made_wrong = static_cast<std::size_t>(table.column("made_wrong")), weight = static_cast<std::size_t>(table.column("weight"));
  std::int64_t wrong = 0;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    wrong += table.rows[row][made_wrong] == "1";
    EXPECT_GE(std::stod(table.rows[row][weight]), std::stod(table.rows[row == 0 ? 0 : row - 1][weight]));
  }
  EXPECT_EQ(wrong, json.at("made_wrong").at("labels"));
  EXPECT_GT(wrong, 10);
  EXPECT_GT(json.at("made_wrong").at("auc_disagreement"), 0.7);
  EXPECT_GT(read_image(folder_.path() / "found" / "anomalies.png").cols, 6 * 160);
  expect_error(run("data anomalies procedural:40 -o x --label-noise pair:0.1"), 2, "expected symmetric:SHARE or pairs:SHARE", "symmetric:0.2");
  ASSERT_EQ(run("data show procedural:8 --count 8 --export faces").code, 0);
  expect_error(run("data anomalies folder:faces --split all -o x"), 1, "0 of 8 samples have landmarks", "mien data landmarks");
}

TEST_F(Program, PackedDataIsTheSameData) {
  ASSERT_EQ(run("data pack procedural:24 --output shards --name faces --shard-mb 1").code, 0);
  auto original = nlohmann::json::parse(run("data stats procedural:24 --format json").out);
  auto packed = nlohmann::json::parse(run("data stats shards:shards/faces.json --format json").out);
  EXPECT_EQ(original.at("classes"), packed.at("classes"));
  for (const char* kind : {"identities", "distribution", "valence_arousal"})
    EXPECT_EQ(original.at("annotations").at(kind), packed.at("annotations").at(kind)) << kind;
}

TEST_F(Program, QuietSaysNothingOnStderr) {
  const auto outcome = run("-q data show procedural:8");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Program, FullDiskIsAFailure) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "needs /dev/full";
  const std::string command = "'" MIEN_PROGRAM "' data formats >/dev/full 2>/dev/null";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST_F(Program, InterruptEndsWith130) {
  const fs::path err = folder_.path() / "stderr.txt";
  const std::string command = "'" MIEN_PROGRAM "' data check procedural:100000 --leaks >/dev/null 2>'" + err.string() +
                              "' & child=$!; "
                              // until the program, which may be slow to load, catches SIGTERM
                              "for i in $(seq 200); do caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' /proc/$child/status); "
                              "[ $((0x$caught & 0x4000)) -ne 0 ] && break; sleep 0.1; done; "
                              "sleep 1; kill -TERM $child; wait $child";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_NE(read_text(err).find("error: interrupted"), std::string::npos) << read_text(err);
}

}  // namespace
}  // namespace mien
