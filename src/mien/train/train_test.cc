// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/train.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/folder_lock.h"
#include "mien/image/encode.h"
#include "mien/nn/weights.h"
#include "mien/report/training_report.h"
#include "mien/train/data_plan.h"
#include "mien/train/run_folder.h"

namespace mien {
namespace {

const ProgramInfo kProgram{"test", "0", "none"};

/// Asks for a stop at the n-th call of advance; counts calls.
class StoppingProgress : public Progress {
 public:
  explicit StoppingProgress(StopFlag* flag = nullptr, int after = 0) : flag_(flag), after_(after) {}
  void advance(std::int64_t, const std::string&) override {
    if (flag_ && ++calls_ == after_) flag_->request();
  }
  void warn(const std::string& message) override { warnings.push_back(message); }
  std::vector<std::string> warnings;

 private:
  StopFlag* flag_;
  int after_, calls_ = 0;
};

TrainConfig small_config(const fs::path& project) {
  TrainConfig c;
  c.data.spec = "procedural:120";
  c.input_size = 24;
  c.input.color = "gray";
  c.method.network.arch = "face_resnet";
  c.method.network.width = 0.125;
  c.method.optimizer.lr = 0.05;
  c.method.schedule.kind = "one_cycle";
  c.method.classifier.mixup_alpha = 0.2;
  c.augment.rotate_deg = 10;
  c.augment.erase = 0.5;
  c.epochs = 3;
  c.batch_size = 16;
  c.ema = 0.9;
  c.precision = "fp32";
  c.save_every_s = 1e9;
  c.project = project.string();
  c.name = "run";
  return c;
}

void expect_equal_weights(const fs::path& a, const fs::path& b) {
  const State first = load_state(a), second = load_state(b);
  ASSERT_EQ(first.tensors.size(), second.tensors.size());
  for (std::size_t i = 0; i < first.tensors.size(); ++i)
    EXPECT_TRUE(torch::equal(first.tensors[i].second, second.tensors[i].second)) << first.tensors[i].first;
}

double column(const TrainingHistory& history, std::size_t row, const std::string& name) {
  const auto found = std::find(history.columns.begin(), history.columns.end(), name);
  EXPECT_NE(found, history.columns.end()) << name;
  return history.rows.at(row).at(static_cast<std::size_t>(found - history.columns.begin()));
}

TEST(Train, WritesTheRunFolder) {
  TemporaryFolder folder;
  Progress progress;
  StopFlag stop;
  const TrainOutcome outcome = train(small_config(folder.path()), kProgram, progress, stop);
  for (const char* name : {"config.toml", "run.json", "results.csv", "validation_ids.txt", "train_batch.png", "valid_batch.png", "report.html",
                           "confusion_matrix.csv", "weights/best.safetensors", "weights/last.safetensors", "weights/last.state.safetensors"})
    EXPECT_TRUE(fs::exists(outcome.run_folder / name)) << name;
  const auto run = nlohmann::json::parse(read_text(outcome.run_folder / "run.json"));
  EXPECT_EQ(run.at("status"), "finished");
  const TrainingHistory history = read_history(outcome.run_folder / "results.csv");
  EXPECT_EQ(history.rows.size(), 3u);
  EXPECT_LT(column(history, 2, "train/loss"), column(history, 0, "train/loss"));
  const State best = load_state(outcome.run_folder / "weights" / "best.safetensors");
  ASSERT_TRUE(best.info.has_value());
  EXPECT_EQ(best.info->class_names.size(), 8u);
  EXPECT_EQ(best.info->preprocessing.width, 24);
}

TEST(Train, WeightsSayHowTheFacesOfTheirDataSetLie) {
  TemporaryFolder folder;
  Progress progress;
  StopFlag stop;
  TrainConfig config = small_config(folder.path() / "runs");
  config.epochs = 1;
  EXPECT_EQ(load_state(train(config, kProgram, progress, stop).run_folder / "weights" / "best.safetensors").info->preprocessing.alignment,
            "none");
  const fs::path faces = folder.path() / "faces" / "FER2013Train";
  fs::create_directories(faces);
  std::string rows;
  for (int i = 0; i < 24; ++i) {
    const std::string name = "fer" + std::to_string(i) + ".png";
    rows += name + ",\"(0, 0, 48, 48)\"," + (i % 2 == 0 ? "10,0" : "0,10") + ",0,0,0,0,0,0,0,0\n";
    write_image(faces / name, cv::Mat(48, 48, CV_8UC1, cv::Scalar(40 + 8 * i)));
  }
  write_atomically(faces / "label.csv", rows);
  config.data.spec = "ferplus:" + faces.parent_path().string();
  config.name = "fer";
  EXPECT_EQ(load_state(train(config, kProgram, progress, stop).run_folder / "weights" / "best.safetensors").info->preprocessing.alignment,
            "fer");
}

TEST(Train, WhatTheConfigurationSaysWronglyIsFoundBeforeThereIsAFolder) {
  TemporaryFolder folder;
  Progress progress;
  StopFlag stop;
  const fs::path project = folder.path() / "runs";
  const auto refused = [&](const auto& change) {
    TrainConfig config = small_config(project);
    change(config);
    EXPECT_THROW(train(config, kProgram, progress, stop), Error);
    EXPECT_FALSE(fs::exists(project));
  };
  refused([](TrainConfig& c) { c.weights = "missing.safetensors"; });
  refused([](TrainConfig& c) { c.method.network.arch = "efficient"; });
  refused([](TrainConfig& c) {
    c.method.method = "ldl";
    c.method.ldl.targets = "teacher";
    c.method.ldl.teacher = "missing";
  });
  refused([](TrainConfig& c) {
    c.method.method = "ldl";
    c.method.ldl.targets = "teacher";
    c.method.ldl.distributions = "missing.csv";
  });
}

TEST(Train, ARunThatIsAtWorkIsNotResumedByAnother) {
  TemporaryFolder folder;
  StopFlag stop, never;
  StoppingProgress stopping(&stop, 3);
  Progress progress;
  EXPECT_THROW(train(small_config(folder.path()), kProgram, stopping, stop), Error);
  {
    const FolderLock at_work(folder.path() / "run");
    EXPECT_THROW(resume_training(folder.path() / "run", kProgram, progress, never), Error);
  }
  EXPECT_EQ(resume_training(folder.path() / "run", kProgram, progress, never).epochs_done, 3);
}

TEST(Train, AStoppedRunContinuesBitExactly) {
  TemporaryFolder folder;
  Progress progress;
  StopFlag never;
  const fs::path whole = train(small_config(folder.path() / "whole"), kProgram, progress, never).run_folder;
  for (const int after : {1, 8, 13}) {
    const fs::path project = folder.path() / ("stopped" + std::to_string(after));
    StopFlag stop;
    StoppingProgress stopping(&stop, after);
    EXPECT_THROW(train(small_config(project), kProgram, stopping, stop), Error);
    EXPECT_EQ(nlohmann::json::parse(read_text(project / "run" / "run.json")).at("status"), "interrupted");
    const fs::path resumed = resume_training(project / "run", kProgram, progress, never).run_folder;
    EXPECT_EQ(resumed, project / "run");
    expect_equal_weights(whole / "weights" / "last.safetensors", resumed / "weights" / "last.safetensors");
    expect_equal_weights(whole / "weights" / "best.safetensors", resumed / "weights" / "best.safetensors");
    const auto a = read_history(whole / "results.csv"), b = read_history(resumed / "results.csv");
    for (std::size_t row = 0; row < 3; ++row)
      for (const char* name : {"train/loss", "valid/nll", "valid/accuracy"}) EXPECT_EQ(column(a, row, name), column(b, row, name)) << name;
  }
}

/// Asks for a stop when a validation begins.
class StopAtValidation : public Progress {
 public:
  StopAtValidation(StopFlag& flag, const std::string& epoch) : flag_(flag), stage_("epoch " + epoch + " validation") {}
  void begin(const std::string& stage, std::int64_t) override {
    if (stage == stage_) flag_.request();
  }

