// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_data/label_anomalies.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mien/base/error.h"

namespace mien {
namespace {

/// Two clouds of Action Units, ten samples each, the first of class 0, the second of class 1; sample 20 has no units.
Dataset two_clouds() {
  Dataset data{"faces", known_label_space("rafdb"), std::vector<Record>(21), nullptr};
  for (int i = 0; i < 20; ++i) {
    auto& a = data.records[static_cast<std::size_t>(i)].annotations;
    a.label = i < 10 ? 0 : 1;
    a.action_units.assign(18, i < 10 ? 0.0F : 3.0F);
    a.action_units[5] += 0.01F * static_cast<float>(i);
  }
  return data;
}

TEST(LabelAnomalies, AWrongLabelContradictsItsNeighboursAndWeighsLeast) {
  Dataset data = two_clouds();
  data.records[4].annotations.label = 1;
  const LabelAnomalies found = find_label_anomalies(data, ActionUnitSource::measured, {}, {.floor = 0.25, .isolated_share = 0});
  ASSERT_EQ(found.positions.size(), 20u);
  EXPECT_EQ(found.positions.back(), 19);
  EXPECT_EQ(found.scores.disagreement[4], 1);
  EXPECT_EQ(found.scores.weight[4], 0.25);
  EXPECT_EQ(std::ranges::min_element(found.scores.weight) - found.scores.weight.begin(), 4);
  EXPECT_EQ(found.scores.disagreement[15], 0);
  EXPECT_EQ(found.scores.weight[15], 1);
  for (std::int64_t j = 0; j < 4; ++j) EXPECT_LT(found.graph.indices[static_cast<std::size_t>(4 * 4 + j)], 10) << "of its own cloud";
}

TEST(LabelAnomalies, TooFewSamplesWithActionUnitsAreRefused) {
  const auto message = [](const Dataset& data, ActionUnitSource source) -> std::string {
    try {
      find_label_anomalies(data, source, {.k = 20}, {});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_data);
      return error.what() + (" | " + error.hint());
    }
    return "";
  };
  EXPECT_NE(message(two_clouds(), ActionUnitSource::measured).find("20 of 21 samples have Action Units, but 20 neighbours"), std::string::npos);
  EXPECT_NE(message(two_clouds(), ActionUnitSource::estimated).find("--landmark-table"), std::string::npos);
}

}  // namespace
}  // namespace mien
