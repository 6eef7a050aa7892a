// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// Attribution maps, prior maps, losses and second-order gradients against reference values of a tiny network in float64.
#include "mien/methods/pal/attribution_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "mien/base/error.h"
#include "mien/face_geometry/parts.h"
#include "mien/methods/pal/pal_loss.h"
#include "mien/methods/pal/prior_map.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

const std::map<std::string, double> shares = {{"all", 1}, {"mean", 1}, {"quarter", 0.25}, {"half", 0.5}, {"three_quarters", 0.75}};

torch::Tensor as_double(const std::vector<float>& values, const std::vector<std::int64_t>& shape) {
  return torch::tensor(values, torch::kFloat32).to(torch::kFloat64).reshape(shape);
}

void flatten(const nlohmann::json& j, std::vector<double>& out) {
  if (j.is_array())
    for (const auto& e : j) flatten(e, out);
  else
    out.push_back(j.get<double>());
}

torch::Tensor numbers(const nlohmann::json& j) {
  std::vector<double> flat;
  flatten(j, flat);
  return torch::tensor(flat, torch::kFloat64);
}

void expect_near(const torch::Tensor& got, const torch::Tensor& expected, double rtol, double atol, const std::string& what) {
  ASSERT_EQ(got.numel(), expected.numel()) << what;
  const auto g = got.detach().flatten(), e = expected.flatten();
  const auto excess = ((g - e).abs() - atol - rtol * e.abs()).max().item<double>();
  EXPECT_LE(excess, 0) << what;
}

/// conv-relu-pool-conv-relu-fc with the layers relu1 and relu2.
struct TinyNetwork {
  std::map<std::string, torch::Tensor> weights;
  std::map<std::string, torch::Tensor> inner;

  explicit TinyNetwork(const nlohmann::json& spec) {
    for (const auto& [name, entry] : spec.at("weights").items()) {
      const auto shape = entry[0].get<std::vector<std::int64_t>>();
      weights[name] = as_double(testing::fill("pal." + name, shape, entry[1].get<std::string>()), shape).requires_grad_(true);
    }
  }
  torch::Tensor operator()(const torch::Tensor& images) {
    inner["relu1"] = torch::relu(torch::conv2d(images, weights["conv1.weight"], weights["conv1.bias"], 1, 1));
    inner["relu2"] = torch::relu(torch::conv2d(torch::max_pool2d(inner["relu1"], 2, 2), weights["conv2.weight"], weights["conv2.bias"], 1, 1));
    const auto pooled = torch::max_pool2d(inner["relu2"], 2, 2);
    return torch::linear(pooled.flatten(1), weights["fc.weight"], weights["fc.bias"]);
  }
};

struct Fixture {
  explicit Fixture(const nlohmann::json& maps)
      : network(maps.at("network")),
        images(as_double(testing::fill(maps.at("input")), maps.at("input").at("shape").get<std::vector<std::int64_t>>())),
        labels(torch::tensor(maps.at("labels").get<std::vector<std::int64_t>>())),
        landmarks(numbers(maps.at("landmarks_xy")).reshape({2, 68, 2})) {}

  /// The constrained channels of a layer, as the golden values name them.
  torch::Tensor chosen(const std::string& layer, const std::string& kind, const std::string& channels, const torch::Tensor& logits, bool differentiable = true) {
    const auto a = attribution_map(attribution_kind(kind), logits, network.inner.at(layer), differentiable);
    return first_channels(a, shares.at(channels), channels != "all");
  }
  torch::Tensor priors(const std::string& layer) {
    const auto& map = network.inner.at(layer);
    return resize_priors(prior_maps(landmarks, 24, 24, 3, {}), map.size(2), map.size(3), "area");
  }

  TinyNetwork network;
  torch::Tensor images, labels, landmarks;
};

void expect_summary(const torch::Tensor& got, const nlohmann::json& expected, const std::string& what) {
  const auto flat = got.detach().flatten();
  EXPECT_NEAR(flat.mean().item<double>(), expected.at("mean").get<double>(), 1e-8) << what;
  EXPECT_NEAR(flat.std(false).item<double>(), expected.at("std").get<double>(), 1e-8) << what;
  const auto first = numbers(expected.at("first"));
  expect_near(flat.narrow(0, 0, first.numel()), first, 1e-7, 1e-8, what);
}

TEST(AttributionMap, EqualsTheReferenceInEveryKindAndChannelChoice) {
  MIEN_GOLDEN_OR_SKIP(golden, "losses/pal_maps.json");
  Fixture f(golden);
  const auto logits = f.network(f.images);
  expect_near(logits, numbers(golden.at("logits")), 1e-7, 1e-8, "logits");
  for (const std::string layer : {"relu1", "relu2"})
    for (const std::string kind : {"grad", "grad_input"})
      for (const auto& [channels, share] : shares) {
        const auto got = f.chosen(layer, kind, channels, logits);
        const auto& expected = golden.at("expected").at(layer).at(kind);
        const std::string what = layer + " " + kind + " " + channels;
        if (expected.contains(channels) && expected.at(channels).is_array())
          expect_near(got, numbers(expected.at(channels)), 1e-7, 1e-8, what);
        else
          expect_summary(got, expected.at(expected.contains(channels) ? channels : channels + "_summary"), what);
      }
}