 private:
  StopFlag& flag_;
  std::string stage_;
};

TEST(Train, ARunStoppedInAValidationContinuesBitExactly) {
  TemporaryFolder folder;
  Progress progress;
  StopFlag never;
  const fs::path whole = train(small_config(folder.path() / "whole"), kProgram, progress, never).run_folder;
  for (const char* epoch : {"1/3", "3/3"}) {
    const fs::path project = folder.path() / ("stopped" + std::string(epoch, 1));
    StopFlag stop;
    StopAtValidation stopping(stop, epoch);
    try {
      train(small_config(project), kProgram, stopping, stop);
      ADD_FAILURE() << "was not stopped";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::interrupted);
    }
    EXPECT_EQ(read_history(whole / "results.csv").rows.size(), 3u);
    EXPECT_EQ(fs::exists(project / "run" / "results.csv"), std::string(epoch) == "3/3") << "the validation that was stopped has no row";
    const fs::path resumed = resume_training(project / "run", kProgram, progress, never).run_folder;
    expect_equal_weights(whole / "weights" / "last.safetensors", resumed / "weights" / "last.safetensors");
    expect_equal_weights(whole / "weights" / "best.safetensors", resumed / "weights" / "best.safetensors");
    EXPECT_EQ(read_history(resumed / "results.csv").rows.size(), 3u);
  }
}

/// `images` pictures of every class in a folder of its own.
void write_faces(const fs::path& folder, const std::vector<std::string>& classes, int images) {
  for (std::size_t c = 0; c < classes.size(); ++c) {
    fs::create_directories(folder / classes[c]);
    for (int i = 0; i < images; ++i)
      write_image(folder / classes[c] / (std::to_string(i) + ".png"), cv::Mat(32, 32, CV_8UC1, cv::Scalar(20 + 7 * i + static_cast<int>(100 * c))));
  }
}

/// Changes where the program stands, and back.
class StandIn {
 public:
  explicit StandIn(const fs::path& folder) : before_(fs::current_path()) { fs::current_path(folder); }
  ~StandIn() {
    std::error_code ignored;
    fs::current_path(before_, ignored);
  }
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

