// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// Trains, kills, resumes, scores and predicts with the built program.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "mien/base/csv.h"
#include "mien/base/files.h"
#include "mien/base/random.h"
#include "mien/base/text.h"
#include "mien/image/encode.h"
#include "mien/testing/program.h"

namespace mien {
namespace {

using testing::Outcome;
using testing::wait_for;

pid_t start(const fs::path& folder, const std::vector<std::string>& arguments) { return testing::start_program(MIEN_PROGRAM, folder, arguments); }

Outcome run(const fs::path& folder, const std::vector<std::string>& arguments, const std::string& input = "") {
  return testing::run_program(MIEN_PROGRAM, folder, arguments, input);
}

std::vector<std::string> train_arguments(const std::string& name) {
  return {"train",
          "--data",
          "procedural:160",
          "--arch",
          "face_resnet",
          "--width",
          "0.125",
          "--input-size",
          "24",
          "--color",
          "gray",
          "--batch-size",
          "16",
          "--epochs",
          "4",
          "--precision",
          "fp32",
          "--threads",
          "1",
          "--save-every-s",
          "0",
          "--project",
          ".",
          "--name",
          name,
          "--schedule",
          "one_cycle"};
}

/// One trained run, made once for all tests of this file.
class LearnProgram : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder("mien-learn-test");
    trained_ = run(folder_->path(), train_arguments("whole"));
  }
  static void TearDownTestSuite() { delete folder_; }
  static const fs::path& folder() { return folder_->path(); }
  static TemporaryFolder* folder_;
  static Outcome trained_;
};
TemporaryFolder* LearnProgram::folder_ = nullptr;
Outcome LearnProgram::trained_;

TEST_F(LearnProgram, TrainPrintsRunReportAndNextCommand) {
  ASSERT_EQ(trained_.code, 0) << trained_.err;
  EXPECT_NE(trained_.out.find("report"), std::string::npos) << trained_.out;
  const auto lines = split(trim(trained_.err), '\n');
  EXPECT_EQ(lines.back().rfind("next: mien eval", 0), 0u) << lines.back();
}

/// Everything of a weights file but its metadata, which names the run.
std::string tensor_bytes(const fs::path& file) {
  const auto bytes = read_bytes(file);
  std::uint64_t header = 0;
  for (int i = 7; i >= 0; --i) header = header << 8 | bytes[static_cast<std::size_t>(i)];
  return {bytes.begin() + 8 + static_cast<std::ptrdiff_t>(header), bytes.end()};
}

TEST_F(LearnProgram, ARunKilledAtRandomMomentsEndsBitEqual) {
  Random random(static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()));
  pid_t child = start(folder(), train_arguments("killed"));
  int kills = 0;
  for (; kills < 6; ++kills) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500 + random.integer(2500)));
    int status = 0;
    if (::waitpid(child, &status, WNOHANG) == child) break;
    ::kill(child, SIGKILL);
    EXPECT_EQ(wait_for(child), 128 + SIGKILL);
    if (!fs::exists(folder() / "killed" / "config.toml")) {  // killed before the run began
      fs::remove_all(folder() / "killed");
      child = start(folder(), train_arguments("killed"));
    } else {
      child = start(folder(), {"train", "--resume", "killed"});
    }
  }
  if (kills == 6) {
    ASSERT_EQ(wait_for(child), 0) << read_text(folder() / "stderr.txt");
  }
  RecordProperty("kills", kills);
  for (const char* name : {"last.safetensors", "best.safetensors"})
    EXPECT_EQ(tensor_bytes(folder() / "whole" / "weights" / name), tensor_bytes(folder() / "killed" / "weights" / name))
        << name << " after " << kills << " kills";
}

