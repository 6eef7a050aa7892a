// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "mien/metrics/classification.h"
#include "mien/metrics/counts.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

using nlohmann::json;

Predictions golden_predictions(const json& file) {
  Predictions predictions;
  predictions.labels = file["labels"].get<std::vector<int>>();
  predictions.classes = static_cast<int>(file["logits"][0].size());
  for (const auto& row : file["logits"])
    for (const auto& value : row) predictions.logits.push_back(value.get<float>());
  return predictions;
}

TEST(Calibration, GoldenValues) {
  MIEN_GOLDEN_OR_SKIP(file, "metrics/calibration.json");
  const auto metrics = classification_metrics(golden_predictions(file));
  const json& expected = file["expected"];
  const auto near = [&](double got, const char* key) {
    const double value = expected[key].get<double>();
    EXPECT_NEAR(got, value, 1e-6 * value) << key;
  };
  near(metrics.ece, "ece_15");
  near(metrics.mce, "mce_15");
  near(metrics.brier, "brier");
  near(metrics.nll, "nll");
  near(metrics.accuracy, "accuracy");
  near(metrics.mean_confidence, "mean_confidence");
  ASSERT_EQ(metrics.reliability.size(), expected["bins"].size());
  for (std::size_t i = 0; i < metrics.reliability.size(); ++i) {
    const json& bin = expected["bins"][i];
    EXPECT_EQ(metrics.reliability[i].count, bin[0].get<std::int64_t>()) << i;
    if (bin[1].is_null()) continue;
    EXPECT_NEAR(metrics.reliability[i].accuracy, bin[1].get<double>(), 1e-6) << i;
    EXPECT_NEAR(metrics.reliability[i].confidence, bin[2].get<double>(), 1e-6) << i;
  }
}

TEST(Calibration, GoldenTemperature) {
  MIEN_GOLDEN_OR_SKIP(file, "metrics/calibration.json");
  Predictions predictions = golden_predictions(file);
  const json& expected = file["temperature"];
  for (const auto& pair : expected["nll_at"]) {
    predictions.temperature = pair[0].get<double>();
    EXPECT_NEAR(classification_metrics(predictions).nll, pair[1].get<double>(), 1e-6) << pair[0];
  }
  predictions.temperature = 7;  // the fit starts from the logits, whatever temperature was set before
  predictions.temperature = fit_temperature(predictions);
  EXPECT_NEAR(predictions.temperature, expected["optimal_T"].get<double>(), expected["optimal_T_tolerance"].get<double>());
  EXPECT_NEAR(classification_metrics(predictions).nll, expected["nll_at_optimum"].get<double>(), 1e-7);
}

TEST(Calibration, TemperatureStaysInItsRange) {
  Predictions right{2, {}, {5, 0, 0, 5}, {0, 1}, 1}, wrong{2, {}, {5, 0, 0, 5}, {1, 0}, 1};
  EXPECT_NEAR(fit_temperature(right), 0.05, 1e-5);
  EXPECT_NEAR(fit_temperature(wrong), 20, 1e-3);
}

TEST(Calibration, BinsAreOpenBelowAndClosedAbove) {
  EXPECT_EQ(calibration_bin(1.0), 14);
  EXPECT_EQ(calibration_bin(0.5), 7);
  EXPECT_EQ(calibration_bin(std::nextafter(0.2, 0.0)), 2);
  EXPECT_EQ(calibration_bin(0.2 + 1e-9), 3);
  EXPECT_EQ(calibration_bin(0.0), 0);
}

TEST(Calibration, HandComputedProbabilities) {
  Predictions predictions{2, {}, {std::log(3.f), 0, 0, std::log(9.f)}, {0, 0}, 1};
  const auto p = probabilities(predictions);
  EXPECT_NEAR(p[0], 0.75, 1e-7);
  EXPECT_NEAR(p[3], 0.9, 1e-7);
  const auto metrics = classification_metrics(predictions);
  EXPECT_NEAR(metrics.nll, -(std::log(0.75) + std::log(0.1)) / 2, 1e-7);
  EXPECT_NEAR(metrics.brier, (2 * 0.25 * 0.25 + 2 * 0.9 * 0.9) / 2, 1e-7);
  EXPECT_NEAR(metrics.ece, (0.25 + 0.9) / 2, 1e-7);
  EXPECT_NEAR(metrics.mce, 0.9, 1e-7);
  EXPECT_NEAR(negative_log_likelihoods(predictions)[1], -std::log(0.1), 1e-6);
  predictions.temperature = 2;
  EXPECT_NEAR(probabilities(predictions)[3], 0.75, 1e-7);
}

TEST(Calibration, LargeLogitsDoNotOverflow) {
  const Predictions predictions{2, {}, {20000.f, -20000.f}, {1}, 1};
  EXPECT_NEAR(classification_metrics(predictions).nll, 40000, 1e-6);
}

}  // namespace
}  // namespace mien
