// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// Names of files and classes are bytes: what is no UTF-8 is written as valid JSON and comes back; what is a path is no class.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mien/base/csv_cells.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/base/text.h"
#include "mien/base/utf8.h"
#include "mien/testing/golden.h"
#include "mien/testing/program.h"

namespace mien {
namespace {

const std::string odd_class = "sad\xE9", odd_file = "\xE9 =1+2.png";

class Names : public ::testing::Test {
 protected:
  testing::Outcome run(const std::vector<std::string>& arguments) {
    return testing::run_program(MIEN_PROGRAM, folder(), arguments);
  }
  /// JSON on stdout, whatever the names.
  nlohmann::json json_of(std::vector<std::string> arguments, int code = 0) {
    arguments.insert(arguments.end(), {"--format", "json"});
    const auto outcome = run(arguments);
    if (code >= 0) EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_TRUE(nlohmann::json::accept(outcome.out)) << outcome.out;
    return parse_json(outcome.out, "stdout");
  }
  /// A folder of two classes with a name of bytes each.
  void SetUp() override {
    ASSERT_EQ(run({"-q", "data", "show", "procedural:160", "--count", "160", "--export", "drawn"}).code, 0);
    fs::create_directories(folder() / data);
    int classes = 0;
    for (const auto& entry : fs::directory_iterator(folder() / "drawn")) {
      if (classes == 2) break;
      const fs::path cls = folder() / data / (classes++ == 0 ? odd_class : "happy");
      fs::rename(entry.path(), cls);
      fs::rename(fs::directory_iterator(cls)->path(), cls / odd_file);
    }
  }
  fs::path folder() const { return folder_.path(); }

