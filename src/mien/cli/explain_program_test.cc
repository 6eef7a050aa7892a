// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// Explains the answers of a trained network with the built program.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/files.h"
#include "mien/image/decode.h"
#include "mien/image/encode.h"
#include "mien/procedural/face.h"

namespace mien {
namespace {

struct Outcome {
  int code = -1;
  std::string out, err;
};

Outcome run(const fs::path& folder, std::vector<std::string> arguments) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto redirect = [&](const fs::path& file, int flags, int to) { ::dup2(::open(file.c_str(), flags, 0644), to); };
    redirect("/dev/null", O_RDONLY, STDIN_FILENO);
    redirect(folder / "stdout.txt", O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
    redirect(folder / "stderr.txt", O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
    if (::chdir(folder.c_str()) != 0) ::_exit(99);
    arguments.insert(arguments.begin(), MIEN_PROGRAM);
    std::vector<char*> raw;
    for (auto& a : arguments) raw.push_back(a.data());
    raw.push_back(nullptr);
    ::execv(MIEN_PROGRAM, raw.data());
    ::_exit(98);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_text(folder / "stdout.txt"),
          read_text(folder / "stderr.txt")};
}

/// A small network trained for a moment on drawn faces, made once for all tests of this file.
class ExplainProgram : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder("mien-explain-test");
    trained_ = run(folder(), {"train",       "--data",       "procedural:160",
                              "--arch",      "face_resnet",  "--width",
                              "0.125",       "--input-size", "24",
                              "--color",     "gray",         "--batch-size",
                              "16",          "--epochs",     "2",
                              "--precision", "fp32",         "--threads",
                              "1",           "--project",    ".",
                              "--name",      "net"});
    fs::create_directories(folder() / "faces");
    for (int i = 0; i < 3; ++i) write_image(folder() / "faces" / ("f" + std::to_string(i) + ".png"), draw_face(7, i).image);
  }
  static void TearDownTestSuite() { delete folder_; }
  void SetUp() override { ASSERT_EQ(trained_.code, 0) << trained_.err; }
  static const fs::path& folder() { return folder_->path(); }

  static TemporaryFolder* folder_;
  static Outcome trained_;
};
TemporaryFolder* ExplainProgram::folder_ = nullptr;
Outcome ExplainProgram::trained_;

