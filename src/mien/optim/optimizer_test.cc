// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/optim/optimizer.h"

#include <gtest/gtest.h>

#include "mien/optim/ema.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

torch::Tensor tensor_of(const nlohmann::json& j) {
  const auto rows = j.is_array() && j[0].is_array() ? j.get<std::vector<std::vector<double>>>() : std::vector<std::vector<double>>{j.get<std::vector<double>>()};
  std::vector<double> flat;
  for (const auto& row : rows) flat.insert(flat.end(), row.begin(), row.end());
  const auto t = torch::tensor(flat, torch::kFloat64);
  return j[0].is_array() ? t.reshape({static_cast<std::int64_t>(rows.size()), -1}) : t;
}

OptimizerOptions options_of(const std::string& name, const nlohmann::json& s) {
  OptimizerOptions o;
  o.kind = name.substr(0, name.find('_'));
  o.lr = s.at("lr").is_number() ? s.at("lr").get<double>() : s.at("lr0").get<double>();
  o.momentum = s.contains("momentum") && s.at("momentum").is_number() ? s.at("momentum").get<double>() : name == "sgd_changing_lr_and_momentum" ? 0.95 : 0;
  o.nesterov = s.value("nesterov", false);
  o.weight_decay = s.value("weight_decay", 0.0);
  o.amsgrad = s.value("amsgrad", false);
  if (s.contains("betas")) {
    o.beta1 = s.at("betas")[0];
    o.beta2 = s.at("betas")[1];
  }
  o.decay_norm_and_bias = true;
  return o;
}

TEST(Optimizer, TrajectoriesOnAQuadratic) {
  MIEN_GOLDEN_OR_SKIP(golden, "schedules/optimizers.json");
  const auto a = tensor_of(golden.at("problem").at("A")), b = tensor_of(golden.at("problem").at("b"));
  int compared = 0;
  for (const auto& g : golden.at("cases")) {
    const std::string name = g.at("name");
    const auto& settings = g.at("settings");
    if (settings.contains("dampening")) continue;  // not an option of ours
    const OptimizerOptions options = options_of(name, settings);
    auto x = tensor_of(golden.at("problem").at("x0")).clone().set_requires_grad(true);
    GroupedOptimizer optimizer(options, {{"x", x}});
    int t = 0;
    for (const auto& expected : g.at("x_after_each_step")) {
      if (name == "sgd_changing_lr_and_momentum") optimizer.apply_schedule({0.05 * (1 + 0.5 * t), 0.95 - 0.01 * t});
      auto gradient = a.matmul(x.detach()) - b;
      if (settings.contains("gradient_multiplier_by_step")) gradient = gradient * settings.at("gradient_multiplier_by_step")[static_cast<std::size_t>(t)].get<double>();
      x.mutable_grad() = gradient;
      optimizer.step();
      EXPECT_TRUE(torch::allclose(x.detach(), tensor_of(expected), 1e-7, 1e-8)) << name << " step " << t << "\n" << x << expected.dump();
      ++t;
    }
    ++compared;
  }
  EXPECT_EQ(compared, 11);
}

TEST(Optimizer, NormAndBiasTensorsAreNotDecayedByDefault) {
  OptimizerOptions options;
  options.lr = 0.1;
  options.momentum = 0;
  options.weight_decay = 0.5;
  auto weight = torch::ones({2, 2}).set_requires_grad(true), bias = torch::ones({2}).set_requires_grad(true);
  GroupedOptimizer optimizer(options, {{"weight", weight}, {"bias", bias}});
  weight.mutable_grad() = torch::zeros({2, 2});
  bias.mutable_grad() = torch::zeros({2});
  optimizer.step();
  EXPECT_NEAR(weight[0][0].item<float>(), 0.95, 1e-6);
  EXPECT_EQ(bias[0].item<float>(), 1);
}

// By hand, gradient 1, rate 0.1, momentum 0.5, decay 0.2, from 1: the decayed gradient is 1.2, the first step 0.12 -> 0.88. Then it is
// 1 + 0.2 * 0.88 = 1.176, the buffer 0.5 * 1.2 + 1.176 = 1.776, the second step 0.1776 -> 0.7024. Nesterov's form would step by
// 0.1 * (1.2 + 0.5 * 1.2) first.
TEST(Optimizer, PlainSgdDecaysEveryTensorAndDoesNotLookAhead) {
  OptimizerOptions options;
  options.lr = 0.1;
  options.momentum = 0.5;
  options.nesterov = false;
  options.weight_decay = 0.2;
  options.decay_norm_and_bias = true;
  const auto f64 = torch::TensorOptions().dtype(torch::kFloat64);
  auto weight = torch::ones({2, 2}, f64).set_requires_grad(true), bias = torch::ones({2}, f64).set_requires_grad(true);
  GroupedOptimizer optimizer(options, {{"weight", weight}, {"bias", bias}});
  for (const double expected : {0.88, 0.7024}) {
    weight.mutable_grad() = torch::ones({2, 2}, f64);
    bias.mutable_grad() = torch::ones({2}, f64);
    optimizer.step();
    EXPECT_NEAR(weight[1][0].item<double>(), expected, 1e-12);
    EXPECT_NEAR(bias[1].item<double>(), expected, 1e-12);
  }
}