  const std::string data = "d\xE8ta set";
  TemporaryFolder folder_{"mien-names-test"};
};

TEST_F(Names, DataCommandsTakeThemAndJsonGivesThemBack) {
  const std::string spec = "folder:" + data;
  const auto stats = json_of({"data", "stats", spec});
  EXPECT_NE(json_text(stats).find("sad\xEE\xBF\xA9"), std::string::npos) << json_text(stats);
  EXPECT_EQ(run({"data", "stats", spec}).code, 0);
  EXPECT_EQ(run({"data", "stats", spec, "--format", "csv"}).code, 0);
  json_of({"data", "check", spec, "--leaks"}, -1);
  json_of({"data", "show", spec, "--output", "\xE9.png", "--export", "out\xE9"});
  EXPECT_TRUE(fs::is_directory(folder() / "out\xE9" / odd_class));
  json_of({"data", "pack", spec, "--output", "shards", "--name", "p\xE9"});
  EXPECT_EQ(json_of({"data", "stats", "shards:shards/p\xE9.json"}).at("images"), stats.at("images"));
  const auto next = run({"data", "pack", spec, "--output", "again", "--name", "q r"});
  EXPECT_NE(next.err.find("next: mien data stats 'shards:again/q r.json'"), std::string::npos) << next.err;
}

TEST_F(Names, PredictAnswersForThem) {
  if (!fs::exists(testing::source_folder() / "models" / "mien-ferplus.onnx")) GTEST_SKIP() << "no models beside the sources";
  const std::string file = data + "/" + odd_class + "/" + odd_file;
  const auto outcome = run({"predict", file, "--format", "json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(parse_json(outcome.out, "stdout").at("image"), file);
  EXPECT_TRUE(is_utf8(outcome.out));
  write_atomically(folder() / "\xE9.png", "no picture");
  const auto bad = run({"predict", "\xE9.png", "--format", "json"});
  EXPECT_EQ(bad.code, 1);
  EXPECT_EQ(parse_json(bad.out, "stdout").at("image"), "\xE9.png");
  const auto text = run({"predict", file});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_EQ(text.out.find(file), 0u);
  // Nor must it steer the terminal, or look like another row.
  fs::copy_file(folder() / file, folder() / "a\n\x1b[31mb.png");
  const auto shown = run({"predict", "a\n\x1b[31mb.png"});
  EXPECT_EQ(shown.out.find("a\\x0A\\x1B[31mb.png  "), 0u) << shown.out;
  // A spreadsheet must not run it.
  fs::copy_file(folder() / file, folder() / "=1+2.png");
  const auto csv = run({"predict", "=1+2.png", "--format", "csv"});
  ASSERT_EQ(csv.code, 0) << csv.err;
  EXPECT_NE(csv.out.find("\n'=1+2.png,"), std::string::npos) << csv.out;
}

TEST_F(Names, AnalysesGoOnWithThem) {
  if (!fs::exists(testing::source_folder() / "models" / "mien-ferplus.onnx")) GTEST_SKIP() << "no models beside the sources";
  const std::string file = data + "/" + odd_class + "/" + odd_file, output = "\xE9 out";
  ASSERT_EQ(run({"analyze", file, "--output", output}).code, 0);
  const std::string before = read_text(folder() / output / "results.jsonl");
  const auto again = run({"analyze", "--resume", output, "--format", "json"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(read_text(folder() / output / "results.jsonl"), before);
  EXPECT_TRUE(is_utf8(before) && is_utf8(again.out));
  bool found = false;
  for (const auto& line : split(trim(before), '\n')) found = found || parse_json(line, "row").value("source", "") == file;
  EXPECT_TRUE(found) << before;
}

TEST_F(Names, NoImageLeavesTheFolderOfAnExport) {
  const fs::path set = folder() / "set";
  fs::create_directories(set);
  fs::copy_file(folder() / data / odd_class / odd_file, set / "a.png");
  for (const std::string& label : std::vector<std::string>{"..", (folder() / "escaped").string(), "../escaped", "a/b"}) {
    write_atomically(set / "labels.csv", "image,label\na.png," + label + "\n");
    const auto outcome = run({"data", "show", "csv:set", "--export", "inside/deep"});
    EXPECT_EQ(outcome.code, 1) << label;
    EXPECT_NE(outcome.err.find("cannot be the name of a class"), std::string::npos) << outcome.err;
    EXPECT_FALSE(fs::exists(folder() / "inside")) << label;
    EXPECT_FALSE(fs::exists(folder() / "escaped")) << label;
  }
}

TEST_F(Names, AListInThePresentFolderNeedsNoSlash) {
  fs::copy_file(folder() / data / odd_class / odd_file, folder() / "beside.png");
  write_atomically(folder() / "beside.csv", "image,label\nbeside.png,happy\n");
  const auto outcome = run({"data", "stats", "csv:beside.csv"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST_F(Names, ErrorsDoNotSteerTheTerminal) {
  const auto outcome = run({"data", "stats", "folder:\x1b[31mred"});
  EXPECT_NE(outcome.code, 0);
  EXPECT_EQ(outcome.err.find('\x1b'), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("\\x1B[31mred"), std::string::npos) << outcome.err;
}

#ifdef MIEN_WITH_TORCH
TEST_F(Names, ATrainingGoesOnWithThem) {
  const auto trained = run(
      {"train",   "--data",    "folder:" + data, "--arch", "face_resnet", "--width", "0.125",       "--input-size", "24",
       "--color", "gray",      "--batch-size",   "4",      "--epochs",    "2",       "--precision", "fp32",         "--threads",
       "1",       "--project", "r\xE9ns",        "--name", "n\xE9"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  const fs::path out = folder() / "r\xE9ns" / "n\xE9";
  EXPECT_EQ(parse_json(read_text(out / "run.json"), "run.json").at("data").at("spec"), "folder:" + data);
  const auto classes = parse_json(read_text(out / "run.json"), "run.json").at("data").at("classes");
  EXPECT_NE(std::find(classes.begin(), classes.end(), odd_class), classes.end());
  const auto again = run({"train", "--resume", out.string()});
  EXPECT_EQ(again.code, 0) << again.err;
  const auto info = json_of({"models", "info", out.string()});
  EXPECT_EQ(info.at("class_names"), classes);
  const auto scored = run({"eval", "--weights", out.string(), "--data", "folder:" + data, "--split", "all", "--format", "json"});
  EXPECT_EQ(scored.code, 0) << scored.err;
  EXPECT_TRUE(nlohmann::json::accept(scored.out));
}

TEST_F(Names, ImportRefusesClassNamesThatNothingReads) {
  ASSERT_EQ(run({"-q",           "train",       "--data",    "folder:" + data,
                 "--arch",       "face_resnet", "--width",   "0.125",
                 "--input-size", "24",          "--color",   "gray",
                 "--batch-size", "4",           "--epochs",  "1",
                 "--precision",  "fp32",        "--threads", "1",
                 "--project",    ".",           "--name",    "run"})
                .code,
            0);
  const auto import = [&](const std::string& classes) {
    return run({"models", "import", "run/weights/best.safetensors", "--output", "imported.safetensors", "--classes", classes,
                "--arch", "face_resnet", "--width", "0.125", "--in-channels", "1", "--color", "gray", "--size", "24"});
  };
  for (const char* classes : {"happy,happiness", "a,a", "a, ", "a,..", "a,b/c"}) {
    const auto outcome = import(classes);
    EXPECT_NE(outcome.code, 0) << classes;
    EXPECT_FALSE(fs::exists(folder() / "imported.safetensors")) << classes;
  }
  const auto good = import("a\xE9,b");
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_EQ(json_of({"models", "info", "imported.safetensors"}).at("class_names"), nlohmann::json({"a\xE9", "b"}));
}
#endif

}  // namespace
}  // namespace mien
