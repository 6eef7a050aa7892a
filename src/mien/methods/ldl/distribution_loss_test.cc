// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// The parts of the loss against reference values.
#include "mien/methods/ldl/distribution_loss.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/methods/ldl/neighbour_outputs.h"
#include "mien/methods/ldl/neighbourhood_term.h"
#include "mien/methods/ldl/training_graph.h"
#include "mien/neighbours/neighbour_graph.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

torch::Tensor filled(const nlohmann::json& entry) {
  return torch::tensor(testing::fill(entry), torch::kFloat32)
      .to(torch::kFloat64)
      .reshape(entry.at("shape").get<std::vector<std::int64_t>>());
}

torch::Tensor numbers(const nlohmann::json& rows, at::IntArrayRef shape) {
  std::vector<double> flat;
  for (const auto& row : rows) {
    if (row.is_number()) flat.push_back(row);
    if (row.is_array()) flat.insert(flat.end(), row.begin(), row.end());
  }
  return torch::tensor(flat, torch::kFloat64).reshape(shape);
}

void expect_close(const torch::Tensor& got, const torch::Tensor& expected, const std::string& what) {
  EXPECT_TRUE(torch::allclose(got, expected, 1e-8, 1e-9))
      << what << " differs by " << (got - expected).abs().max().item<double>();
}

TEST(DistributionLoss, EqualsTheReferenceInValueAndGradient) {
  MIEN_GOLDEN_OR_SKIP(golden, "losses/ldg.json");
  const auto& g = golden.at("soft_cross_entropy");
  auto logits = filled(g.at("student_logits")).requires_grad_();
  const auto targets = torch::softmax(filled(g.at("teacher_logits")), 1);
  expect_close(targets, numbers(g.at("target"), {5, 7}), "softmax of the teacher");
  // The file's scalars went through float32.
  const auto near = [](const torch::Tensor& got, double expected) { EXPECT_NEAR(got.item<double>(), expected, 1e-7 * expected); };
  near(distribution_loss(logits, targets, DistributionLoss::sample_mean), g.at("loss_batch_mean"));
  near(distribution_loss(logits, targets, DistributionLoss::kl), g.at("kl_target_to_student_batch_mean"));
  const auto loss = distribution_loss(logits, targets, DistributionLoss::element_mean);
  near(loss, g.at("loss_element_mean"));
  loss.backward();
  expect_close(logits.grad(), numbers(g.at("gradient_student"), {5, 7}), "gradient");
}

TEST(DistributionLoss, StaysFiniteWhereAProbabilityUnderflows) {
  MIEN_GOLDEN_OR_SKIP(golden, "losses/ldg.json");
  const auto& extreme = golden.at("soft_cross_entropy").at("extreme");
  const auto logits = numbers(extreme.at("student"), {1, 7}).to(torch::kFloat32);
  const auto loss = distribution_loss(logits, torch::full({1, 7}, 1.0F / 7), DistributionLoss::element_mean);
  EXPECT_NEAR(loss.item<float>(), extreme.at("loss_element_mean").get<float>(), 1e-4);
}

TEST(DistributionLoss, AllFormsHaveOneDirectionOfGradientAndKlIsZeroAtTheTarget) {
  torch::manual_seed(2);
  const auto targets = torch::softmax(torch::randn({4, 6}, torch::kFloat64), 1);
  const auto gradient = [&](DistributionLoss form) {
    torch::manual_seed(3);
    auto logits = torch::randn({4, 6}, torch::kFloat64).requires_grad_();
    distribution_loss(logits, targets, form).backward();
    return logits.grad();
  };
  expect_close(gradient(DistributionLoss::element_mean) * 6, gradient(DistributionLoss::sample_mean), "element_mean");
  expect_close(gradient(DistributionLoss::kl), gradient(DistributionLoss::sample_mean), "kl");
  EXPECT_NEAR(distribution_loss(targets.log(), targets, DistributionLoss::kl).item<double>(), 0, 1e-12);
  const auto one_hot = torch::one_hot(torch::arange(4), 6).to(torch::kFloat64);  // 0 log 0 = 0
  EXPECT_NEAR(distribution_loss(targets.log(), one_hot, DistributionLoss::kl).item<double>(),
              distribution_loss(targets.log(), one_hot, DistributionLoss::sample_mean).item<double>(), 1e-12);
}