TEST(PalLosses, EqualTheReference) {
  MIEN_GOLDEN_OR_SKIP(maps, "losses/pal_maps.json");
  MIEN_GOLDEN_OR_SKIP(golden, "losses/pal_loss.json");
  Fixture f(maps);
  const auto logits = f.network(f.images);
  const std::map<std::string, std::string> forms = {{"raw_sum_population", "sum"}, {"raw_sum_unbiased", "sum_unbiased"}, {"pearson", "pearson"}};
  int compared = 0;
  for (const auto& [key, expected] : golden.at("per_sample_losses").items()) {
    const auto bar = key.find('|'), second = key.rfind('|');
    const std::string layer = key.substr(0, bar), kind = key.substr(bar + 1, second - bar - 1), channels = key.substr(second + 1);
    const auto got = f.chosen(layer, kind, channels, logits);
    for (const auto& [name, form] : forms) {
      expect_near(pal_losses(got, f.priors(layer), pal_form(form)), numbers(expected.at(name)), 1e-7, 1e-8, key + " " + name);
      ++compared;
    }
  }
  EXPECT_EQ(compared, 60);
}

/// Cross entropy + lambda * mean PAL, as the reference defines the total.
torch::Tensor total_loss(Fixture& f, const nlohmann::json& one, double lambda, torch::Tensor* pal = nullptr) {
  const std::map<std::string, std::string> forms = {{"raw_sum_population", "sum"}, {"raw_sum_unbiased", "sum_unbiased"}, {"pearson", "pearson"}};
  const auto logits = f.network(f.images);
  const auto chosen = f.chosen(one.at("layer"), one.at("attribution"), one.at("channels"), logits);
  const auto mean = pal_losses(chosen, f.priors(one.at("layer")), pal_form(forms.at(one.at("variant")))).mean();
  if (pal) *pal = mean;
  return torch::nn::functional::cross_entropy(logits, f.labels) + lambda * mean;
}

TEST(PalLosses, GradientOfTheTotalEqualsTheReferenceAndReachesTheStatedWeights) {
  MIEN_GOLDEN_OR_SKIP(maps, "losses/pal_maps.json");
  MIEN_GOLDEN_OR_SKIP(golden, "losses/pal_loss.json");
  const double lambda = golden.at("lambda").get<double>();
  for (const auto& one : golden.at("cases")) {
    const std::string what = one.at("layer").get<std::string>() + " " + one.at("attribution").get<std::string>() + " " +
                             one.at("channels").get<std::string>() + " " + one.at("variant").get<std::string>();
    Fixture f(maps);
    torch::Tensor pal;
    const auto total = total_loss(f, one, lambda, &pal);
    EXPECT_NEAR(total.item<double>(), one.at("total").get<double>(), 1e-7) << what;
    EXPECT_NEAR(pal.item<double>(), one.at("pal_mean").get<double>(), 1e-7) << what;
    pal.backward({}, /*retain_graph=*/true);
    const auto untouched = one.at("parameters_untouched_by_pal").get<std::vector<std::string>>();
    for (auto& [name, weight] : f.network.weights) {
      const bool reached = weight.grad().defined() && weight.grad().abs().max().item<double>() > 1e-9;
      EXPECT_EQ(reached, std::find(untouched.begin(), untouched.end(), name) == untouched.end()) << what << ": " << name;
      weight.mutable_grad() = torch::Tensor();
    }
    total.backward();
    for (const auto& [name, expected] : one.at("gradient_of_total").items()) {
      const auto gradient = f.network.weights.at(name).grad();
      EXPECT_NEAR(gradient.norm().item<double>(), expected.at("l2").get<double>(), 1e-7 * (1 + expected.at("l2").get<double>())) << what << ": " << name;
      const auto probe = as_double(testing::fill("probe:pal.grad." + name, {gradient.numel()}, "input_pm1"), {gradient.numel()});
      EXPECT_NEAR(gradient.flatten().dot(probe).item<double>(), expected.at("probe").get<double>(), 1e-6) << what << ": " << name;
      if (one.contains("gradient_full") && one.at("gradient_full").contains(name))
        expect_near(gradient, numbers(one.at("gradient_full").at(name)), 1e-7, 1e-7, what + ": " + name);
    }
  }
}

