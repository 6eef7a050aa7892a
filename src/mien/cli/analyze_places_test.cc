// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// One picture gets one answer from program and library, wherever they are started, and both say which models gave it.
#include <gtest/gtest.h>

#include <cstdlib>

#include "mien/analysis/analyzer.h"
#include "mien/base/json_text.h"
#include "mien/cli/analyze_test_fixture.h"

namespace mien {
namespace {

using namespace analyze_tests;

/// The rows of `mien analyze --format json`, then the summary.
std::vector<nlohmann::json> lines_of(const std::string& out) {
  std::vector<nlohmann::json> lines;
  for (const auto& line : split(trim(out), '\n')) lines.push_back(parse_json(line, "stdout"));
  return lines;
}

class AnalyzePlaces : public AnalyzeProgram {
 protected:
  std::string picture() const { return (folder() / "pictures" / "010.png").string(); }
  std::vector<nlohmann::json> answer(const fs::path& from, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"analyze", picture(), "--format", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto outcome = run(from, arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("landmarks by "), std::string::npos) << outcome.err;
    return lines_of(outcome.out);
  }
  TemporaryFolder elsewhere_{"mien-elsewhere"};
};

TEST_F(AnalyzePlaces, TheWorkingDirectoryDoesNotMatter) {
  // A folder like a checkout, whose models are none.
  const TemporaryFolder checkout("mien-checkout");
  fs::create_directories(checkout.path() / "models");
  for (const char* name : {"mien-ferplus.onnx", "mien-landmarks68.onnx"})
    write_atomically(checkout.path() / "models" / name, "no model");
  const auto here = answer(checkout.path()), there = answer(elsewhere_.path()),
             named = answer(elsewhere_.path(), {"--weights", model});
  fs::copy_file(model, elsewhere_.path() / "lonely.onnx");
  const auto lonely = answer(elsewhere_.path(), {"--weights", "lonely.onnx"});
  ASSERT_EQ(here.size(), 2u);
  ASSERT_GE(here[0].at("faces").size(), 1u);
  for (const auto& other : {there, named, lonely}) {
    EXPECT_EQ(other.at(0).at("faces"), here[0].at("faces"));
    const auto &models = other.at(1).at("summary").at("models"), &wanted = here[1].at("summary").at("models");
    EXPECT_EQ(models.at("landmarks"), wanted.at("landmarks"));
    EXPECT_EQ(models.value("landmarks_content", ""), wanted.value("landmarks_content", ""));
    EXPECT_EQ(models.at("weights_content"), wanted.at("weights_content"));
    EXPECT_EQ(models.at("detector"), "dlib");
  }
}

TEST_F(AnalyzePlaces, TheLibraryAnswersAsTheProgramDoes) {
  const auto program = answer(elsewhere_.path());
  const fs::path before = fs::current_path();
  fs::current_path(elsewhere_.path());
  Analyzer analyzer;
  const auto faces = analyzer.analyze_file(picture());
  fs::current_path(before);
  const auto& rows = program.at(0).at("faces");
  ASSERT_EQ(faces.size(), rows.size());
  for (std::size_t i = 0; i < faces.size(); ++i) {
    EXPECT_EQ(faces[i].label, rows[i].at("label"));
    EXPECT_NEAR(faces[i].x, rows[i].at("box")[0].get<double>(), 0.0051);
    for (std::size_t k = 0; k < 68; ++k) {
      EXPECT_NEAR(faces[i].landmarks[k][0], rows[i].at("landmarks")[k][0].get<double>(), 0.0051);
      EXPECT_NEAR(faces[i].landmarks[k][1], rows[i].at("landmarks")[k][1].get<double>(), 0.0051);
    }
    for (std::size_t c = 0; c < analyzer.class_names().size(); ++c)
      EXPECT_NEAR(faces[i].probabilities[c], rows[i].at("probabilities").at(analyzer.class_names()[c]).get<double>(), 0.0000051);
  }
  const auto& models = program.at(1).at("summary").at("models");
  EXPECT_EQ(analyzer.models().model, models.at("weights"));
  EXPECT_NE(analyzer.models().landmarks.find(models.at("landmarks").get<std::string>()), std::string::npos)
      << analyzer.models().landmarks;
}

TEST_F(AnalyzePlaces, TheNamedFolderComesFirst) {
  const fs::path models = elsewhere_.path() / "my models";
  fs::create_directories(models);
  fs::copy_file(model, models / "mien-ferplus.onnx");
  const auto found = answer(elsewhere_.path(), {"--models", models.string()});
  EXPECT_EQ(found.at(1).at("summary").at("models").at("weights"), (fs::canonical(models) / "mien-ferplus.onnx").string());
  write_atomically(models / "mien-ferplus.onnx", "no model");
  const auto flag = run(elsewhere_.path(), {"analyze", picture(), "--models", "my models"});
  EXPECT_EQ(flag.code, 1);
  EXPECT_NE(flag.err.find("my models/mien-ferplus.onnx"), std::string::npos) << flag.err;
  ::setenv("MIEN_MODELS", models.c_str(), 1);
  const auto variable = run(elsewhere_.path(), {"analyze", picture()});
  ::unsetenv("MIEN_MODELS");
  EXPECT_EQ(variable.code, 1);
  EXPECT_NE(variable.err.find("my models/mien-ferplus.onnx"), std::string::npos) << variable.err;
  AnalyzerOptions options;
  options.models = models.string();
  EXPECT_THROW(Analyzer{options}, Error);
  testing::expect_error(run(elsewhere_.path(), {"analyze", picture(), "--models", "nowhere"}), 1, "nowhere: no such folder",
                        "models");
}

TEST_F(AnalyzePlaces, AProgramWithoutItsModelsSaysSoAndTakesNoOthers) {
  const fs::path bin = elsewhere_.path() / "alone" / "bin";
  fs::create_directories(bin);
  fs::copy_file(MIEN_PROGRAM, bin / "mien");
  const std::string program = (bin / "mien").string();
  const auto none = testing::run_program(program, elsewhere_.path(), {"analyze", picture()});
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.err.find("mien-ferplus.onnx: not found"), std::string::npos) << none.err;
  EXPECT_NE(none.err.find("--models FOLDER"), std::string::npos) << none.err;
  fs::create_directories(elsewhere_.path() / "weights");
  fs::copy_file(model, elsewhere_.path() / "weights" / "mine.onnx");
  const fs::path shipped = fs::path(model).parent_path();
  const auto whole = answer(elsewhere_.path());
  const std::string landmarks = whole.at(1).at("summary").at("models").at("landmarks");
  if (landmarks == "dlib") GTEST_SKIP() << "the default landmarks are no file of mien's";
  const auto lacking = testing::run_program(program, elsewhere_.path(), {"analyze", picture(), "--weights", "weights/mine.onnx"});
  EXPECT_EQ(lacking.code, 1) << "other landmarks would answer differently without a word";
  EXPECT_NE(lacking.err.find("landmarks"), std::string::npos) << lacking.err;
  // Beside the weights, and in an installation.
  fs::copy_file(landmarks, elsewhere_.path() / "weights" / fs::path(landmarks).filename());
  const auto beside = testing::run_program(program, elsewhere_.path(),
                                           {"analyze", picture(), "--weights", "weights/mine.onnx", "--format", "json"});
  ASSERT_EQ(beside.code, 0) << beside.err;
  EXPECT_EQ(lines_of(beside.out).at(0).at("faces"), whole.at(0).at("faces"));
  fs::create_directories(elsewhere_.path() / "alone" / "share" / "mien");
  fs::copy(shipped, elsewhere_.path() / "alone" / "share" / "mien" / "models");
  const auto installed = testing::run_program(program, elsewhere_.path(), {"analyze", picture(), "--format", "json"});
  ASSERT_EQ(installed.code, 0) << installed.err;
  EXPECT_EQ(lines_of(installed.out).at(0).at("faces"), whole.at(0).at("faces"));
  EXPECT_EQ(lines_of(installed.out).at(1).at("summary").at("models").at("weights"),
            (fs::canonical(elsewhere_.path() / "alone" / "share" / "mien" / "models") / "mien-ferplus.onnx").string());
}

TEST_F(AnalyzePlaces, ARunGoesOnFromAnotherFolderWithTheSameModels) {
  const auto first = run(folder(), {"analyze", picture(), "--output", (elsewhere_.path() / "out").string()});
  ASSERT_EQ(first.code, 0) << first.err;
  const auto job = parse_json(read_text(elsewhere_.path() / "out" / "analysis.json"), "analysis.json");
  EXPECT_EQ(job.at("models").at("weights"), fs::canonical(model).string());
  EXPECT_TRUE(fs::path(job.at("models").at("landmarks").get<std::string>()).is_absolute() ||
              job.at("models").at("landmarks") == "dlib");
  const auto again = run(elsewhere_.path(), {"analyze", "--resume", "out"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_NE(read_text(elsewhere_.path() / "out" / "report.html").find(fs::path(model).filename().string()), std::string::npos);
}

}  // namespace
}  // namespace mien
