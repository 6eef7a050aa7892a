// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/losses.h"

#include <gtest/gtest.h>

#include "mien/testing/golden.h"

namespace mien {
namespace {

torch::Tensor filled(const nlohmann::json& entry) {
  const auto values = testing::fill(entry);
  return torch::tensor(values, torch::kFloat32).to(torch::kFloat64).reshape(entry.at("shape").get<std::vector<std::int64_t>>());
}

torch::Tensor row_target(const nlohmann::json& row, const char* mode) {
  return torch::tensor(row.at(mode).at("target").get<std::vector<double>>(), torch::kFloat64).unsqueeze(0);
}

TEST(Losses, FerPlusModesAtFixedProbabilities) {
  MIEN_GOLDEN_OR_SKIP(golden, "data/ferplus_votes.json");
  const auto& g = golden.at("losses_at_fixed_probabilities");
  const auto logits = filled(g.at("logits")).unsqueeze(0);
  for (const auto& pair : g.at("multi_target_loss_by_row"))
    EXPECT_NEAR(multi_target_loss(logits, row_target(golden.at("rows")[pair[0].get<std::size_t>()], "multi_target")).item<double>(), pair[1].get<double>(), 2e-5) << pair;
  for (const auto& pair : g.at("crossentropy_loss_by_row"))
    EXPECT_NEAR(soft_cross_entropy(logits, row_target(golden.at("rows")[pair[0].get<std::size_t>()], "crossentropy")).item<double>(), pair[1].get<double>(), 2e-5) << pair;
}

TEST(Losses, SoftCrossEntropyOfTeacherDistributions) {
  MIEN_GOLDEN_OR_SKIP(golden, "losses/ldg.json");
  const auto& g = golden.at("soft_cross_entropy");
  const auto logits = filled(g.at("student_logits"));
  std::vector<double> flat;
  for (const auto& row : g.at("target")) for (const auto& v : row) flat.push_back(v);
  const auto target = torch::tensor(flat, torch::kFloat64).reshape(logits.sizes());
  EXPECT_NEAR(soft_cross_entropy(logits, target).item<double>(), g.at("loss_batch_mean").get<double>(), 1e-6);
}

TEST(Losses, WeightsAndHardLabelsAgreeWithLibtorch) {
  torch::manual_seed(3);
  const auto logits = torch::randn({6, 4});
  const auto labels = torch::tensor({0, 1, 2, 3, 1, 1}, torch::kInt64);
  const auto weights = torch::tensor({1.0f, 0.5f, 2.0f, 0.1f});
  namespace F = torch::nn::functional;
  const auto expected = F::cross_entropy(logits, labels, F::CrossEntropyFuncOptions().weight(weights));
  const auto one_hot = torch::one_hot(labels, 4).to(torch::kFloat32);
  EXPECT_NEAR(soft_cross_entropy(logits, one_hot, weights).item<float>(), expected.item<float>(), 1e-6);
  const auto smoothed = F::cross_entropy(logits, labels, F::CrossEntropyFuncOptions().label_smoothing(0.2));
  EXPECT_NEAR(soft_cross_entropy(logits, smooth_targets(one_hot, 0.2)).item<float>(), smoothed.item<float>(), 1e-6);
}

TEST(Losses, ValenceArousalCountsOnlySamplesThatHaveThem) {
  const auto predicted = torch::tensor({{0.5f, 0.0f}, {1.0f, 1.0f}}), truth = torch::tensor({{0.0f, 0.0f}, {-1.0f, -1.0f}});
  EXPECT_FLOAT_EQ(valence_arousal_loss(predicted, truth, torch::tensor({1.0f, 0.0f})).item<float>(), 0.125f);
  EXPECT_FLOAT_EQ(valence_arousal_loss(predicted, truth, torch::zeros({2})).item<float>(), 0.0f);
}

}  // namespace
}  // namespace mien