TEST(DistributionLoss, SampleWeightsWeighSamples) {
  const auto logits = torch::tensor({{0.0, std::log(3.0)}, {0.0, 0.0}}, torch::kFloat64);
  const auto targets = torch::tensor({{0.0, 1.0}, {1.0, 0.0}}, torch::kFloat64);
  const auto weights = torch::tensor({2.0, 0.5}, torch::kFloat64);
  const double expected = (2 * std::log(4.0 / 3) + 0.5 * std::log(2.0)) / 2;
  EXPECT_NEAR(distribution_loss(logits, targets, DistributionLoss::sample_mean, weights).item<double>(), expected, 1e-12);
  EXPECT_THROW(distribution_loss_form("mean"), Error);
}

Dataset described(const nlohmann::json& vectors) {
  Dataset data{"faces", known_label_space("rafdb"), {}, nullptr};
  for (const auto& vector : vectors) {
    Record record;
    record.id = std::to_string(data.size());
    record.annotations.label = static_cast<int>(data.size() % 7);
    record.annotations.action_units = vector.get<std::vector<float>>();
    data.records.push_back(record);
  }
  return data;
}

TEST(NeighbourhoodTerm, EqualsTheReferenceInNeighboursValueAndGradient) {
  MIEN_GOLDEN_OR_SKIP(golden, "losses/ldg.json");
  const auto& g = golden.at("neighbourhood");
  for (const char* kind : {"binary", "intensity"}) {
    const auto& of_kind = g.at(kind);
    for (const auto& one : of_kind.at("cases")) {
      NeighbourOptions options;
      options.k = of_kind.at("k");
      options.sigma = one.at("sigma");
      options.search = "exact";
      const TrainingGraph graph = make_training_graph(described(of_kind.at("vectors")), options, 1);
      expect_close(graph.neighbours.to(torch::kFloat64), numbers(of_kind.at("neighbours"), {12, 4}), "neighbours");
      const auto weights = torch::exp(-numbers(of_kind.at("distances"), {12, 4}) / (options.sigma * options.sigma));
      EXPECT_TRUE(torch::allclose(graph.edge_weights.to(torch::kFloat64), weights, 1e-6, 1e-7)) << kind;
      if (!one.at("weights").is_null()) {
        EXPECT_TRUE(torch::allclose(weights, numbers(one.at("weights"), {12, 4}), 1e-7, 1e-8)) << kind;
      }

      auto logits = filled(g.at("logits")).requires_grad_();
      const auto log_p = torch::log_softmax(logits, 1);
      auto of_neighbours = log_p.index_select(0, graph.neighbours.view(-1)).reshape({12, 4, 7});
      if (one.at("stop_gradient_through_neighbours")) of_neighbours = of_neighbours.detach();
      const auto rows = neighbour_divergences(log_p, of_neighbours, weights);
      const auto near = [](double got, double expected) { EXPECT_NEAR(got, expected, 1e-7 * expected); };
      near(rows.sum().item<double>(), one.at("omega_sum"));
      near(rows.mean().item<double>(), one.at("omega_mean_over_i"));
      if (!one.at("rows").is_null()) EXPECT_TRUE(torch::allclose(rows, numbers(one.at("rows"), {12}), 1e-7, 1e-8));
      rows.sum().backward();
      EXPECT_TRUE(torch::allclose(logits.grad(), numbers(one.at("gradient_of_sum"), {12, 7}), 1e-6, 1e-7)) << kind;
    }
  }
}

TEST(NeighbourhoodTerm, TotalLossOfTheReport) {
  MIEN_GOLDEN_OR_SKIP(golden, "losses/ldg.json");
  const auto &g = golden.at("neighbourhood"), &total = golden.at("total");
  NeighbourOptions options;
  options.k = 4;
  const TrainingGraph graph = make_training_graph(described(g.at("binary").at("vectors")), options, 1);
  const auto logits = filled(g.at("logits"));
  const auto log_p = torch::log_softmax(logits, 1);
  const auto rows = neighbour_divergences(log_p, log_p.index_select(0, graph.neighbours.view(-1)).reshape({12, 4, 7}),
                                          graph.edge_weights.to(torch::kFloat64));
  const auto labels = torch::tensor(total.at("labels").get<std::vector<std::int64_t>>());
  const auto main = distribution_loss(logits, torch::one_hot(labels, 7).to(torch::kFloat64), DistributionLoss::sample_mean);
  EXPECT_NEAR(main.item<double>(), total.at("cross_entropy").get<double>(), 1e-7);
  EXPECT_NEAR((main + total.at("lambda").get<double>() * rows.mean()).item<double>(), total.at("value").get<double>(), 1e-6);
}

