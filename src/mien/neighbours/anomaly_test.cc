// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/neighbours/anomaly.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/random.h"

namespace mien {
namespace {

using Labels = std::vector<std::int64_t>;

const std::vector<float> line = {0, 1, 2, 10};

NeighbourGraph graph_of(const std::vector<float>& values, std::int64_t dims, std::int64_t k) {
  return build_neighbour_graph({values, dims}, {.k = k, .search = "exact"}, 1);
}

TEST(Anomaly, DisagreementIsTheWeightedShareOfOtherLabels) {
  const auto graph = graph_of(line, 1, 2);
  const double far = std::exp(-1.0) / (1 + std::exp(-1.0));  // the second neighbour is 1 farther than the first
  auto found = find_anomalies(graph, Labels{0, 0, 1, 1}, {}, {.balance_classes = false});
  EXPECT_NEAR(found.disagreement[0], far, 1e-12);
  EXPECT_NEAR(found.disagreement[1], 0.5, 1e-12);
  EXPECT_NEAR(found.disagreement[2], 1, 1e-12);
  EXPECT_NEAR(found.disagreement[3], far, 1e-12);  // 8 and 9 away: only the ratio counts
  found = find_anomalies(graph, Labels{0, 0, 1, 1}, {.sigma = 2, .squared = true}, {.balance_classes = false});
  EXPECT_NEAR(found.disagreement[0], 1 / (1 + std::exp(0.75)), 1e-12);  // exp(-(4 - 1) / 4)
  found = find_anomalies(graph, Labels{0, -1, 1, -1}, {}, {.balance_classes = false});
  EXPECT_EQ(found.disagreement, (std::vector<double>{1, 0, 1, 0}));
}

TEST(Anomaly, NeighboursOfRareClassesCountForMore) {
  const auto graph = graph_of(line, 1, 3);
  const Labels labels = {0, 0, 0, 1};
  const double third = 1.0 / 3, e1 = std::exp(-1.0), e7 = std::exp(-7.0);  // the neighbours of 2: 1 and 2 away, and 8 away
  EXPECT_NEAR(find_anomalies(graph, labels, {}, {}).disagreement[2], e7 / (third + third * e1 + e7), 1e-12);
  EXPECT_NEAR(find_anomalies(graph, labels, {}, {.balance_classes = false}).disagreement[2], e7 / (1 + e1 + e7), 1e-12);
}

TEST(Anomaly, TheFarthestAreIsolatedAndWeightsCombineBoth) {
  const auto graph = graph_of(line, 1, 2);  // mean distances 1.5, 1, 1.5, 8.5: ranks 2.5, 1, 2.5, 4
  const Labels labels = {0, 0, 1, 1};
  const auto found = find_anomalies(graph, labels, {}, {.floor = 0.2, .isolated_share = 0.5, .balance_classes = false});
  EXPECT_EQ(found.isolation, (std::vector<double>{0.25, 0, 0.25, 1}));
  EXPECT_NEAR(found.weight[0], 0.2 + 0.8 * (1 - found.disagreement[0]) * 0.75, 1e-12);
  EXPECT_NEAR(found.weight[1], 0.6, 1e-12);
  EXPECT_NEAR(found.weight[2], 0.2, 1e-12);
  EXPECT_NEAR(found.weight[3], 0.2, 1e-12);
  EXPECT_EQ(find_anomalies(graph, labels, {}, {.isolated_share = 0}).isolation, (std::vector<double>{0, 0, 0, 0}));
}

TEST(Anomaly, WrongLabelsAmongThreeClustersAreFound) {
  constexpr std::int64_t count = 900;
  Random random(5);
  std::vector<float> values;
  Labels labels;
  std::vector<bool> wrong;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t cluster = i < 30 ? 2 : i % 2;  // the third class is rare
    for (int d = 0; d < 4; ++d) values.push_back(static_cast<float>(random.normal() + (d == cluster ? 12 : 0)));
    wrong.push_back(random.chance(0.05));
    labels.push_back(wrong.back() ? (cluster + 1) % 3 : cluster);
  }
  const auto found = find_anomalies(graph_of(values, 4, 4), labels, {}, {.isolated_share = 0});
  double of_wrong = 0, of_right = 0, wrong_count = 0;
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    EXPECT_GE(found.weight[i], 0.1 - 1e-12);
    EXPECT_LE(found.weight[i], 1);
    (wrong[i] ? of_wrong : of_right) += found.weight[i];
    wrong_count += wrong[i];
  }
  EXPECT_GT(wrong_count, 20);
  EXPECT_LT(of_wrong / wrong_count, 0.25);
  EXPECT_GT(of_right / (count - wrong_count), 0.8);
}

TEST(Anomaly, LabelsMustFit) {
  const auto graph = graph_of(line, 1, 2);
  EXPECT_THROW(find_anomalies(graph, Labels{0, 1, 0}, {}, {}), Error);
  EXPECT_THROW(find_anomalies(graph, Labels{0, 1, 0, -2}, {}, {}), Error);
}

}  // namespace
}  // namespace mien