TEST_F(ExplainProgram, ASplitIsExplainedWithPartsAndFaithfulness) {
  const Outcome outcome = run(folder(), {"explain",
                                         "--weights",
                                         "net",
                                         "--data",
                                         "procedural:160",
                                         "--split",
                                         "test",
                                         "--limit",
                                         "6",
                                         "--methods",
                                         "gradcam,integrated_gradients,occlusion,gradient,gradient_x_input,random",
                                         "--layer",
                                         "layer3",
                                         "--steps",
                                         "4",
                                         "--faithfulness",
                                         "--faithfulness-steps",
                                         "4",
                                         "--panels",
                                         "3",
                                         "--threads",
                                         "1",
                                         "--output",
                                         "maps",
                                         "--format",
                                         "csv"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.rfind(
                "method,ms_per_image,empty_maps,deletion,insertion,deletion_gain,insertion_gain,densest\ngradcam@layer3,", 0),
            0u)
      << outcome.out;
  const auto j = nlohmann::json::parse(read_text(folder() / "maps" / "results.json"));
  ASSERT_EQ(j.at("images").size(), 6u);
  EXPECT_EQ(j.at("methods").size(), 7u);
  EXPECT_TRUE(j.at("facts").contains("commit"));
  double area = 0;
  for (const auto& [name, share] : j.at("mean_areas").items()) area += share.get<double>();
  EXPECT_NEAR(area, 1, 1e-6);
  EXPECT_EQ(read_csv(folder() / "maps" / "results.csv", true).rows.size(), 42u);
  for (const char* name : {"report.html", "class_shares.csv", "class_averages_true.png", "class_averages_predicted.png"})
    EXPECT_TRUE(fs::exists(folder() / "maps" / name)) << name;
  for (int i = 0; i < 6; ++i) EXPECT_EQ(j.at("images")[static_cast<std::size_t>(i)].contains("panel"), i < 3);
  const std::string panel = j.at("images")[0].at("panel");
  EXPECT_GT(read_image(folder() / "maps" / panel).rows, 224 * 2);
}

TEST_F(ExplainProgram, FilesAreExplainedAndBadOnesCounted) {
  const Outcome good = run(folder(), {"explain", "faces", "--weights", "net", "--methods", "gradient", "--target", "all",
                                      "--output", "good", "--format", "json"});
  ASSERT_EQ(good.code, 0) << good.err;
  EXPECT_EQ(nlohmann::json::parse(good.out).at("images").size(), 3u);
  EXPECT_EQ(nlohmann::json::parse(good.out).at("images")[0].at("target"), "all");
  write_atomically(folder() / "bad.jpg", "not a picture");
  const Outcome bad =
      run(folder(), {"explain", "faces/f0.png", "bad.jpg", "--weights", "net", "--methods", "gradient", "--output", "bad"});
  EXPECT_EQ(bad.code, 1);
  EXPECT_NE(bad.err.find("1 images could not be read"), std::string::npos) << bad.err;
  EXPECT_NE(bad.err.find("bad.jpg"), std::string::npos) << bad.err;
  EXPECT_EQ(run(folder(), {"explain", "bad.jpg", "--weights", "net", "--output", "bad"}).code, 1);
}

TEST_F(ExplainProgram, MistakesGetOneClearLine) {
  const auto expect_usage = [&](const std::vector<std::string>& arguments, const std::string& text) {
    const Outcome outcome = run(folder(), arguments);
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_NE(outcome.err.find("error: "), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find(text), std::string::npos) << outcome.err;
  };
  expect_usage({"explain", "faces", "--weights", "net", "--layer", "layer9", "--output", "x"}, "layer1");
  expect_usage({"explain", "faces", "--weights", "net", "--target", "hapiness", "--output", "x"}, "Did you mean 'happiness'?");
  expect_usage({"explain", "faces", "--weights", "net", "--methods", "gradcamm", "--output", "x"}, "gradcam");
  expect_usage({"explain", "--weights", "net", "--output", "x"}, "nothing to explain");
  expect_usage({"explain", "faces", "--data", "procedural:9", "--weights", "net", "--output", "x"}, "both");
  write_atomically(folder() / "net" / "weights" / "best.onnx", "x");
  expect_usage({"explain", "faces", "--weights", "net/weights/best.onnx", "--output", "x"}, "best.safetensors");
  EXPECT_EQ(run(folder(), {"explain", "faces", "--weights", "absent", "--output", "x"}).code, 1);
}

TEST_F(ExplainProgram, PalShowsPriorAndAttributionsBesideABaselines) {
  const std::vector<std::string> common = {"train", "--data", "procedural:160", "--method", "pal", "--arch", "face_resnet", "--width", "0.125", "--input-size", "24",
                                           "--color", "gray", "--batch-size", "16", "--epochs", "2", "--precision", "fp32", "--threads", "1", "--project", ".",
                                           "--pal-layer", "layer2", "--pal-sigma-px", "1.5"};
  const auto train = [&](const std::string& name, const std::string& weight) {
    auto arguments = common;
    arguments.insert(arguments.end(), {"--name", name, "--pal-weight", weight});
    return run(folder(), arguments);
  };
  const Outcome pal = train("pal", "2"), baseline = train("pal-baseline", "0");
  ASSERT_EQ(pal.code, 0) << pal.err;
  ASSERT_EQ(baseline.code, 0) << baseline.err;
  const auto history = [&](const std::string& name) { return read_csv(folder() / name / "results.csv", true); };
  for (const std::string name : {"pal", "pal-baseline"}) EXPECT_GE(history(name).column("valid/prior_correlation", false), 0) << name;

  const Outcome outcome = run(folder(), {"explain", "--weights", "pal", "--beside", "pal-baseline", "--data", "procedural:160", "--split", "test", "--methods",
                                         "gradcam", "--panels", "2", "--output", "inside", "--format", "json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto j = nlohmann::json::parse(outcome.out);
  const auto mean_of = [&](const std::string& name, const std::string& model) {
    for (const auto& m : j.at("measurements"))
      if (m.at("name") == name && m.at("model") == model) return m.at("value").at("mean").get<double>();
    ADD_FAILURE() << "no " << name << " of '" << model << "'" << ": " << j.at("measurements").dump();
    return 0.0;
  };
  EXPECT_EQ(j.at("measurements").size(), 6u);
  for (const char* model : {"", "pal-baseline"})
    for (const char* name : {"prior_correlation_others", "prior_correlation_free"}) EXPECT_LE(std::abs(mean_of(name, model)), 1) << name;
  const double with = mean_of("prior_correlation", ""), without = mean_of("prior_correlation", "pal-baseline");
  EXPECT_GT(with, without);
  const CsvTable rows = read_csv(folder() / "inside" / "measurements.csv", true);
  EXPECT_GE(rows.column("pal-baseline: prior_correlation_free", false), 0);
  EXPECT_EQ(rows.rows.size(), j.at("images").size());

  const Outcome other = run(folder(), {"explain", "--weights", "pal", "--beside", "net2", "--data", "procedural:160", "--output", "none"});
  EXPECT_EQ(other.code, 1);
  EXPECT_NE(other.err.find("net2"), std::string::npos) << other.err;
}

TEST_F(ExplainProgram, PalWithoutLandmarksSaysHowToGetThem) {
  fs::create_directories(folder() / "by_class" / "happiness");
  fs::create_directories(folder() / "by_class" / "sadness");
  for (int i = 0; i < 24; ++i)
    write_image(folder() / "by_class" / (i % 2 ? "happiness" : "sadness") / (std::to_string(i) + ".png"), draw_face(7, i).image);
  const Outcome blind = run(folder(), {"train", "--data", "folder:by_class", "--method", "pal", "--arch", "face_resnet", "--width", "0.125", "--input-size", "24",
                                       "--batch-size", "8", "--epochs", "1", "--validation", "holdout", "--project", ".", "--name", "blind"});
  EXPECT_EQ(blind.code, 1);
  EXPECT_NE(blind.err.find("mien data landmarks"), std::string::npos) << blind.err;
}

}  // namespace
}  // namespace mien
