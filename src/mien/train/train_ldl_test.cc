// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// Trainings with label distributions from configuration to run folder, on drawn faces.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/encode.h"
#include "mien/methods/method.h"
#include "mien/nn/weights.h"
#include "mien/report/training_report.h"
#include "mien/train/train.h"
#include "mien/train/trainings_for_tests.h"

namespace mien {
namespace {

const ProgramInfo kProgram{"test", "0", "none"};

TrainConfig config_in(const fs::path& project, const std::string& name) {
  TrainConfig c;
  c.data.spec = "procedural:120";
  c.input_size = 32;
  c.input.color = "gray";
  c.method.method = "ldl";
  c.method.network.arch = "face_resnet";
  c.method.network.width = 0.125;
  c.method.optimizer.lr = 0.05;
  c.method.schedule.kind = "one_cycle";
  c.augment.rotate_deg = 10;
  c.epochs = 3;
  c.batch_size = 16;
  c.ema = 0.9;
  c.precision = "fp32";
  c.threads = 1;
  c.save_every_s = 1e9;
  c.project = project.string();
  c.name = name;
  return c;
}

fs::path trained(const TrainConfig& config) {
  Progress progress;
  StopFlag stop;
  return train(config, kProgram, progress, stop).run_folder;
}

fs::path teacher_in(const fs::path& project) {
  TrainConfig config = config_in(project, "teacher");
  config.method.method = "classifier";
  config.epochs = 2;
  return trained(config);
}

std::string message_of(const TrainConfig& config) {
  try {
    trained(config);
  } catch (const Error& error) {
    return std::string(error.what()) + " " + error.hint();
  }
  return "no error";
}

std::vector<double> column(const fs::path& run, const std::string& name) {
  const TrainingHistory history = read_history(run / "results.csv");
  const auto found = std::find(history.columns.begin(), history.columns.end(), name);
  EXPECT_NE(found, history.columns.end()) << name;
  std::vector<double> values;
  for (const auto& row : history.rows) values.push_back(row.at(static_cast<std::size_t>(found - history.columns.begin())));
  return values;
}

void expect_equal_tensors(const fs::path& a, const fs::path& b) {
  const State first = load_state(a), second = load_state(b);
  ASSERT_EQ(first.tensors.size(), second.tensors.size());
  for (std::size_t i = 0; i < first.tensors.size(); ++i)
    EXPECT_TRUE(torch::equal(first.tensors[i].second, second.tensors[i].second)) << first.tensors[i].first;
}

/// What the saved state remembers; -99 where nothing was seen yet.
torch::Tensor memory_of(const fs::path& run) {
  const State state = load_state(run / "weights" / "last.state.safetensors");
  const torch::Tensor* memory = state.find("method.neighbour_memory");
  EXPECT_NE(memory, nullptr);
  return memory == nullptr ? torch::Tensor() : memory->nan_to_num(-99);
}

TEST(TrainLdl, AStudentFollowsItsTeacherAndAnswersWithoutIt) {
  TemporaryFolder folder;
  const fs::path teacher = teacher_in(folder.path());
  TrainConfig config = config_in(folder.path(), "student");
  config.method.ldl.targets = "teacher";
  config.method.ldl.teacher = teacher.string() + "/";  // as a shell completes it
  config.method.ldl.loss = "kl";
  const fs::path run = trained(config);
  const auto kl = column(run, "train/kl");
  EXPECT_LT(kl.back(), kl.front());
  for (const char* name : {"valid/vote_kl", "valid/vote_cosine", "valid/vote_top1"})
    EXPECT_TRUE(std::isfinite(column(run, name).back())) << name;

  const State weights = load_state(run / "weights" / "best.safetensors");
  for (const auto& [name, value] : weights.tensors) EXPECT_EQ(name.find("teacher"), std::string::npos);
  ASSERT_TRUE(weights.info.has_value());
  EXPECT_EQ(weights.info->recipe.find(folder.path().string()), std::string::npos)
      << "folders of this machine travel with the weights";
  fs::remove_all(teacher);
  MethodConfig stored;
  OptionTable table;
  describe(stored, table);
  table.read_toml_text(weights.info->recipe, "recipe", OptionTable::Unknown::ignore);
  EXPECT_EQ(stored.ldl.teacher, "teacher");
  const auto method =
      create_method(stored, {known_label_space("ferplus"), std::vector<std::int64_t>(8, 1), weights.info->preprocessing});
  load_into(method->module(), weights);
}

TEST(TrainLdl, AStoppedRunWithAMemoryContinuesBitExactly) {
  TemporaryFolder folder;
  TrainConfig config = config_in(folder.path() / "whole", "run");
  config.method.ldl.targets = "votes";
  config.method.ldl.neighbour_weight = 1;  // large, so that a memory that was lost would show
  config.method.ldl.anomaly_floor = 0.5;
  config.accumulate = 2;
  const fs::path whole = trained(config);
  const auto shares = column(whole, "train/neighbour_share");
  EXPECT_LT(shares[0], shares[2]);
  EXPECT_GT(shares[2], 0.9) << "nearly every sample was seen";
  EXPECT_GT(column(whole, "train/neighbourhood").back(), 0);
  for (const int after : {2, 9, 12}) {
    config.project = (folder.path() / std::to_string(after)).string();
    StopFlag stop, never;
    StopAfter stopping(stop, after);
    EXPECT_THROW(train(config, kProgram, stopping, stop), Error);
    Progress progress;
    const fs::path resumed = resume_training(fs::path(config.project) / "run", kProgram, progress, never).run_folder;
    for (const char* file : {"best.safetensors", "last.safetensors"})
      expect_equal_tensors(whole / "weights" / file, resumed / "weights" / file);
    for (const char* name : {"train/loss", "train/neighbourhood", "train/neighbour_share", "valid/vote_kl"})
      EXPECT_EQ(column(resumed, name), column(whole, name)) << name << " after " << after;
    EXPECT_TRUE(torch::equal(memory_of(whole), memory_of(resumed))) << after;
  }
}

TEST(TrainLdl, NeighboursOfASecondPassAndReducedPrecisionTrainToo) {
  TemporaryFolder folder;
  TrainConfig config = config_in(folder.path(), "run");
  config.epochs = 1;
  config.precision = "bf16";
  config.method.ldl.targets = "labels";
  config.method.ldl.neighbour_weight = 0.1;
  config.method.ldl.neighbours = "pass";
  config.method.ldl.detach_neighbours = false;
  const fs::path run = trained(config);
  EXPECT_EQ(column(run, "train/neighbour_share").back(), 1);
  EXPECT_GT(column(run, "train/neighbourhood").back(), 0);
  EXPECT_TRUE(std::isfinite(column(run, "valid/nll").back()));
}

TEST(TrainLdl, LabelNoiseIsInTheRecordAndNotInTheValidation) {
  TemporaryFolder folder;
  TrainConfig config = config_in(folder.path(), "run");
  config.epochs = 1;
  config.method.optimizer.lr = 0;  // a network that stands still is as good on validation with and without
  config.method.ldl.targets = "labels";
  const fs::path clean = trained(config);
  config.label_noise = "symmetric:0.5";
  const fs::path noisy = trained(config);
  EXPECT_NE(read_text(noisy / "run.json").find("symmetric:0.5"), std::string::npos);
  EXPECT_EQ(column(clean, "valid/vote_kl"), column(noisy, "valid/vote_kl"));
  EXPECT_NE(column(clean, "train/loss"), column(noisy, "train/loss"));
}

TEST(TrainLdl, MistakesAreNamed) {
  TemporaryFolder folder;
  TrainConfig config = config_in(folder.path() / "runs", "run");
  config.method.ldl.targets = "teacher";
  config.method.ldl.teacher = (folder.path() / "absent").string();
  EXPECT_NE(message_of(config).find("absent"), std::string::npos) << message_of(config);
  config.method.ldl.teacher = teacher_in(folder.path()).string();
  config.data.labels = "rafdb";
  std::string message = message_of(config);
  EXPECT_NE(message.find("the teacher's classes are neutral, happiness"), std::string::npos) << message;
  config.data.labels = "";
  config.input_size = 24;
  message = message_of(config);
  EXPECT_NE(message.find("the teacher's input is 32x32 gray, expected 24x24 gray"), std::string::npos) << message;

  config = config_in(folder.path() / "runs", "plain");
  for (const char* name : {"happiness", "anger"})
    for (int i = 0; i < 20; ++i) {
      fs::create_directories(folder.path() / "faces" / name);
      write_image(folder.path() / "faces" / name / (std::to_string(i) + ".png"),
                  cv::Mat(32, 32, CV_8UC1, cv::Scalar(10 * i + (name[0] == 'a'))));
    }
  config.data.spec = "folder:" + (folder.path() / "faces").string();
  config.validation.source = "holdout";
  EXPECT_NE(message_of(config).find("--ldl-targets votes: no training sample"), std::string::npos) << message_of(config);
  config.method.ldl.targets = "labels";
  config.method.ldl.neighbour_weight = 0.01;
  EXPECT_NE(message_of(config).find("have Action Units"), std::string::npos) << message_of(config);
}

}  // namespace
}  // namespace mien