 private:
  fs::path before_;
};

TEST(Train, RelativePathsMeanWhatTheyMeantWhereTheRunBegan) {
  TemporaryFolder folder;
  const fs::path home = folder.path() / "home", elsewhere = folder.path() / "elsewhere";
  fs::create_directories(elsewhere);
  write_faces(home / "faces", {"anger", "happiness"}, 20);
  Progress progress;
  StopFlag stop, never;
  fs::path whole;
  {
    const StandIn here(home);
    TrainConfig config = small_config("runs");
    config.data.spec = "folder:faces";
    StoppingProgress stopping(&stop, 3);
    EXPECT_THROW(train(config, kProgram, stopping, stop), Error);
    config.project = "whole";
    whole = home / train(config, kProgram, progress, never).run_folder;
  }
  {
    const StandIn here(elsewhere);
    const auto outcome = resume_training("../home/runs/run", kProgram, progress, never);
    EXPECT_EQ(outcome.epochs_done, 3);
    expect_equal_weights(whole / "weights" / "last.safetensors", home / "runs" / "run" / "weights" / "last.safetensors");
  }
  // Moved together with its data to where nobody knows of the old place, a run goes on from beside its data.
  const StandIn here(home);
  StopFlag again;
  StoppingProgress stopping(&again, 3);
  TrainConfig config = small_config("moving");
  config.data.spec = "folder:faces";
  EXPECT_THROW(train(config, kProgram, stopping, again), Error);
  fs::rename(home, folder.path() / "new");
  const StandIn there(folder.path() / "new");
  EXPECT_EQ(resume_training("moving/run", kProgram, progress, never).epochs_done, 3);
}

/// A full disk is over some time; the training is not: what could not be written is an interruption.
TEST(Train, GoesOnAfterAFileCouldNotBeWritten) {
  TemporaryFolder folder;
  Progress progress;
  StopFlag never;
  const fs::path whole = train(small_config(folder.path() / "whole"), kProgram, progress, never).run_folder;
  const TrainConfig config = small_config(folder.path() / "runs");
  const fs::path run = folder.path() / "runs" / "run", in_the_way = run / "results.csv" / "in the way";
  class InTheWay : public Progress {
   public:
    explicit InTheWay(fs::path path) : path_(std::move(path)) {}
    void begin(const std::string& stage, std::int64_t) override {
      if (stage == "epoch 1/3 validation") fs::create_directories(path_);
    }
    fs::path path_;
  } blocking(in_the_way);
  try {
    train(config, kProgram, blocking, never);
    ADD_FAILURE() << "results.csv is a folder";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
  }
  EXPECT_EQ(status_of_run(run).rfind("interrupted: ", 0), 0u) << status_of_run(run);
  fs::remove_all(run / "results.csv");
  resume_training(run, kProgram, progress, never);
  expect_equal_weights(whole / "weights" / "last.safetensors", run / "weights" / "last.safetensors");
  EXPECT_EQ(status_of_run(run), "finished");
}

TEST(Train, WhoReadsSeesThatARunWasKilled) {
  TemporaryFolder folder;
  EXPECT_EQ(status_of_run(folder.path()), "");
  write_atomically(folder.path() / "run.json", "{\"status\": \"running\"}");
  EXPECT_EQ(status_of_run(folder.path()), "killed");
  const FolderLock at_work(folder.path());
  EXPECT_EQ(status_of_run(folder.path()), "running");
  write_atomically(folder.path() / "run.json", "no json");
  EXPECT_EQ(status_of_run(folder.path()), "");
}

/// Pictures and event files only show what is stored elsewhere.
TEST(Train, WhatCannotBeShownDoesNotEndTheTraining) {
  TemporaryFolder folder;
  write_faces(folder.path() / "faces", {"happiness"}, 24);  // one class: a plot of one cell
  TrainConfig config = small_config(folder.path() / "runs");
  config.data.spec = "folder:" + (folder.path() / "faces").string();
  class InTheWay : public StoppingProgress {
   public:
    explicit InTheWay(fs::path run) : run_(std::move(run)) {}
    void begin(const std::string& stage, std::int64_t) override {
      if (stage != "epoch 1/3") return;
      for (const char* name : {"confusion_matrix.png", "curves.png", "report.html"}) fs::create_directories(run_ / name / "in the way");
    }
    fs::path run_;
  } blocking(folder.path() / "runs" / "run");
  StopFlag never;
  const TrainOutcome outcome = train(config, kProgram, blocking, never);
  EXPECT_EQ(outcome.epochs_done, 3);
  EXPECT_EQ(status_of_run(outcome.run_folder), "finished");
  EXPECT_NE(outcome.notes.find("report.html was left out"), std::string::npos) << outcome.notes;
  EXPECT_TRUE(fs::exists(outcome.run_folder / "weights" / "best.safetensors"));
  EXPECT_TRUE(fs::exists(outcome.run_folder / "confusion_matrix.csv"));
  EXPECT_LE(std::count_if(blocking.warnings.begin(), blocking.warnings.end(), [](const std::string& w) { return w.find("confusion") != std::string::npos; }), 1)
      << "said in every epoch";
}

TEST(Train, ALossThatIsNotFiniteStopsAndKeepsTheState) {
  TemporaryFolder folder;
  TrainConfig config = small_config(folder.path());
  config.method.schedule.kind = "constant";
  config.method.optimizer.lr = 1e6;
  config.epochs = 20;
  Progress progress;
  StopFlag stop;
  try {
    train(config, kProgram, progress, stop);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::numeric);
    EXPECT_NE(std::string(error.what()).find("cross_entropy"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("epoch"), std::string::npos);
  }
  EXPECT_EQ(nlohmann::json::parse(read_text(folder.path() / "run" / "run.json")).at("status").get<std::string>().rfind("failed", 0), 0u);
}

TEST(Train, HeadEpochsLeaveTheBackboneAlone) {
  TemporaryFolder folder;
  Progress progress;
  StopFlag stop;
  TrainConfig config = small_config(folder.path());
  config.epochs = 1;
  config.ema = 0;
  config.method.classifier.head_epochs = 1;
  const auto run = train(config, kProgram, progress, stop).run_folder;
  torch::manual_seed(static_cast<std::uint64_t>(config.seed));
  NetworkOptions network = config.method.network;
  network.num_classes = 8;
  network.in_channels = 1;
  network.input_size = 24;
  const auto fresh = state_of(*create_network(network));
  const State trained = load_state(run / "weights" / "last.safetensors");
  for (const auto& [name, value] : trained.tensors) {
    EXPECT_EQ(torch::equal(value, *fresh.find(name)), name.rfind("fc.", 0) != 0) << name;
  }
}

TEST(Train, RotatingFoldsValidateEverySampleOnce) {
  TemporaryFolder folder;
  TrainConfig config = small_config(folder.path());
  config.validation.source = "folds";
  config.validation.folds = 4;
  Progress progress;
  const DataPlan plan = plan_data(config, progress);
  ASSERT_EQ(plan.parts.size(), 4u);
  std::map<std::string, int> seen;
  for (const auto& part : plan.parts) {
    for (const auto& r : part.valid->records) ++seen[r.id];
    for (const auto& r : part.train->records)
      for (const auto& v : part.valid->records) ASSERT_NE(r.id, v.id);
  }
  EXPECT_EQ(static_cast<std::int64_t>(seen.size()), plan.parts[0].train->size() + plan.parts[0].valid->size());
  for (const auto& [id, count] : seen) EXPECT_EQ(count, 1) << id;
  EXPECT_EQ(&plan.at(5), &plan.parts[1]);
}

TEST(Train, ResumeRefusesAChangedConfiguration) {
  TemporaryFolder folder;
  StopFlag stop;
  StoppingProgress stopping(&stop, 3);
  EXPECT_THROW(train(small_config(folder.path()), kProgram, stopping, stop), Error);
  const fs::path config = folder.path() / "run" / "config.toml";
  std::string text = read_text(config);
  text.replace(text.find("batch_size = 16"), 15, "batch_size = 17");
  write_atomically(config, text);
  Progress progress;
  StopFlag never;
  try {
    resume_training(folder.path() / "run", kProgram, progress, never);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::mismatch);
    EXPECT_NE(std::string(error.what()).find("training.batch_size was 16, now it is 17"), std::string::npos) << error.what();
  }
}