TEST_F(LearnProgram, CtrlCSavesAndExitsWith130) {
  auto arguments = train_arguments("interrupted");
  arguments[14] = "500";  // epochs
  const pid_t child = start(folder(), arguments);
  for (int i = 0; i < 600 && !fs::exists(folder() / "interrupted" / "weights" / "last.state.safetensors"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  ::kill(child, SIGINT);
  EXPECT_EQ(wait_for(child), 130);
  EXPECT_EQ(nlohmann::json::parse(read_text(folder() / "interrupted" / "run.json")).at("status"), "interrupted");
}

TEST_F(LearnProgram, EvalPrintsOneJsonObject) {
  const Outcome outcome = run(folder(), {"eval", "--weights", "whole", "--data", "procedural:160", "--split", "test", "--format",
                                         "json", "--output", "scores"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto j = nlohmann::json::parse(outcome.out);
  for (const char* key : {"n", "accuracy", "balanced_accuracy", "macro_f1", "per_class", "ece"})
    EXPECT_TRUE(j.contains(key)) << key;
  EXPECT_TRUE(j.at("per_class").contains("happiness"));
  for (const char* name :
       {"report.html", "report.json", "predictions.csv", "confusion_matrix.csv", "confusion_matrix_normalized.csv"})
    EXPECT_TRUE(fs::exists(folder() / "scores" / name)) << name;
}

TEST_F(LearnProgram, PredictWritesARowForEveryFileBadOnesToo) {
  fs::create_directories(folder() / "faces");
  write_image(folder() / "faces" / "a.png", cv::Mat(40, 40, CV_8UC1, cv::Scalar(100)));
  write_atomically(folder() / "faces" / "b.jpg", "not a picture");
  const Outcome json = run(folder(), {"predict", "--weights", "whole", "--format", "json", "faces"});
  EXPECT_EQ(json.code, 1);  // one file failed
  const auto lines = split(trim(json.out), '\n');
  ASSERT_EQ(lines.size(), 2u) << json.out;
  EXPECT_TRUE(nlohmann::json::parse(lines[0]).contains("probabilities"));
  EXPECT_TRUE(nlohmann::json::parse(lines[1]).contains("error"));

  write_atomically(folder() / "list.txt", "faces/a.png\n");
  const Outcome csv = run(folder(), {"predict", "--weights", "whole", "--format", "csv", "-"}, "list.txt");
  EXPECT_EQ(csv.code, 0) << csv.err;
  EXPECT_EQ(csv.out.rfind("image,label,confidence,p_neutral", 0), 0u) << csv.out;
  EXPECT_NE(csv.out.find("faces/a.png,"), std::string::npos);
}

TEST_F(LearnProgram, StoredDistributionsAreTrainedOn) {
  const Outcome stored = run(folder(), {"data", "distributions", "procedural:160", "--teacher", "whole", "--output", "answers.csv", "--augmentations",
                                        "2", "--rotate-deg", "10", "--format", "json"});
  ASSERT_EQ(stored.code, 0) << stored.err;
  const auto j = nlohmann::json::parse(stored.out);
  EXPECT_EQ(j.at("rows"), j.at("images"));
  const CsvTable table = read_csv(folder() / "answers.csv", true);
  EXPECT_EQ(static_cast<int>(table.rows.size()), j.at("rows").get<int>());
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    double sum = 0;
    for (std::size_t c = 1; c < table.header.size(); ++c) sum += std::stod(table.rows[r][c]);
    EXPECT_NEAR(sum, 1, 1e-5) << table.where(r);
  }
  const Outcome two = run(folder(), {"data", "distributions", "procedural:160", "--teacher", "whole", "--teacher", "whole", "--output",
                                     "twice.csv", "--augmentations", "2", "--rotate-deg", "10"});
  EXPECT_EQ(two.code, 0) << two.err;
  EXPECT_EQ(read_csv(folder() / "twice.csv", true).rows.size(), table.rows.size());
  auto arguments = train_arguments("student");
  arguments.insert(arguments.end(), {"--method", "ldl", "--ldl-targets", "teacher", "--ldl-distributions", "answers.csv", "--ldl-own-share", "0.3"});
  const Outcome trained = run(folder(), arguments);
  EXPECT_EQ(trained.code, 0) << trained.err;
  EXPECT_GE(read_csv(folder() / "student" / "results.csv", true).column("valid/vote_kl", false), 0);
  fs::remove(folder() / "answers.csv");  // the student answers without it
  EXPECT_EQ(run(folder(), {"eval", "--weights", "student", "--data", "procedural:160", "--split", "test", "--output", "student-scores"}).code, 0);

  const auto refused = [&](const std::vector<std::string>& words, const std::string& part) {
    std::vector<std::string> all = {"data", "distributions"};
    all.insert(all.end(), words.begin(), words.end());
    const Outcome outcome = run(folder(), all);
    EXPECT_NE(outcome.code, 0);
    EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
  };
  refused({"procedural:160", "--output", "x.csv"}, "--teacher");
  refused({"--teacher", "whole", "--output", "x.csv"}, "no data set given");
  refused({"procedural:160", "--teacher", "absent", "--output", "x.csv"}, "absent");
  refused({"procedural:160", "--labels", "rafdb", "--teacher", "whole", "--output", "x.csv"}, "the teacher's classes are");
  refused({"procedural:160", "--teacher", "whole", "--output", "absent/x.csv"}, "absent/x.csv");
  EXPECT_FALSE(fs::exists(folder() / "x.csv"));
}

/// The exported weights of the trained run, and images to answer for.
void export_whole(const fs::path& folder) {
  const Outcome exported = run(folder, {"export", "--weights", "whole", "--output", "whole/weights/best.onnx"});
  ASSERT_EQ(exported.code, 0) << exported.err;
  fs::create_directories(folder / "noise");
  Random random(3);
  for (int i = 0; i < 12; ++i) {
    cv::Mat image(20 + 5 * i, 50 - 2 * i, CV_8UC1);
    for (int y = 0; y < image.rows; ++y)
      for (int x = 0; x < image.cols; ++x) image.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(random.integer(256));
    write_image(folder / "noise" / ("n" + std::to_string(i) + ".png"), image);
  }
}

/// Copies a weights file with a number of one tensor replaced by "not a number".
void damage_weights(const fs::path& from, const fs::path& to, const std::string& tensor) {
  auto bytes = read_bytes(from);
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), sizeof header);
  const auto described = nlohmann::json::parse(bytes.begin() + 8, bytes.begin() + 8 + static_cast<std::ptrdiff_t>(header));
  const auto start = described.at(tensor).at("data_offsets").at(0).get<std::uint64_t>();
  const float broken = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(bytes.data() + 8 + header + start, &broken, sizeof broken);
  write_atomically(to, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// The names of the files of a folder that have to do with `stem`.
std::set<std::string> files_about(const fs::path& folder, const std::string& stem) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().filename().string().find(stem) != std::string::npos) names.insert(entry.path().filename().string());
  return names;
}

TEST_F(LearnProgram, ExportVerifiesTheFile) {
  const Outcome good = run(folder(), {"export", "--run", "whole", "--output", "checked.onnx", "--opset", "13", "--outputs",
                                      "logits,probabilities,features", "--verify", "--precision", "fp32", "--data",
                                      "procedural:160", "--max-images", "20", "--format", "json"});
  ASSERT_EQ(good.code, 0) << good.err;
  const auto j = nlohmann::json::parse(good.out);
  EXPECT_EQ(j.at("opset"), 13);
  EXPECT_EQ(j.at("input"), "input f32 [batch,1,24,24]");
  EXPECT_EQ(j.at("outputs").size(), 3u);
  EXPECT_EQ(j.at("verification").at(0).at("program"), "mien fp32");
  EXPECT_EQ(j.at("verification").at(0).at("images"), 20);
  EXPECT_TRUE(j.at("verification").at(0).at("passed").get<bool>());
  EXPECT_EQ(files_about(folder(), "checked"), std::set<std::string>{"checked.onnx"});
  EXPECT_EQ(run(folder(), {"export", "--run", "whole", "--output", "x.onnx", "--outputs", "features", "--verify"}).code, 2);
  EXPECT_EQ(run(folder(), {"export", "--run", "absent", "--output", "x.onnx"}).code, 1);
  EXPECT_EQ(run(folder(), {"export", "--run", "whole", "--output", "absent/x.onnx"}).code, 1);
  write_atomically(folder() / "photo.jpg", "a photograph");
  testing::expect_error(run(folder(), {"export", "--run", "whole", "--output", "photo.jpg"}), 2, "photo.jpg: exists", ".onnx");
  EXPECT_EQ(read_text(folder() / "photo.jpg"), "a photograph");
}

TEST_F(LearnProgram, ExportKeepsNoFileThatFailsItsVerification) {
  damage_weights(folder() / "whole/weights/best.safetensors", folder() / "broken.safetensors", "fc.bias");
  const std::vector<std::string> arguments = {"export",   "--weights", "broken.safetensors", "--output", "refused.onnx",
                                              "--verify", "--random",  "5",                  "--precision", "fp32"};
  const Outcome failed = run(folder(), arguments);
  EXPECT_EQ(failed.code, 1);
  EXPECT_NE(failed.err.find("refused.onnx: mien fp32 differs from libtorch by more than allowed (difference <= 0.0001)"),
            std::string::npos)
      << failed.err;
  EXPECT_NE(failed.out.find("FAILED"), std::string::npos) << failed.out;
  EXPECT_EQ(files_about(folder(), "refused"), std::set<std::string>{});

  write_atomically(folder() / "refused.onnx", "an earlier file");
  EXPECT_EQ(run(folder(), arguments).code, 1);
  EXPECT_EQ(read_text(folder() / "refused.onnx"), "an earlier file");
  EXPECT_EQ(files_about(folder(), "refused"), std::set<std::string>{"refused.onnx"});
}

TEST_F(LearnProgram, QuantizeMakesTheFileRunInInt8) {
  ASSERT_NO_FATAL_FAILURE(export_whole(folder()));
  const std::string exported = "whole/weights/best.onnx";
  const Outcome info = run(folder(), {"models", "info", exported, "--format", "json"});
  ASSERT_EQ(info.code, 0) << info.err;
  const auto described = nlohmann::json::parse(info.out);
  EXPECT_GT(described.at("network").at("multiply_adds").get<double>(), 1000);
  EXPECT_EQ(described.at("class_names").size(), 8u);

  EXPECT_EQ(run(folder(), {"predict", "--weights", exported, "--precision", "int8", "noise"}).code, 2);
  const Outcome good = run(
      folder(), {"quantize", exported, "--output", "int8.onnx", "--data", "procedural:160", "--images", "32", "--check-images",
                 "64", "--least-int8", "0.3", "--least-bf16", "0.3", "--most-accuracy-loss", "1", "--format", "json"});
  ASSERT_EQ(good.code, 0) << good.err;
  const auto j = nlohmann::json::parse(good.out);
  EXPECT_GT(j.at("layers").get<int>(), 3);
  EXPECT_TRUE(j.at("precisions").at("int8").at("passed").get<bool>());
  EXPECT_EQ(j.at("precisions").at("fp32").at("agreement"), 1.0);
  EXPECT_EQ(run(folder(), {"predict", "--weights", "int8.onnx", "--precision", "int8", "noise"}).code, 0);
  EXPECT_EQ(run(folder(), {"quantize", "absent.onnx", "--output", "x.onnx", "--data", "procedural:160"}).code, 1);
}

TEST_F(LearnProgram, BothRuntimesGiveTheSameAnswers) {
  ASSERT_NO_FATAL_FAILURE(export_whole(folder()));
  const auto predict = [&](const std::string& runtime) {
    const Outcome outcome = run(folder(), {"predict", "--weights", "whole", "--runtime", runtime, "--precision", "fp32",
                                           "--batch-size", "5", "--format", "csv", "noise"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    write_atomically(folder() / (runtime + ".csv"), outcome.out);
    return read_csv(folder() / (runtime + ".csv"), true);
  };
  const CsvTable torch = predict("torch"), onnx = predict("onnx");
  ASSERT_EQ(torch.header, onnx.header);
  ASSERT_EQ(torch.rows.size(), 12u);
  ASSERT_EQ(onnx.rows.size(), 12u);
  for (std::size_t r = 0; r < 12; ++r)
    for (std::size_t c = 0; c < torch.header.size(); ++c) {
      if (torch.header[c].rfind("p_", 0) == 0)
        EXPECT_NEAR(std::stod(torch.rows[r][c]), std::stod(onnx.rows[r][c]), 2e-5) << torch.rows[r][0];
      else if (torch.header[c] != "confidence")
        EXPECT_EQ(torch.rows[r][c], onnx.rows[r][c]);
    }

  const auto accuracy = [&](const std::string& runtime) {
    const Outcome outcome = run(folder(), {"eval", "--weights", "whole", "--runtime", runtime, "--data", "procedural:160",
                                           "--split", "test", "--format", "json", "--output", "scores-" + runtime});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out).at("accuracy").get<double>();
  };
  EXPECT_EQ(accuracy("torch"), accuracy("onnx"));
  const Outcome wrong = run(folder(), {"predict", "--weights", "whole/weights/best.onnx", "--runtime", "torch", "noise"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.err.find("is an ONNX file"), std::string::npos) << wrong.err;
}

TEST_F(LearnProgram, BenchRuntimeMeasuresFilesAndLayers) {
  ASSERT_NO_FATAL_FAILURE(export_whole(folder()));
  const std::vector<std::string> common = {"bench",       "runtime", "--model",  "whole/weights/best.onnx",
                                           "--precision", "fp32",    "--batch",  "1,3",
                                           "--threads",   "1",       "--format", "csv"};
  auto arguments = common;
  arguments.insert(arguments.end(), {"--rounds", "2", "--burst", "0", "--examples", "3", "--no-peak"});
  const Outcome times = run(folder(), arguments);
  ASSERT_EQ(times.code, 0) << times.err;
  EXPECT_NE(times.err.find("npm install onnxruntime-node --ignore-scripts"), std::string::npos) << times.err;
  write_atomically(folder() / "times.csv", times.out);
  const CsvTable table = read_csv(folder() / "times.csv", true);
  ASSERT_EQ(table.rows.size(), 2u) << times.out;
  for (const auto& row : table.rows) {
    EXPECT_GT(std::stod(row[static_cast<std::size_t>(table.column("ms_per_image"))]), 0);
    EXPECT_GT(std::stod(row[static_cast<std::size_t>(table.column("gflop_per_s"))]), 0);
  }
  arguments = common;
  arguments.push_back("--profile");
  const Outcome layers = run(folder(), arguments);
  ASSERT_EQ(layers.code, 0) << layers.err;
  EXPECT_NE(layers.out.find("Conv 3x3"), std::string::npos) << layers.out;
}

/// One line "error: ..." that holds `message`, and a hint.
void expect_error(const Outcome& outcome, int code, const std::string& message) {
  EXPECT_EQ(outcome.code, code) << outcome.err;
  const auto at = outcome.err.find("error: ");
  ASSERT_NE(at, std::string::npos) << outcome.err;
  const std::string line = outcome.err.substr(at, outcome.err.find('\n', at) - at);
  EXPECT_NE(line.find(message), std::string::npos) << line;
  EXPECT_NE(outcome.err.find("\nhint: ", at), std::string::npos) << outcome.err;
}

TEST_F(LearnProgram, RunsAreComparedWithIntervals) {
  auto arguments = train_arguments("other-seed1");
  arguments.insert(arguments.end(), {"--seed", "1"});
  ASSERT_EQ(run(folder(), arguments).code, 0);
  for (const std::string name : {"whole", "other-seed1"})
    ASSERT_EQ(run(folder(), {"eval", "--weights", name, "--data", "procedural:160", "--split", "test", "--output", name + "/test"}).code, 0);
  const Outcome json = run(folder(), {"runs", "compare", "whole", "other-seed1", "--format", "json", "--markdown", "compared.md"});
  ASSERT_EQ(json.code, 0) << json.err;
  const auto rows = nlohmann::json::parse(json.out).at("rows");
  ASSERT_EQ(rows.size(), 2u);
  const CsvTable predictions = read_csv(folder() / "other-seed1" / "test" / "predictions.csv", true);
  const auto label = static_cast<std::size_t>(predictions.column("true")), predicted = static_cast<std::size_t>(predictions.column("predicted"));
  double right = 0;
  for (const auto& row : predictions.rows) right += row[label] == row[predicted];
  EXPECT_NEAR(rows[1].at("accuracy").at("mean").get<double>(), right / static_cast<double>(predictions.rows.size()), 1e-6);
  const std::string markdown = read_text(folder() / "compared.md");
  EXPECT_NE(markdown.find("| other"), std::string::npos) << markdown;
  const Outcome csv = run(folder(), {"runs", "compare", "whole", "other-seed1", "--format", "csv"});
  EXPECT_EQ(split(trim(csv.out), '\n').size(), 3u) << csv.out;

  const Outcome vote = run(folder(), {"runs", "vote", "whole", "other-seed1", "--format", "json", "--output", "voted"});
  ASSERT_EQ(vote.code, 0) << vote.err;
  EXPECT_EQ(nlohmann::json::parse(vote.out).at("n"), nlohmann::json::parse(json.out).at("runs")[0].at("n"));
  EXPECT_TRUE(fs::exists(folder() / "voted" / "report.html"));
  EXPECT_EQ(run(folder(), {"runs", "compare", "whole", "voted"}).code, 0);
  expect_error(run(folder(), {"runs", "vote", "whole"}), 2, "two runs");

  expect_error(run(folder(), {"runs", "compare", "whole", "nowhere"}), 1, "nowhere");
  expect_error(run(folder(), {"runs", "compare", "whole", "--group", "resnet"}), 2, "resnet");
}

TEST_F(LearnProgram, MistakesOfANewUserGetOneClearLine) {
  expect_error(run(folder(), {"train", "--data", "ferplus:/no/such/folder"}), 1, "/no/such/folder");
  expect_error(run(folder(), {"train", "--data", "ferplsu:x"}), 2, "ferplsu");
  expect_error(run(folder(), {"train", "--data", "procedural:50", "--arch", "resnet81"}), 2, "resnet81");
  expect_error(run(folder(), {"train", "--data", "procedural:50", "--epoch", "3"}), 2, "--epoch");
  write_atomically(folder() / "bad.toml", "[training]\nepocs = 3\n");
  expect_error(run(folder(), {"train", "--config", "bad.toml"}), 2, "bad.toml:2");
  expect_error(run(folder(), {"train", "--data", "procedural:50", "--weights", "whole/weights/best.safetensors", "--arch",
                              "resnet18", "--color", "gray"}),
               1, "best.safetensors");
  expect_error(run(folder(), {"eval", "--weights", "nothing.safetensors", "--data", "procedural:50"}), 1, "nothing.safetensors");
  expect_error(run(folder(), {"train", "--resume", "faces"}), 1, "faces");
  expect_error(run(folder(), {"bench", "runtime", "--arch", "resnet81"}), 2, "resnet81");
  expect_error(run(folder(), {"bench", "runtime", "--model", "bad.toml", "--onnxruntime", "faces"}), 1, "onnxruntime-node");
}

}  // namespace
}  // namespace mien