/// A body of two layers and a head, each with a weight and a bias.
NamedParameters layers() {
  NamedParameters all;
  for (const char* layer : {"body.0.", "body.1.", "head."})
    for (const char* kind : {"weight", "bias"})
      all.emplace_back(std::string(layer) + kind, torch::ones(kind == std::string("weight") ? std::vector<std::int64_t>{2, 3} : std::vector<std::int64_t>{2}).set_requires_grad(true));
  return all;
}

// After one step of plain SGD a parameter has moved by rate times factor times gradient.
TEST(ParameterGroups, MoveWithTheirOwnRate) {
  OptimizerOptions options;
  options.momentum = options.weight_decay = 0;
  const auto parameters = layers();
  GroupedOptimizer optimizer(options, parameters, {{"body.0.", 0.25, 1}, {"body.", 0.5, 1}});
  for (const auto& [name, parameter] : parameters) parameter.mutable_grad() = torch::full_like(parameter, 2);
  optimizer.apply_schedule({0.1, -1});
  optimizer.step();
  optimizer.apply_schedule({0.01, -1});
  optimizer.step();
  for (const auto& [name, parameter] : parameters) {
    const double factor = name.starts_with("body.0.") ? 0.25 : name.starts_with("body.") ? 0.5 : 1;
    EXPECT_TRUE(torch::allclose(parameter, torch::full_like(parameter, 1 - factor * 2 * (0.1 + 0.01)))) << name;
  }
}

TEST(ParameterGroups, DecayTheirOwnShareAndNoBias) {
  for (const char* kind : {"sgd", "adamw"}) {
    OptimizerOptions options;
    options.kind = kind;
    options.lr = 0.1;
    options.momentum = 0;
    options.weight_decay = 0.5;
    const auto parameters = layers();
    GroupedOptimizer optimizer(options, parameters, {{"body.", 0.5, 0.2}});
    for (const auto& [name, parameter] : parameters) parameter.mutable_grad() = torch::zeros_like(parameter);
    optimizer.apply_schedule({0.1, -1});
    optimizer.step();
    for (const auto& [name, parameter] : parameters) {
      const bool body = name.starts_with("body."), bias = name.ends_with("bias");
      const double expected = bias ? 1 : 1 - 0.1 * 0.5 * (body ? 0.5 * 0.2 : 1);
      EXPECT_TRUE(torch::allclose(parameter, torch::full_like(parameter, expected))) << kind << " " << name;
    }
  }
}

// Without groups the optimizer is what it always was: decayed tensors, then the others.
TEST(ParameterGroups, WithoutAnyThereAreTwo) {
  GroupedOptimizer optimizer({}, layers());
  ASSERT_EQ(optimizer.torch().param_groups().size(), 2u);
  EXPECT_EQ(optimizer.torch().param_groups()[0].params().size(), 3u);
}

TEST(GradientClipping, ScalesToTheLimit) {
  MIEN_GOLDEN_OR_SKIP(golden, "schedules/optimizers.json");
  const auto& g = golden.at("gradient_clipping");
  for (const auto& expected : g.at("cases")) {
    std::vector<torch::Tensor> parameters;
    for (const auto& entry : g.at("gradients")) {
      const auto values = testing::fill(entry);
      auto p = torch::zeros(entry.at("shape").get<std::vector<std::int64_t>>()).set_requires_grad(true);
      p.mutable_grad() = torch::tensor(values).reshape(p.sizes());
      parameters.push_back(p);
    }
    const double norm = torch::nn::utils::clip_grad_norm_(parameters, expected.at("max_norm").get<double>());
    EXPECT_NEAR(norm, expected.at("total_norm").get<double>(), 1e-4);
    EXPECT_TRUE(torch::allclose(parameters[0].grad().flatten().to(torch::kFloat64), tensor_of(expected.at("first_tensor_after")), 1e-5, 1e-6));
  }
}

struct OneNumber : torch::nn::Module {
  explicit OneNumber(double value) : x(register_parameter("x", torch::tensor({value}, torch::kFloat64))) {}
  torch::Tensor x;
};

TEST(MovingAverage, FollowsTheFormulaAndSwapsBack) {
  MIEN_GOLDEN_OR_SKIP(golden, "schedules/optimizers.json");
  const auto& g = golden.at("exponential_moving_average");
  OneNumber module(g.at("start"));
  MovingAverage average(module, g.at("decay"), /*warm_up=*/false);
  for (std::size_t i = 0; i < g.at("values").size(); ++i) {
    torch::NoGradGuard no_grad;
    module.x.fill_(g.at("values")[i].get<double>());
    average.update(module);
    EXPECT_NEAR(average.shadow().at("x").item<double>(), g.at("shadow")[i].get<double>(), 1e-12);
  }
  const double last = g.at("values").back(), shadow = g.at("shadow").back();
  average.swap(module);
  EXPECT_NEAR(module.x.item<double>(), shadow, 1e-12);
  average.swap(module);
  EXPECT_EQ(module.x.item<double>(), last);
}

}  // namespace
}  // namespace mien