TEST(Train, ResumeGoesOnWithWhatDoesNotDecideTheResult) {
  TemporaryFolder folder;
  Progress progress;
  StopFlag stop, never;
  const fs::path whole = train(small_config(folder.path() / "whole"), kProgram, progress, never).run_folder;
  StoppingProgress stopping(&stop, 3);
  EXPECT_THROW(train(small_config(folder.path() / "runs"), kProgram, stopping, stop), Error);
  const fs::path config = folder.path() / "runs" / "run" / "config.toml";
  std::string text = read_text(config);
  for (const auto& [from, to] : {std::pair("loader_threads = 1", "loader_threads = 3"), std::pair("cache_mb = 512", "cache_mb = 0"), std::pair("pal_weight = ", "pal_weight = 1")}) {
    ASSERT_NE(text.find(from), std::string::npos) << from;
    text.replace(text.find(from), std::string(from).size(), to);
  }
  write_atomically(config, text);
  const fs::path resumed = resume_training(folder.path() / "runs" / "run", kProgram, progress, never).run_folder;
  expect_equal_weights(whole / "weights" / "last.safetensors", resumed / "weights" / "last.safetensors");
}

/// The files below a folder with their content.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) all[entry.path().lexically_relative(folder).string()] = read_text(entry.path());
  return all;
}

