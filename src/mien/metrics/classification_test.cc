// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/classification.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mien/base/error.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

using nlohmann::json;

/// Logits with a clear winner each row.
Predictions decided(int classes, const std::vector<int>& labels, const std::vector<int>& predicted) {
  Predictions result;
  result.classes = classes;
  result.labels = labels;
  result.logits.assign(labels.size() * classes, 0.f);
  for (std::size_t i = 0; i < predicted.size(); ++i) result.logits[i * classes + predicted[i]] = 3.f;
  return result;
}

void expect_near(const std::vector<double>& got, const json& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i].get<double>(), 2e-9) << i;
}

ErrorCode code_of(const Predictions& predictions) {
  try {
    classification_metrics(predictions);
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::interrupted;
}

TEST(Classification, GoldenValues) {
  MIEN_GOLDEN_OR_SKIP(file, "metrics/classification.json");
  Predictions predictions;
  predictions.classes = 8;
  predictions.labels = file["labels"].get<std::vector<int>>();
  for (const auto& row : file["logits"])
    for (const auto& value : row) predictions.logits.push_back(value.get<float>());
  const auto metrics = classification_metrics(predictions);
  const json& expected = file["expected"];
  EXPECT_EQ(predicted_classes(predictions), expected["predictions"].get<std::vector<int>>());
  EXPECT_EQ(metrics.confusion, expected["confusion"].get<std::vector<std::vector<std::int64_t>>>());
  expect_near(metrics.precision, expected["precision"]);
  expect_near(metrics.recall, expected["recall"]);
  expect_near(metrics.f1, expected["f1"]);
  EXPECT_NEAR(metrics.accuracy, expected["accuracy"].get<double>(), 2e-9);
  EXPECT_NEAR(metrics.macro_precision, expected["macro_precision_present"].get<double>(), 2e-9);
  EXPECT_NEAR(metrics.macro_recall, expected["macro_recall_present"].get<double>(), 2e-9);
  EXPECT_NEAR(metrics.macro_f1, expected["mean_class_f1_present"].get<double>(), 2e-9);
  EXPECT_NEAR(metrics.f1_of_macro, expected["f1_of_macro_present"].get<double>(), 2e-9);
  EXPECT_NEAR(metrics.balanced_accuracy, expected["balanced_accuracy"].get<double>(), 2e-9);
  EXPECT_NEAR(metrics.class_accuracy_mean, expected["per_class_accuracy_mean"].get<double>(), 2e-9);
  EXPECT_NEAR(metrics.class_accuracy_variance, expected["per_class_accuracy_population_variance"].get<double>(), 2e-9);
  EXPECT_NEAR(metrics.top2_accuracy, expected["top2_accuracy"].get<double>(), 2e-9);
  EXPECT_NEAR(metrics.cohen_kappa, expected["cohen_kappa"].get<double>(), 2e-9);
}

TEST(Classification, GoldenConstantPrediction) {
  MIEN_GOLDEN_OR_SKIP(file, "metrics/classification.json");
  const json& edge = file["edge_constant_prediction"];
  const auto metrics =
      classification_metrics(decided(5, edge["labels"].get<std::vector<int>>(), edge["predictions"].get<std::vector<int>>()));
  EXPECT_NEAR(metrics.macro_precision, edge["macro_precision_present"].get<double>(), 2e-9);
  EXPECT_NEAR(metrics.macro_recall, edge["macro_recall_present"].get<double>(), 2e-9);
  EXPECT_NEAR(metrics.f1_of_macro, edge["f1_of_macro_present"].get<double>(), 2e-9);
  EXPECT_NEAR(metrics.macro_f1, edge["mean_class_f1_present"].get<double>(), 2e-9);
  EXPECT_NEAR(metrics.cohen_kappa, 0, 1e-12);
}

TEST(Classification, ReportedConstantPredictionOfSevenClasses) {
  // 36 images, 9 of the constant class: accuracy 25.0, P 3.6, R 14.3, F1 5.7 as report 001 prints them.
  std::vector<int> labels(9, 0);
  for (int c = 1; c < 7; ++c) labels.insert(labels.end(), c <= 3 ? 5 : 4, c);
  const auto metrics = classification_metrics(decided(7, labels, std::vector<int>(labels.size(), 0)));
  EXPECT_NEAR(metrics.accuracy, 0.25, 1e-12);
  EXPECT_NEAR(metrics.macro_precision * 100, 3.6, 0.05);
  EXPECT_NEAR(metrics.macro_recall * 100, 14.3, 0.05);
  EXPECT_NEAR(metrics.f1_of_macro * 100, 5.7, 0.05);
}

TEST(Classification, HandComputedThreeClasses) {
  // true 0,0,0,1,1,2 predicted 0,0,1,1,0,2
  const auto metrics = classification_metrics(decided(3, {0, 0, 0, 1, 1, 2}, {0, 0, 1, 1, 0, 2}));
  EXPECT_NEAR(metrics.accuracy, 4.0 / 6, 1e-12);
  EXPECT_NEAR(metrics.balanced_accuracy, (2.0 / 3 + 0.5 + 1) / 3, 1e-12);
  EXPECT_NEAR(metrics.macro_precision, (2.0 / 3 + 0.5 + 1) / 3, 1e-12);
  EXPECT_NEAR(metrics.cohen_kappa, (4.0 / 6 - 14.0 / 36) / (1 - 14.0 / 36), 1e-12);
  EXPECT_EQ(metrics.support, (std::vector<std::int64_t>{3, 2, 1}));
}

TEST(Classification, OneClassOnlyAndAClassWithoutImages) {
  const auto alone = classification_metrics(decided(1, {0, 0}, {0, 0}));
  EXPECT_EQ(alone.accuracy, 1);
  EXPECT_EQ(alone.top2_accuracy, 1);
  EXPECT_EQ(alone.cohen_kappa, 0);
  EXPECT_NEAR(alone.nll, 0, 1e-12);
  const auto gap = classification_metrics(decided(3, {0, 0, 2, 2}, {0, 2, 2, 2}));
  EXPECT_NEAR(gap.balanced_accuracy, 0.75, 1e-12);
  EXPECT_NEAR(gap.macro_recall, 0.75, 1e-12);  // class 1 occurs nowhere and does not count
  EXPECT_EQ(gap.support[1], 0);
  EXPECT_EQ(gap.recall[1], 0);
}

TEST(Classification, EqualLogitsTakeTheFirstClass) {
  Predictions predictions;
  predictions.classes = 3;
  predictions.labels = {0, 1, 2};
  predictions.logits.assign(9, 0.5f);
  EXPECT_EQ(predicted_classes(predictions), (std::vector<int>{0, 0, 0}));
  EXPECT_NEAR(classification_metrics(predictions).top2_accuracy, 2.0 / 3, 1e-12);
}

TEST(Classification, RefusesWhatMakesNoSense) {
  EXPECT_EQ(code_of({}), ErrorCode::bad_data);
  Predictions good = decided(3, {0, 1}, {0, 1});
  EXPECT_NO_THROW(classification_metrics(good));
  auto bad = good;
  bad.labels[1] = 3;
  EXPECT_EQ(code_of(bad), ErrorCode::bad_data);
  bad = good;
  bad.labels[1] = -1;
  EXPECT_EQ(code_of(bad), ErrorCode::bad_data);
  bad = good;
  bad.logits.pop_back();
  EXPECT_EQ(code_of(bad), ErrorCode::bad_data);
  bad = good;
  bad.ids = {"a"};
  EXPECT_EQ(code_of(bad), ErrorCode::bad_data);
  bad = good;
  bad.temperature = 0;
  EXPECT_EQ(code_of(bad), ErrorCode::bad_data);
  bad = good;
  bad.logits[4] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(code_of(bad), ErrorCode::numeric);
}

TEST(Classification, WilsonInterval) {
  // Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611; 1 of 29 gives 0.0061 to 0.1718.
  const auto a = wilson_interval(81, 263), b = wilson_interval(0, 20), c = wilson_interval(1, 29);
  EXPECT_NEAR(a.low, 0.2553, 5e-5);
  EXPECT_NEAR(a.high, 0.3662, 5e-5);
  EXPECT_EQ(b.low, 0);
  EXPECT_NEAR(b.high, 0.1611, 5e-5);
  EXPECT_NEAR(c.low, 0.0061, 5e-5);
  EXPECT_NEAR(c.high, 0.1718, 5e-5);
  EXPECT_EQ(wilson_interval(0, 0).high, 1);
}

}  // namespace
}  // namespace mien
