// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/ensemble.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

using nlohmann::json;

std::vector<double> flat(const json& rows) {
  std::vector<double> values;
  for (const auto& row : rows)
    for (const auto& value : row) values.push_back(value.get<double>());
  return values;
}

std::vector<std::vector<double>> golden_models() {
  std::vector<std::vector<double>> models;
  for (int m = 0; m < 3; ++m) {
    Predictions one;
    one.classes = 8;
    one.labels.assign(6, 0);
    one.logits = testing::fill("ensemble.logits" + std::to_string(m), {6, 8}, "input_pm1");
    one.temperature = 0.5;
    models.push_back(probabilities(one));
  }
  return models;
}

void expect_near(const std::vector<double>& got, const json& expected) {
  const auto values = flat(expected);
  ASSERT_EQ(got.size(), values.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], values[i], 2e-9) << i;
}

void expect_vote(const VotingResult& got, const json& expected) {
  expect_near(got.scores, expected["score"]);
  if (expected.contains("score_renormalised")) expect_near(renormalised(got), expected["score_renormalised"]);
  EXPECT_EQ(got.winners, expected["class"].get<std::vector<int>>());
}

TEST(Ensemble, GoldenVotes) {
  MIEN_GOLDEN_OR_SKIP(file, "metrics/ensemble.json");
  const auto models = golden_models();
  const auto global = file["weights_global"].get<std::vector<double>>();
  expect_vote(vote(models, 8, VotingRule::mean), file["uniform"]);
  expect_vote(vote(models, 8, VotingRule::mean, global), file["global"]);
  expect_vote(vote(models, 8, VotingRule::mean, flat(file["weights_per_class"])), file["per_class"]);
  expect_vote(vote(models, 8, VotingRule::geometric_mean), file["geometric_mean"]);
  expect_vote(vote(models, 8, VotingRule::mean, {1, 1, 1}), file["uniform"]);
  expect_near(vote(models, 8, VotingRule::hard).scores, file["hard_votes"]["counts"]);
  for (int m = 0; m < 3; ++m)
    EXPECT_EQ(vote({models[m]}, 8, VotingRule::mean).winners, file["hard_votes"]["per_model_class"][m].get<std::vector<int>>());
}

TEST(Ensemble, HandComputed) {
  const std::vector<std::vector<double>> models{{0.9, 0.1}, {0.2, 0.8}};
  const auto weighted = vote(models, 2, VotingRule::mean, {1, 3});
  EXPECT_NEAR(weighted.scores[0], (0.9 + 0.6) / 4, 1e-12);
  EXPECT_EQ(weighted.winners[0], 1);
  const auto geometric = vote(models, 2, VotingRule::geometric_mean);
  EXPECT_NEAR(geometric.scores[0], std::sqrt(0.18) / (std::sqrt(0.18) + std::sqrt(0.08)), 1e-12);
  const auto hard = vote(models, 2, VotingRule::hard, {2, 1});
  EXPECT_EQ(hard.scores, (std::vector<double>{2, 1}));
  const auto silent = vote(models, 2, VotingRule::mean, {0, 1, 0, 1});  // nobody knows class 0: uniform there
  EXPECT_NEAR(silent.scores[0], 0.55, 1e-12);
  EXPECT_NEAR(silent.scores[1], 0.45, 1e-12);
}

TEST(Ensemble, WeightsFromTrainingAccuracy) {
  ClassificationMetrics a, b;
  a.accuracy = 0.5;
  a.recall = {1, 0};
  b.accuracy = 1;
  b.recall = {1, 1};
  EXPECT_EQ(accuracy_weights({a, b}, false), (std::vector<double>{0.5, 1}));
  EXPECT_EQ(accuracy_weights({a, b}, true), (std::vector<double>{1, 0, 1, 1}));
}

TEST(Ensemble, PredictionsOfTheVote) {
  const Predictions a{2, {"x", "y"}, {2, 0, 0, 1}, {0, 1}, 1}, b{2, {"x", "y"}, {0, 1, 0, 4}, {0, 1}, 2};
  const auto together = ensemble_predictions({a, b}, VotingRule::mean);
  const auto pa = probabilities(a), pb = probabilities(b), p = probabilities(together);
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(p[i], (pa[i] + pb[i]) / 2, 1e-6);
  EXPECT_EQ(together.ids, a.ids);
  EXPECT_NO_THROW(classification_metrics(ensemble_predictions({a, b}, VotingRule::hard)));
  auto other = b;
  other.ids = {"y", "x"};
  EXPECT_THROW(ensemble_predictions({a, other}, VotingRule::mean), Error);
}

TEST(Ensemble, RefusesWhatMakesNoSense) {
  const std::vector<double> one{0.5, 0.5};
  EXPECT_THROW(vote({}, 2, VotingRule::mean), Error);
  EXPECT_THROW(vote({one, {1.0}}, 2, VotingRule::mean), Error);
  EXPECT_THROW(vote({one, one}, 2, VotingRule::mean, {1, 2, 3}), Error);
  EXPECT_THROW(vote({one, one}, 2, VotingRule::mean, {-1, 2}), Error);
  EXPECT_THROW(vote({one, one}, 2, VotingRule::mean, {0, 0}), Error);
  EXPECT_THROW(vote({one, one}, 2, VotingRule::geometric_mean, {1, 1, 1, 1}), Error);
}

}  // namespace
}  // namespace mien