TEST(Train, AFinishedRunResumesToItself) {
  TemporaryFolder folder;
  Progress progress;
  StopFlag never;
  for (const bool early : {false, true}) {
    TrainConfig config = small_config(folder.path() / (early ? "early" : "whole"));
    if (early) {  // the first epoch is the best: nothing is learned
      config.method.optimizer.lr = 0;
      config.ema = 0;
      config.epochs = 6;
      config.patience = 2;
      config.select = "class_accuracy_mean";
      config.method.network.arch = "face_resnet";
    }
    const auto outcome = train(config, kProgram, progress, never);
    const auto before = contents(outcome.run_folder);
    class Listening : public Progress {
     public:
      void info(const std::string& message) override { said += message + "\n"; }
      std::string said;
    } listening;
    for (int again = 0; again < 2; ++again) {
      const auto resumed = resume_training(outcome.run_folder, kProgram, listening, never);
      EXPECT_EQ(resumed.epochs_done, outcome.epochs_done);
      EXPECT_EQ(resumed.best_epoch, outcome.best_epoch);
      EXPECT_EQ(resumed.best_score, outcome.best_score);
      EXPECT_EQ(contents(outcome.run_folder), before);
    }
    EXPECT_NE(listening.said.find("is finished after epoch " + std::to_string(outcome.epochs_done)), std::string::npos) << listening.said;
    if (early) EXPECT_LT(outcome.epochs_done, 6);
  }
}

// Killed between the last validation and the files that are written at the end, an early-stopped run trains no further epoch.
TEST(Train, ARunKilledBeforeItsLastFilesWritesThemAndNoMore) {
  TemporaryFolder folder;
  Progress progress;
  StopFlag never;
  TrainConfig config = small_config(folder.path());
  config.method.optimizer.lr = 0;
  config.ema = 0;
  config.epochs = 6;
  config.patience = 2;
  const auto outcome = train(config, kProgram, progress, never);
  ASSERT_LT(outcome.epochs_done, 6);
  const fs::path run = outcome.run_folder;
  auto json = nlohmann::json::parse(read_text(run / "run.json"));
  json["status"] = "running";
  write_atomically(run / "run.json", json.dump());
  fs::remove(run / "weights" / "last.safetensors");
  const auto resumed = resume_training(run, kProgram, progress, never);
  EXPECT_EQ(resumed.epochs_done, outcome.epochs_done);
  EXPECT_EQ(read_history(run / "results.csv").rows.size(), static_cast<std::size_t>(outcome.epochs_done));
  EXPECT_TRUE(fs::exists(run / "weights" / "last.safetensors"));
  EXPECT_EQ(status_of_run(run), "finished");
}