TEST(NeighbourhoodTerm, GradientEqualsFiniteDifferences) {
  torch::manual_seed(4);
  const auto neighbours = torch::randint(0, 5, {5, 3});
  const auto weights = torch::rand({5, 3}, torch::kFloat64);
  auto logits = (2 * torch::randn({5, 4}, torch::kFloat64)).requires_grad_();
  const auto value = [&](const torch::Tensor& x) {
    const auto log_p = torch::log_softmax(x, 1);
    return neighbour_divergences(log_p, log_p.index_select(0, neighbours.view(-1)).reshape({5, 3, 4}), weights).sum();
  };
  value(logits).backward();
  for (std::int64_t i = 0; i < logits.numel(); ++i) {
    const auto at = [&](double shift) {
      auto moved = logits.detach().clone();
      moved.view(-1)[i] += shift;
      return value(moved).item<double>();
    };
    EXPECT_NEAR(logits.grad().view(-1)[i].item<double>(), (at(1e-6) - at(-1e-6)) / 2e-6, 1e-7) << i;
  }
}

TEST(NeighbourhoodTerm, EqualNeighboursCostNothing) {
  const auto log_p = torch::log_softmax(torch::randn({3, 5}, torch::kFloat64), 1);
  EXPECT_NEAR(neighbour_divergences(log_p, log_p.unsqueeze(1).repeat({1, 2, 1}), torch::ones({3, 2})).abs().max().item<double>(),
              0, 1e-12);
}

TEST(TrainingGraph, SamplesWithoutActionUnitsAreNobodysNeighbours) {
  Dataset data{"faces", known_label_space("rafdb"), std::vector<Record>(6), nullptr};
  for (const int i : {1, 3, 4}) {
    auto& a = data.records[static_cast<std::size_t>(i)].annotations;
    a.label = i == 4 ? 1 : 0;
    a.action_units.assign(18, 0.0F);
    a.action_units[0] = static_cast<float>(i);  // at 1, 3 and 4 on a line
  }
  NeighbourOptions options;
  options.k = 1;
  const TrainingGraph graph = make_training_graph(data, options, 1);
  const auto neighbours = graph.neighbours.view(-1);
  EXPECT_EQ(neighbours[1].item<std::int64_t>(), 3);
  EXPECT_EQ(neighbours[3].item<std::int64_t>(), 4);
  EXPECT_EQ(neighbours[4].item<std::int64_t>(), 3);
  const auto weights = graph.edge_weights.view(-1);
  EXPECT_NEAR(weights[1].item<double>(), std::exp(-2.0), 1e-6);
  EXPECT_NEAR(weights[4].item<double>(), std::exp(-1.0), 1e-6);
  for (const int i : {0, 2, 5}) EXPECT_EQ(weights[i].item<float>(), 0);
  EXPECT_TRUE(torch::equal(graph.sample_weights, torch::ones({6})));
  options.k = 3;
  EXPECT_THROW(make_training_graph(data, options, 1), Error);
}

TEST(TrainingGraph, SamplesThatContradictTheirNeighboursWeighLess) {
  Dataset data{"faces", known_label_space("rafdb"), std::vector<Record>(20), nullptr};
  for (int i = 0; i < 20; ++i) {
    auto& a = data.records[static_cast<std::size_t>(i)].annotations;
    a.label = i < 10 ? 0 : 1;
    a.action_units.assign(18, i < 10 ? 0.0F : 3.0F);
    a.action_units[5] += 0.01F * static_cast<float>(i);
  }
  data.records[4].annotations.label = 1;  // among nine others
  const auto weights = make_training_graph(data, NeighbourOptions{}, 0.1).sample_weights;
  EXPECT_EQ(weights.argmin().item<std::int64_t>(), 4);
  EXPECT_LT(weights[4].item<double>(), 0.3 * weights.max().item<double>());
  EXPECT_NEAR(weights.mean().item<double>(), 1, 1e-6);
}

TEST(NeighbourMemory, RecallsWhatWasRememberedLast) {
  auto memory = empty_memory(5, 2);
  const auto values = torch::log(torch::tensor({{0.1F, 0.9F}, {0.4F, 0.6F}, {0.5F, 0.5F}}));
  remember_outputs(memory, torch::tensor({3, 1, 3}, torch::kInt64), values);
  const auto found = recalled_outputs(memory, torch::tensor({{3, 0}, {1, 3}}, torch::kInt64), torch::zeros({1}, torch::kFloat64));
  EXPECT_TRUE(torch::equal(found.known, torch::tensor({{1.0, 0.0}, {1.0, 1.0}}, torch::kFloat64)));
  EXPECT_NEAR(found.log_p[0][0][0].item<double>(), std::log(0.5), 1e-6);
  EXPECT_NEAR(found.log_p[1][0][1].item<double>(), std::log(0.6), 1e-6);
  EXPECT_TRUE(torch::isfinite(found.log_p).all().item<bool>());
}

}  // namespace
}  // namespace mien
