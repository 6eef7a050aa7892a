// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Order, resuming, failures and refusals of a reproduction, with a trainer that only writes what a trainer leaves behind.
#include "mien/reproduce/reproduce.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/folder_lock.h"
#include "mien/base/text.h"
#include "mien/image/encode.h"
#include "mien/report/predictions_csv.h"

namespace mien {
namespace {

Study small_study() {
  Study study;
  study.name = "smoothing";
  study.title = "Label smoothing";
  study.source = "nobody";
  study.base = {{"epochs", "2"}};
  study.rows = {{"none", "none", {{"label_smoothing", "0"}}, {}}, {"some", "some", {{"label_smoothing", "0.1"}}, {}}};
  study.scales = {{"smoke", "nothing is trained", 2, {}, {}}, {"full", "the same, for longer", 2, {{"epochs", "3"}}, {}}};
  return study;
}

/// Writes the files of a run; every row has an accuracy of its own.
class FakeTrainer {
 public:
  RunWorkers workers() {
    RunWorkers result;
    result.gnuplot = "none";
    result.train = [this](const TrainConfig& config, Progress&, const StopFlag&) {
      const fs::path folder = fs::path(config.project) / config.name;
      EXPECT_FALSE(fs::exists(folder)) << folder;
      calls.push_back("train " + config.name);
      fs::create_directories(folder);
      TrainConfig copy = config;
      OptionTable table;
      describe(copy, table);
      write_atomically(folder / "config.toml", table.to_toml());
      finish(folder);
    };
    result.resume = [this](const fs::path& folder, Progress&, const StopFlag&) {
      calls.push_back("resume " + folder.filename().string());
      finish(folder);
    };
    result.score = [this](const EvaluateConfig& config, const fs::path& folder, Progress& progress) {
      const std::string name = fs::path(config.weights).parent_path().parent_path().filename().string();
      const bool other = folder.parent_path().filename() == other_tests_folder;
      calls.push_back("score " + name + (other ? " on " + config.data.spec + ", " + config.split : ""));
      if (other && name == fails_elsewhere) throw Error(ErrorCode::bad_data, "nothing to read");
      scored = config;
      progress.advance(1, "");
      if (name == fails_to_score) throw Error(ErrorCode::bad_file, "broken weights");
      write_scores(name, folder);
    };
    return result;
  }

  std::vector<std::string> calls;
  EvaluateConfig scored;
  std::string interrupt_at, full_disk_at, diverges, crashes, fails_to_score, fails_elsewhere;

 private:
  void finish(const fs::path& folder) {
    const std::string name = folder.filename().string();
    const auto status = [&](const std::string& text) {
      write_atomically(folder / "run.json",
                       nlohmann::json{{"status", text}, {"seconds", 10.0}, {"commit", "c"}, {"data", {{"hash", "h"}}}}.dump());
    };
    if (name == interrupt_at) {
      status("interrupted");
      interrupt_at.clear();
      throw Error(ErrorCode::interrupted, "interrupted");
    }
    if (name == full_disk_at) {
      status("interrupted: results.csv: cannot write: No space left on device");
      full_disk_at.clear();
      throw Error(ErrorCode::io, "results.csv: cannot write: No space left on device");
    }
    if (name == diverges) {
      status("failed: the loss is not finite");
      throw Error(ErrorCode::numeric, "the loss is not finite");
    }
    if (name == crashes) throw std::runtime_error("out of memory");
    // The second epoch is best; the third one is as good, and later.
    write_atomically(folder / "results.csv",
                     "epoch,valid/accuracy,valid/nll,valid/prior_correlation\n1,0.5,1,0.1\n2,0.75,2,0.2\n3,0.75,0.5,0.3\n");
    status("finished");
  }

