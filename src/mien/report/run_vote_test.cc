// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/run_vote.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/report/predictions_csv.h"

namespace mien {
namespace {

/// Three images of class a; `p` is each one's probability of a.
fs::path write_run(const fs::path& folder, const std::vector<double>& p, const std::vector<std::string>& names = {"a", "b"}) {
  Predictions answers;
  answers.classes = 2;
  for (std::size_t i = 0; i < p.size(); ++i) {
    answers.ids.push_back("i" + std::to_string(i));
    answers.labels.push_back(0);
    answers.logits.insert(answers.logits.end(), {static_cast<float>(std::log(p[i])), static_cast<float>(std::log(1 - p[i]))});
  }
  fs::create_directories(folder);
  write_predictions_csv(answers, names, folder / "predictions.csv");
  return folder;
}

TEST(RunVote, AveragesProbabilitiesAndScoresThem) {
  const TemporaryFolder folder;
  const std::vector<fs::path> runs = {write_run(folder.path() / "one" / "test", {0.9, 0.4, 0.2}).parent_path(),
                                      write_run(folder.path() / "two", {0.3, 0.7, 0.3})};
  const auto p = [](const EvaluationResult& result) { return probabilities(result.predictions); };
  const EvaluationResult mean = vote_of_runs(runs, {});
  EXPECT_NEAR(p(mean)[0], 0.6, 1e-6);
  EXPECT_NEAR(p(mean)[2], 0.55, 1e-6);
  EXPECT_NEAR(p(mean)[4], 0.25, 1e-6);
  EXPECT_NEAR(mean.metrics.accuracy, 2.0 / 3, 1e-12);
  ASSERT_TRUE(mean.intervals.has_value());
  EXPECT_NEAR(p(vote_of_runs(runs, {.weights = {3, 1}}))[0], 0.75, 1e-6);
  const double a = std::sqrt(0.9 * 0.3), b = std::sqrt(0.1 * 0.7);
  EXPECT_NEAR(p(vote_of_runs(runs, {.rule = "geometric_mean"}))[0], a / (a + b), 1e-6);
  EXPECT_NEAR(p(vote_of_runs(runs, {.rule = "hard"}))[0], 0.5, 1e-6);
}

TEST(RunVote, AnImageThatOneRunLacksIsAFailure) {
  const TemporaryFolder folder;
  const EvaluationResult result =
      vote_of_runs({write_run(folder.path() / "one", {0.9, 0.4, 0.2}), write_run(folder.path() / "two", {0.9, 0.8})}, {});
  EXPECT_EQ(result.metrics.n, 2);
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_EQ(result.failures[0].id, "i2");
}

TEST(RunVote, RefusesWhatCannotVoteTogether) {
  const TemporaryFolder folder;
  const fs::path one = write_run(folder.path() / "one", {0.9}), other = write_run(folder.path() / "other", {0.9}, {"a", "c"});
  const auto code = [](const std::vector<fs::path>& runs, const VoteOptions& options) {
    try {
      vote_of_runs(runs, options);
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "no error";
    return ErrorCode::io;
  };
  EXPECT_EQ(code({one}, {}), ErrorCode::usage);
  EXPECT_EQ(code({one, one}, {.weights = {1}}), ErrorCode::usage);
  EXPECT_EQ(code({one, one}, {.rule = "median"}), ErrorCode::usage);
  EXPECT_EQ(code({one, other}, {}), ErrorCode::mismatch);
  EXPECT_EQ(code({one, folder.path() / "absent"}, {}), ErrorCode::not_found);
}

}  // namespace
}  // namespace mien
