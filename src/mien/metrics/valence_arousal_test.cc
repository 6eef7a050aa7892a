// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/valence_arousal.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

std::vector<double> column(const nlohmann::json& rows, int index) {
  std::vector<double> values;
  for (const auto& row : rows) values.push_back(row[index].get<double>());
  return values;
}

TEST(ValenceArousal, GoldenValues) {
  MIEN_GOLDEN_OR_SKIP(file, "metrics/valence_arousal.json");
  int index = 0;
  for (const char* name : {"valence", "arousal"}) {
    const auto metrics = regression_metrics(column(file["true"], index), column(file["predicted"], index));
    const auto& expected = file["expected"][name];
    EXPECT_NEAR(metrics.rmse, expected["rmse"].get<double>(), 2e-9);
    EXPECT_NEAR(metrics.mae, expected["mae"].get<double>(), 2e-9);
    EXPECT_NEAR(metrics.pcc, expected["pcc"].get<double>(), 2e-9);
    EXPECT_NEAR(metrics.ccc, expected["ccc"].get<double>(), 2e-9);
    EXPECT_NEAR(metrics.sagr, expected["sagr"].get<double>(), 2e-9);
    ++index;
  }
}

TEST(ValenceArousal, ShiftLowersCccButNotPcc) {
  const std::vector<double> truth{-0.5, 0, 0.5}, shifted{-0.4, 0.1, 0.6};
  const auto metrics = regression_metrics(truth, shifted);
  EXPECT_NEAR(metrics.pcc, 1, 1e-12);
  EXPECT_NEAR(metrics.ccc, 2 * (1.0 / 6) / (2.0 / 6 + 0.01), 1e-12);
  EXPECT_NEAR(metrics.rmse, 0.1, 1e-12);
  EXPECT_NEAR(metrics.sagr, 2.0 / 3, 1e-12);  // sign(0) = 0 is not sign(0.1)
}

TEST(ValenceArousal, ConstantPredictionsCorrelateWithNothing) {
  const auto metrics = regression_metrics({-1, 1}, {0.25, 0.25});
  EXPECT_EQ(metrics.pcc, 0);
  EXPECT_EQ(metrics.ccc, 0);
  EXPECT_EQ(regression_metrics({0.25}, {0.25}).ccc, 0);
}

TEST(ValenceArousal, RefusesNothingUnequalAndNaN) {
  EXPECT_THROW(regression_metrics({}, {}), Error);
  EXPECT_THROW(regression_metrics({1}, {1, 2}), Error);
  EXPECT_THROW(regression_metrics({1}, {std::nan("")}), Error);
}

}  // namespace
}  // namespace mien