  static void write_scores(const std::string& name, const fs::path& folder) {
    Predictions predictions;
    predictions.classes = 2;
    for (int i = 0; i < 8; ++i) {
      const bool right = i < (name.starts_with("some") ? 6 : 4), first = (i % 2 == 0) == right;
      predictions.ids.push_back("image" + std::to_string(i));
      predictions.labels.push_back(i % 2);
      predictions.logits.insert(predictions.logits.end(), {first ? 1.f : 0.f, first ? 0.f : 1.f});
    }
    write_predictions_csv(predictions, {"a", "b"}, folder / "predictions.csv");
    write_atomically(folder / "report.json", "{}");
  }
};

class Reproduce : public ::testing::Test {
 protected:
  Reproduce() {
    request_.scale = "smoke";
    request_.data = "procedural:60";
    request_.output = folder_.path() / "out";
  }
  StudyTable run() {
    return reproduce(study_, request_, {"mien reproduce smoothing", "1", "c"}, trainer_.workers(), progress_, stop_);
  }
  Error error_of_run() {
    try {
      run();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "no error";
    return {ErrorCode::usage, ""};
  }
  std::vector<std::string> calls() { return std::exchange(trainer_.calls, {}); }

  TemporaryFolder folder_;
  Study study_ = small_study();
  ReproduceRequest request_;
  FakeTrainer trainer_;
  Progress progress_;
  StopFlag stop_;
};

using Calls = std::vector<std::string>;

TEST_F(Reproduce, EverySeedOfEveryRowIsTrainedAndScoredOnceSeedBySeed) {
  const StudyTable table = run();
  EXPECT_EQ(calls(), (Calls{"train none-s1", "score none-s1", "train some-s1", "score some-s1", "train none-s2", "score none-s2",
                            "train some-s2", "score some-s2"}));
  EXPECT_NEAR(table.rows[0].test->mean, 0.5, 1e-12);
  EXPECT_NEAR(table.rows[1].test->mean, 0.75, 1e-12);
  EXPECT_NEAR(table.rows[1].to_baseline->mean, 0.25, 1e-12);
  EXPECT_EQ(table.rows[0].runs[0].record.best_epoch, 2);
  EXPECT_EQ(table.rows[0].measurements[0].second.mean, 0.2);
  EXPECT_EQ(trainer_.scored.split, "test");

  run();
  EXPECT_EQ(calls(), Calls{});
  request_.seeds = 3;
  run();
  EXPECT_EQ(calls(), (Calls{"train none-s3", "score none-s3", "train some-s3", "score some-s3"}));
  request_.seeds = 1;
  EXPECT_EQ(run().rows[0].scored.size(), 3u);  // finished seeds are not hidden
}

TEST_F(Reproduce, AnInterruptedRunGoesOnWhereItStopped) {
  trainer_.interrupt_at = "some-s1";
  const Error error = error_of_run();
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
  EXPECT_NE(std::string(error.what()).find("run 2 of 4"), std::string::npos) << error.what();
  const CsvTable runs = read_csv(request_.output / "smoothing" / "runs.csv", true);
  EXPECT_EQ(runs.rows[0][2], "finished");
  EXPECT_EQ(runs.rows[2][2], "started");
  calls();
  run();
  EXPECT_EQ(calls(),
            (Calls{"resume some-s1", "score some-s1", "train none-s2", "score none-s2", "train some-s2", "score some-s2"}));
}

TEST_F(Reproduce, AStopBetweenRunsEndsIt) {
  stop_.request();
  EXPECT_EQ(error_of_run().code(), ErrorCode::interrupted);
  EXPECT_EQ(calls(), Calls{});
}

TEST_F(Reproduce, AStopWhileScoringEndsItAndTheRunIsScoredLater) {
  request_.seeds = 1;
  request_.only = {"none"};
  RunWorkers workers = trainer_.workers();
  const auto score = workers.score;
  workers.score = [&](const EvaluateConfig& config, const fs::path& folder, Progress& progress) {
    stop_.request();
    score(config, folder, progress);
  };
  EXPECT_THROW(reproduce(study_, request_, {}, workers, progress_, stop_), Error);
  EXPECT_EQ(calls(), (Calls{"train none-s1", "score none-s1"}));
  const StopFlag fresh;
  reproduce(study_, request_, {}, trainer_.workers(), progress_, fresh);
  EXPECT_EQ(calls(), Calls{"score none-s1"});
}

TEST_F(Reproduce, FailuresAreListedAndDoNotStopTheOthers) {
  trainer_.diverges = "none-s1";
  trainer_.crashes = "some-s1";
  trainer_.fails_to_score = "none-s2";
  const StudyTable table = run();
  EXPECT_EQ(table.failed, 3);
  EXPECT_EQ(table.rows[0].runs[0].record.reason, "the loss is not finite");
  EXPECT_EQ(table.rows[1].runs[0].record.reason, "out of memory");
  EXPECT_EQ(table.rows[0].runs[1].record.reason, "broken weights");
  EXPECT_EQ(table.rows[1].scored, std::vector<std::int64_t>{2});
  calls();

  // A loss that was not finite would be so again; the others are tried again.
  trainer_.crashes = trainer_.fails_to_score = "";
  EXPECT_EQ(run().failed, 1);
  EXPECT_EQ(calls(), (Calls{"resume some-s1", "score some-s1", "score none-s2"}));

  trainer_.diverges = "";
  request_.retry_failed = true;
  EXPECT_EQ(run().failed, 0);
  EXPECT_EQ(calls(), (Calls{"train none-s1", "score none-s1"}));
}

TEST_F(Reproduce, AFullDiskStopsEverything) {
  RunWorkers workers = trainer_.workers();
  workers.train = [](const TrainConfig&, Progress&, const StopFlag&) { throw Error(ErrorCode::io, "no space left"); };
  EXPECT_THROW(reproduce(study_, request_, {}, workers, progress_, stop_), Error);
}

TEST_F(Reproduce, TheTableIsThereAfterEveryRun) {
  RunWorkers workers = trainer_.workers();
  std::vector<std::size_t> finished;
  const auto train = workers.train;
  workers.train = [&](const TrainConfig& config, Progress& progress, const StopFlag& stop) {
    const CsvTable runs = read_csv(request_.output / "smoothing" / "runs.csv", true);
    finished.push_back(static_cast<std::size_t>(
        std::count_if(runs.rows.begin(), runs.rows.end(), [](const auto& row) { return row[2] == "finished"; })));
    train(config, progress, stop);
  };
  reproduce(study_, request_, {}, workers, progress_, stop_);
  EXPECT_EQ(finished, (std::vector<std::size_t>{0, 1, 2, 3}));
}

TEST_F(Reproduce, OtherDataSetsAreScoredOnceAndLaterOnesWithoutTraining) {
  request_.seeds = 1;
  request_.also = {"drawn=procedural:40"};
  StudyTable table = run();
  EXPECT_EQ(calls(), (Calls{"train none-s1", "score none-s1", "score none-s1 on procedural:40, test", "train some-s1", "score some-s1",
                            "score some-s1 on procedural:40, test"}));
  EXPECT_TRUE(trainer_.scored.exclude.empty());
  ASSERT_NE(measurement_of(table.rows[1], "drawn/balanced_accuracy"), nullptr);
  EXPECT_DOUBLE_EQ(measurement_of(table.rows[0], "drawn/accuracy")->mean, 0.5);
  EXPECT_DOUBLE_EQ(measurement_of(table.rows[1], "drawn/accuracy")->mean, 0.75);

  request_.also = {"more=procedural:50"};
  trainer_.fails_elsewhere = "some-s1";
  table = run();
  EXPECT_EQ(calls(), (Calls{"score none-s1 on procedural:50, test", "score some-s1 on procedural:50, test"}));
  EXPECT_EQ(table.failed, 1);
  EXPECT_EQ(table.notes.front(), "some-s1 could not be scored on more: nothing to read");
  EXPECT_TRUE(table.rows[1].test.has_value());
  EXPECT_DOUBLE_EQ(measurement_of(table.rows[1], "drawn/accuracy")->mean, 0.75);
  EXPECT_EQ(measurement_of(table.rows[1], "more/accuracy"), nullptr);

  trainer_.fails_elsewhere.clear();
  run();
  EXPECT_EQ(calls(), Calls{"score some-s1 on procedural:50, test"});
  request_.also = {"drawn=procedural:41"};
  EXPECT_NE(std::string(error_of_run().what()).find("--also drawn was 'procedural:40' and is now 'procedural:41'"), std::string::npos);
  request_.also = {"more-unfinished=procedural:40"};
  run();
  EXPECT_EQ(calls().size(), 2u);
  run();
  EXPECT_EQ(calls(), Calls{});
  for (const std::string wrong : {"procedural:40", "=procedural:40", "a/b=procedural:40", "..=procedural:40", "a="}) {
    request_.also = {wrong};
    EXPECT_EQ(error_of_run().code(), ErrorCode::usage) << wrong;
  }
  request_.also = {"a=procedural:40", "a=procedural:41"};
  EXPECT_NE(std::string(error_of_run().what()).find("given twice"), std::string::npos);
}

TEST_F(Reproduce, OtherSettingsInTheSameFolderAreRefusedByName) {
  request_.set = {"lr=0.5"};
  run();
  calls();
  request_.set = {"lr=0.25", "threads=1"};
  Error error = error_of_run();
  EXPECT_EQ(error.code(), ErrorCode::mismatch);
  EXPECT_NE(std::string(error.what()).find("--set optimizer.lr was '0.5' and is now '0.25'"), std::string::npos) << error.what();
  EXPECT_NE(error.hint().find("--output"), std::string::npos);
  request_.set = {"lr=0.5", "threads=1"};  // threads change no result
  run();
  request_.scale = "full";
  request_.data = "procedural:61";
  error = error_of_run();
  EXPECT_NE(std::string(error.what())
                .find("--data was 'procedural:60' and is now 'procedural:61'; --scale was 'smoke' and is now 'full'"),
            std::string::npos)
      << error.what();
  EXPECT_EQ(calls(), Calls{});
}

TEST_F(Reproduce, InitialWeightsAreLookedForBeforeAnythingIsTrained) {
  request_.set = {"some:weights=" + (folder_.path() / "start.pt").string()};
  const Error error = error_of_run();
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_NE(std::string(error.what()).find("the initial weights of some"), std::string::npos) << error.what();
  EXPECT_EQ(calls(), Calls{});
  EXPECT_FALSE(fs::exists(request_.output));
  write_atomically(folder_.path() / "start.pt", "weights");
  EXPECT_EQ(run().failed, 0);
  fs::remove(folder_.path() / "start.pt");
  run();  // everything is trained
}

TEST_F(Reproduce, TwoDoNotWorkInOneFolderAtATime) {
  run();
  calls();
  const FolderLock at_work(request_.output);
  request_.seeds = 3;
  const Error error = error_of_run();
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_NE(std::string(error.what()).find(request_.output.string()), std::string::npos);
  EXPECT_EQ(calls(), Calls{});
}

TEST_F(Reproduce, ARunOfAnEarlierDefinitionOfTheStudyIsRefusedByName) {
  run();
  study_.base = {{"epochs", "9"}};
  const Error error = error_of_run();
  EXPECT_EQ(error.code(), ErrorCode::mismatch);
  EXPECT_NE(std::string(error.what()).find("training.epochs is 2, not 9"), std::string::npos) << error.what();
}

TEST_F(Reproduce, StudiesThatShareARowShareItsRuns) {
  run();
  calls();
  Study other = small_study();
  other.name = "more-smoothing";
  other.rows = {other.rows[1], {"much", "much", {{"label_smoothing", "0.5"}}, {}}};
  const StudyTable table = reproduce(other, request_, {}, trainer_.workers(), progress_, stop_);
  EXPECT_EQ(calls(), (Calls{"train much-s1", "score much-s1", "train much-s2", "score much-s2"}));
  EXPECT_EQ(table.rows[0].scored.size(), 2u);
  EXPECT_TRUE(fs::exists(request_.output / "smoothing" / "table.md"));
  EXPECT_TRUE(fs::exists(request_.output / "more-smoothing" / "table.md"));
}

TEST_F(Reproduce, OnlyTheNamedRowsAreTrained) {
  request_.only = {"some"};
  run();
  EXPECT_EQ(calls(), (Calls{"train some-s1", "score some-s1", "train some-s2", "score some-s2"}));
  request_.only = {"sum"};
  EXPECT_NE(error_of_run().hint().find("some"), std::string::npos);
}

Study taught_study() {
  Study study = small_study();
  study.base.push_back({"method", "ldl"});
  study.rows = {{"plain", "plain", {{"ldl_targets", "labels"}}, {}},
                {"some", "student", {{"ldl_targets", "teacher"}}, {}, "master"},
                {"master", "teacher", {{"ldl_targets", "labels"}, {"ldl_neighbour_weight", "0.5"}}, {}}};
  return study;
}

TEST_F(Reproduce, TeachersAreTrainedBeforeTheirStudents) {
  study_ = taught_study();
  request_.only = {"some"};
  RunWorkers workers = trainer_.workers();
  std::map<std::string, std::string> teachers;
  const auto train = workers.train;
  workers.train = [&](const TrainConfig& config, Progress& progress, const StopFlag& stop) {
    teachers[config.name] = config.method.ldl.teacher;
    train(config, progress, stop);
  };
  reproduce(study_, request_, {}, workers, progress_, stop_);
  EXPECT_EQ(calls(), (Calls{"train master-s1", "score master-s1", "train some-s1", "score some-s1", "train master-s2", "score master-s2",
                            "train some-s2", "score some-s2"}));
  EXPECT_EQ(teachers.at("some-s2"), (request_.output / "runs" / "master-s2").string());
  EXPECT_EQ(teachers.at("master-s1"), "");
  request_.only.clear();
  const StudyTable table = run();
  EXPECT_EQ(calls(), (Calls{"train plain-s1", "score plain-s1", "train plain-s2", "score plain-s2"}));
  EXPECT_EQ(table.rows[1].key, "some") << "rows keep the study's order";

  const fs::path moved = folder_.path() / "elsewhere";
  fs::rename(request_.output, moved);
  request_.output = moved;
  run();
  EXPECT_EQ(calls(), Calls{});
}

TEST_F(Reproduce, AStudentOfAFailedTeacherFailsForThatReason) {
  study_ = taught_study();
  trainer_.diverges = "master-s1";
  const StudyTable table = run();
  EXPECT_EQ(table.failed, 2);
  EXPECT_EQ(table.rows[1].runs[0].record.reason, "its teacher master-s1 is not trained (failed)");
  EXPECT_EQ(table.rows[1].scored, std::vector<std::int64_t>{2});
  calls();
  trainer_.diverges = "";
  request_.retry_failed = true;
  EXPECT_EQ(run().failed, 0);
  EXPECT_EQ(calls(), (Calls{"train master-s1", "score master-s1", "train some-s1", "score some-s1"}));
}

TEST_F(Reproduce, ActionUnitsAreLookedForBeforeAnythingIsTrained) {
  study_ = taught_study();
  study_.needs_action_units = true;
  EXPECT_FALSE(look_at_data(study_, request_).summary.empty()) << "drawn faces have some";
  const fs::path faces = folder_.path() / "faces";
  for (const char* split : {"train", "test"})
    for (const char* name : {"happiness", "anger"}) {
      fs::create_directories(faces / split / name);
      write_image(faces / split / name / "a.png", cv::Mat(8, 8, CV_8UC3, cv::Scalar::all(90)));
    }
  request_.data = "folder:" + faces.string();
  EXPECT_NE(std::string(error_of_run().what()).find("no image has Action Units"), std::string::npos);
  write_atomically(folder_.path() / "units.csv", "image,confidence,AU01_r,AU02_r,AU04_r,AU05_r,AU06_r,AU07_r,AU09_r,AU10_r,AU12_r,AU14_r,AU15_r,AU17_r,AU20_r,"
                                                 "AU23_r,AU25_r,AU26_r,AU45_r,AU28_c\ntrain/anger/a.png,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n");
  request_.set = {"action_units=" + (folder_.path() / "units.csv").string()};
  EXPECT_EQ(look_at_data(study_, request_).format, "folder");
}

/// A full disk ends the call, and the next one goes on with the same run.
TEST_F(Reproduce, ARunThatMetAFullDiskGoesOn) {
  trainer_.full_disk_at = "none-s1";
  EXPECT_EQ(error_of_run().code(), ErrorCode::io);
  calls();
  const StudyTable table = run();
  EXPECT_EQ(table.failed, 0);
  EXPECT_EQ(calls().front(), "resume none-s1");
}

TEST_F(Reproduce, WhatATrainingKilledAtOnceLeavesBehindDoesNotMoveTheRun) {
  fs::create_directories(request_.output / "runs" / "none-s1" / "weights");
  write_atomically(request_.output / "runs" / "none-s1" / "config.toml.tmp-1", "half");
  run();
  EXPECT_EQ(calls().front(), "train none-s1");
  EXPECT_TRUE(fs::exists(request_.output / "runs" / "none-s1" / "config.toml"));

  request_.output = folder_.path() / "other";
  fs::create_directories(request_.output / "runs" / "none-s1");
  write_atomically(request_.output / "runs" / "none-s1" / "holiday.jpg", "mine");
  const StudyTable table = run();
  EXPECT_EQ(table.failed, 1);
  EXPECT_TRUE(fs::exists(request_.output / "runs" / "none-s1" / "holiday.jpg"));
}

TEST(Scoring, LeavesOutTheImagesThatValidated) {
  const DataFacts rafdb{"rafdb", "test", ""};
  ReproduceRequest request;
  request.exclude = {"copies.csv"};
  PlannedRun run;
  run.folder = "out/runs/a-s1";
  run.config.data.spec = "rafdb:x";
  run.config.data.drop_leaks = true;
  run.config.validation.source = "test_part";
  run.config.precision = "fp32";
  const EvaluateConfig config = scoring_of(run, request, rafdb);
  EXPECT_EQ(config.weights, "out/runs/a-s1/weights/best.safetensors");
  EXPECT_EQ(config.exclude, (std::vector<std::string>{"copies.csv", "out/runs/a-s1/validation_ids.txt"}));
  EXPECT_EQ(config.split, "test");
  EXPECT_TRUE(config.data.drop_leaks);
  EXPECT_EQ(config.compute.precision, "fp32");
  run.config.validation.source = "holdout";
  EXPECT_EQ(scoring_of(run, request, rafdb).exclude, std::vector<std::string>{"copies.csv"});
}

}  // namespace
}  // namespace mien