TEST(PalLosses, GradientEqualsFiniteDifferences) {
  MIEN_GOLDEN_OR_SKIP(maps, "losses/pal_maps.json");
  MIEN_GOLDEN_OR_SKIP(golden, "losses/pal_loss.json");
  constexpr double step = 1e-6;
  for (const auto& one : golden.at("cases")) {
    Fixture f(maps);
    total_loss(f, one, 0.5).backward();
    for (const std::string name : {"conv1.weight", "conv2.weight", "fc.weight"}) {
      auto& weight = f.network.weights.at(name);
      const auto gradient = weight.grad();
      const double largest = gradient.abs().max().item<double>();
      for (std::int64_t i = 0; i < weight.numel(); i += std::max<std::int64_t>(weight.numel() / 7, 1)) {
        const auto at = [&](double shift) {
          {
            torch::NoGradGuard no_grad;
            weight.view(-1)[i] += shift;
          }
          const double value = total_loss(f, one, 0.5).item<double>();
          torch::NoGradGuard no_grad;
          weight.view(-1)[i] -= shift;
          return value;
        };
        EXPECT_NEAR(gradient.view(-1)[i].item<double>(), (at(step) - at(-step)) / (2 * step), 1e-6 * largest) << name << " " << i;
      }
    }
  }
}

TEST(PalLosses, FlatMapsHaveNoLossAndNoGradient) {
  auto flat = torch::full({2, 1, 3, 3}, 0.25).requires_grad_(true);
  const auto priors = torch::rand({2, 3, 3});
  for (const auto form : {PalForm::pearson, PalForm::sum, PalForm::sum_unbiased}) {
    const auto losses = pal_losses(flat, priors, form);
    EXPECT_LT(losses.abs().max().item<float>(), 1e-4);
    const auto gradient = torch::autograd::grad({losses.sum()}, {flat})[0];
    EXPECT_TRUE(torch::isfinite(gradient).all().item<bool>());
  }
  EXPECT_LT(pal_losses(torch::rand({2, 1, 3, 3}), torch::ones({2, 3, 3}), PalForm::pearson).abs().max().item<float>(), 1e-4);
}

TEST(PalLosses, TinyAttributionsAreNotLost) {
  torch::manual_seed(1);
  const auto a = torch::rand({2, 1, 4, 4}), priors = torch::rand({2, 4, 4});
  EXPECT_TRUE(torch::allclose(pal_losses(a * 1e-12, priors, PalForm::pearson), pal_losses(a, priors, PalForm::pearson), 1e-4));
}

TEST(PriorMaps, EqualTheReferenceAndTheDrawnHeatMap) {
  MIEN_GOLDEN_OR_SKIP(golden, "losses/pal_heatmap.json");
  const auto points = numbers(golden.at("landmarks_xy")).reshape({1, 68, 2});
  const auto map = prior_maps(points, 56, 56, 3, {});
  const auto& expected = golden.at("expected");
  expect_summary(map, expected.at("heat_56_summary"), "56");
  expect_near(map[0][28], numbers(expected.at("heat_56_row_28")), 1e-7, 1e-9, "row 28");
  for (const std::int64_t size : {14, 7, 10})
    for (const std::string how : {"area", "bilinear"})
      expect_near(resize_priors(map, size, size, how), numbers(expected.at(how + "_" + std::to_string(size))), 1e-7, 1e-9, how);
  const auto subset = landmark_subset("eyes+brows+mouth");
  expect_near(resize_priors(prior_maps(points, 56, 56, 3, subset), 7, 7, "area"),
              numbers(expected.at("only_eyes_brows_mouth_17_26_36_67_area_7")), 1e-7, 1e-9, "subset");

  Points drawn;
  for (int k = 0; k < 68; ++k) drawn.emplace_back(points[0][k][0].item<float>(), points[0][k][1].item<float>());
  const cv::Mat heat = landmark_heat_map(drawn, {56, 56}, 3);
  expect_near(map.to(torch::kFloat32), torch::from_blob(heat.data, {56, 56}).clone(), 1e-4, 1e-5, "landmark_heat_map");
}

TEST(FirstChannels, ShareIsCountedByIndexAndNeverEmpty) {
  const auto a = torch::arange(8, torch::kFloat32).reshape({1, 8, 1, 1}).expand({1, 8, 2, 2});
  EXPECT_EQ(first_channels(a, 0.25, false).size(1), 2);
  EXPECT_FLOAT_EQ(first_channels(a, 0.25, true).mean().item<float>(), 0.5F);
  EXPECT_FLOAT_EQ(other_channels(a, 0.25).mean().item<float>(), 4.5F);
  EXPECT_FALSE(other_channels(a, 1).defined());
  EXPECT_EQ(channels_of_share(8, 1e-6), 1);
}

TEST(AttributionMap, UnknownNamesAreErrors) {
  EXPECT_THROW(attribution_kind("gradient"), Error);
  EXPECT_THROW(pal_form("mean"), Error);
}

}  // namespace
}  // namespace mien