TEST(Train, TheBestEpochIsSelectedByAnyMetricInItsDirection) {
  TemporaryFolder folder;
  Progress progress;
  StopFlag never;
  for (const char* select : {"brier", "ece", "cohen_kappa", "vote_kl"}) {
    TrainConfig config = small_config(folder.path() / select);
    if (std::string(select) == "vote_kl") config.method.method = "ldl";
    if (config.method.method == "ldl") config.method.ldl.targets = "votes";
    config.select = select;
    const auto outcome = train(config, kProgram, progress, never);
    const auto history = read_history(outcome.run_folder / "results.csv");
    const double best = column(history, static_cast<std::size_t>(outcome.best_epoch - 1), "valid/" + std::string(select));
    EXPECT_EQ(best, outcome.best_score);
    for (std::size_t row = 0; row < history.rows.size(); ++row) {
      const double other = column(history, row, "valid/" + std::string(select));
      if (std::string(select) == "cohen_kappa")
        EXPECT_GE(best, other);
      else
        EXPECT_LE(best, other) << select;
    }
    EXPECT_EQ(nlohmann::json::parse(read_text(outcome.run_folder / "run.json")).at("best_epoch"), outcome.best_epoch);
  }
  TrainConfig config = small_config(folder.path() / "unknown");
  config.select = "acuracy";
  try {
    train(config, kProgram, progress, never);
    ADD_FAILURE() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_NE(error.hint().find("accuracy"), std::string::npos) << error.hint();
  }
  EXPECT_FALSE(fs::exists(folder.path() / "unknown" / "run")) << "told before there is a folder";
}

TEST(Train, BadFilesAreCountedListedAndLimited) {
  TemporaryFolder folder;
  Progress progress;
  StopFlag stop;
  TrainConfig config = small_config(folder.path() / "runs");
  config.data.spec = "folder:" + (folder.path() / "faces").string();
  config.validation.source = "holdout";
  config.validation.share = 0.2;
  for (const char* name : {"happiness", "anger"})
    for (int i = 0; i < 20; ++i) {
      fs::create_directories(folder.path() / "faces" / name);
      write_atomically(folder.path() / "faces" / name / (std::to_string(i) + ".bmp"), [&](std::ostream& out) {
        const std::string header("BM\x36\x03\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x10\0\0\0\x10\0\0\0\x01\0\x18\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 54);
        out << header << std::string(16 * 16 * 3, static_cast<char>(name[0] + i));
      });
    }
  config.max_bad_share = 0.2;
  DataPlan plan = plan_data(config, progress);  // the same seed splits in the same way below
  const std::string in_train = plan.parts[0].train->records[0].id, in_valid = plan.parts[0].valid->records[0].id;
  for (const auto& part : {plan.parts[0].train, plan.parts[0].valid})
    write_atomically(part->records[0].source.file, "not an image");
  const TrainOutcome outcome = train(config, kProgram, progress, stop);
  const auto history = read_history(outcome.run_folder / "results.csv");
  for (std::size_t row = 0; row < history.rows.size(); ++row) EXPECT_EQ(column(history, row, "bad_files"), 2);
  const std::string listed = read_text(outcome.run_folder / "bad_files.csv");
  EXPECT_NE(listed.find(in_train), std::string::npos) << listed;
  EXPECT_NE(listed.find(in_valid), std::string::npos) << listed;

  // What was found before a run was stopped stays in its list, also when the file is there again later.
  config.project = (folder.path() / "stopped").string();
  StoppingProgress stopping(&stop, 5);
  EXPECT_THROW(train(config, kProgram, stopping, stop), Error);
  fs::copy_file(plan.parts[0].train->records[1].source.file, plan.parts[0].train->records[0].source.file, fs::copy_options::overwrite_existing);
  StopFlag never;
  const auto resumed = resume_training(folder.path() / "stopped" / "run", kProgram, progress, never).run_folder;
  EXPECT_EQ(column(read_history(resumed / "results.csv"), 2, "bad_files"), 1);
  EXPECT_NE(read_text(resumed / "bad_files.csv").find(in_train), std::string::npos);

  config.max_bad_share = 0;
  EXPECT_THROW(train(config, kProgram, progress, never), Error);
}

}  // namespace
}  // namespace mien
