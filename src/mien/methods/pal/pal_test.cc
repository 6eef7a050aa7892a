// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// The method as the trainer sees it: which weights the attribution loss moves, and that it moves them the right way.
#include "mien/methods/pal/pal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "mien/base/error.h"
#include "mien/methods/classifier/classifier.h"
#include "mien/methods/compute.h"
#include "mien/methods/pal/attributed_layer.h"
#include "mien/optim/optimizer.h"

namespace mien {
namespace {

constexpr int kSize = 32;

MethodConfig pal_config() {
  MethodConfig config;
  config.method = "pal";
  config.network.arch = "face_resnet";
  config.network.width = 0.125;
  config.network.dropout = 0;
  config.pal.layer = "layer2";
  config.pal.sigma_px = 2;
  return config;
}

TaskInfo task() {
  TaskInfo info;
  info.labels = known_label_space("ferplus");
  info.class_counts.assign(8, 1);
  info.preprocessing.width = info.preprocessing.height = kSize;
  info.epochs = 4;
  return info;
}

Batch faces(std::int64_t count = 8) {
  torch::manual_seed(11);
  Batch batch;
  batch.images = torch::randn({count, 3, kSize, kSize});
  batch.labels = torch::arange(count) % 8;
  batch.targets = torch::one_hot(batch.labels, 8).to(torch::kFloat32);
  batch.landmarks = torch::rand({count, 68, 2}) * 8 + 4 + 12 * torch::rand({count, 1, 2});  // a cluster somewhere
  batch.has_landmarks = torch::ones({count});
  return batch;
}

std::unique_ptr<Method> made(const MethodConfig& config) {
  torch::manual_seed(3);
  return create_method(config, task());
}

std::map<std::string, LossTerm> terms_of(Method& method, const Batch& batch, std::int64_t iteration = 0, double progress = 0) {
  std::map<std::string, LossTerm> out;
  for (const auto& term :
       method.steps().back().losses(batch, {.epoch = 0, .iteration = iteration, .progress = progress, .seed = 5}))
    out[term.name] = term;
  return out;
}

/// Largest gradient entry of each parameter.
std::map<std::string, double> gradients(Method& method, const torch::Tensor& loss) {
  method.module().zero_grad();
  for (auto& p : method.module().parameters()) p.mutable_grad() = torch::Tensor();
  loss.backward();
  std::map<std::string, double> out;
  for (const auto& item : method.module().named_parameters())
    out[item.key()] = item.value().grad().defined() ? item.value().grad().abs().max().item<double>() : 0;
  return out;
}

double mean_measured(Method& method, const Batch& batch, const std::string& name) {
  method.module().eval();
  for (const auto& one : method.measure(batch))
    if (one.name == name) return one.values.mean().item<double>();
  return std::nan("");
}

TEST(Pal, MovesTheWeightsAboveTheLayerAndWithGradInputThoseBelowToo) {
  for (const std::string batch_norm : {"frozen", "batch"})
    for (const std::string kind : {"grad", "grad_input"}) {
      MethodConfig config = pal_config();
      config.pal.batch_norm = batch_norm;
      config.pal.attribution = kind;
      const auto method = made(config);
      const auto batch = faces();
      terms_of(*method, batch);  // stored statistics that are not their initial values
      const auto reached = gradients(*method, terms_of(*method, batch).at("pal").value);
      const std::string what = batch_norm + " " + kind;
      EXPECT_GT(reached.at("layer3.0.conv1.weight"), 1e-7) << what;
      EXPECT_GT(reached.at("fc.weight"), 1e-7) << what;
      if (kind == "grad_input") {
        EXPECT_GT(reached.at("conv1.weight"), 1e-7) << what;
      }
      if (kind == "grad" && batch_norm == "frozen") {
        EXPECT_EQ(reached.at("conv1.weight"), 0) << what;
      }
    }
}

TEST(Pal, ActivationsReachTheLayersBelowOnly) {
  MethodConfig config = pal_config();
  config.pal.attribution = "activation";
  const auto method = made(config);
  const auto reached = gradients(*method, terms_of(*method, faces()).at("pal").value);
  EXPECT_GT(reached.at("conv1.weight"), 1e-7);
  EXPECT_EQ(reached.at("fc.weight"), 0);
}

TEST(Pal, WholeLossEqualsFiniteDifferencesInDoublePrecision) {
  for (const std::string batch_norm : {"frozen", "batch"}) {
    MethodConfig config = pal_config();
    config.pal.batch_norm = batch_norm;
    config.pal.weight = 2;
    const auto method = made(config);
    method->module().to(torch::kFloat64);
    auto batch = faces(4);
    batch.images = batch.images.to(torch::kFloat64);
    batch.targets = batch.targets.to(torch::kFloat64);
    batch.landmarks = batch.landmarks.to(torch::kFloat64);
    for (auto& item : method->module().named_modules())  // statistics must not move between the evaluations
      if (auto* norm = item.value()->as<torch::nn::BatchNorm2d>()) norm->options.momentum(0.0);
    const auto total = [&] {
      torch::Tensor sum = torch::zeros({}, torch::kFloat64);
      for (const auto& [name, term] : terms_of(*method, batch)) sum = sum + term.weight * term.value;
      return sum;
    };
    gradients(*method, total());
    for (const std::string name : {"conv1.weight", "layer2.0.conv1.weight", "layer3.0.bn1.weight", "fc.weight"}) {
      auto weight = method->module().named_parameters()[name];
      const auto gradient = weight.grad().clone();
      for (const std::int64_t i : {std::int64_t{0}, weight.numel() / 2, weight.numel() - 1}) {
        const auto at = [&](double shift) {
          {
            torch::NoGradGuard no_grad;
            weight.view(-1)[i] += shift;
          }
          const double value = total().item<double>();
          torch::NoGradGuard no_grad;
          weight.view(-1)[i] -= shift;
          return value;
        };
        constexpr double step = 1e-7;
        EXPECT_NEAR(gradient.view(-1)[i].item<double>(), (at(step) - at(-step)) / (2 * step),
                    1e-5 * (1e-3 + gradient.abs().max().item<double>()))
            << batch_norm << " " << name << " " << i;
      }
    }
  }
}

TEST(Pal, TrainingOnItRaisesTheCorrelationAndWithoutItDoesNot) {
  const auto after_training = [](double weight, const std::string& prior) {
    MethodConfig config = pal_config();
    config.pal.weight = weight;
    config.pal.prior = prior;
    config.optimizer.lr = 0.02;
    const auto method = made(config);
    const auto batch = faces(16);
    auto steps = method->steps();
    GroupedOptimizer optimizer(steps[0].optimizer, named_parameters(method->module()));
    method->module().train();
    for (int i = 0; i < 25; ++i) {
      optimizer.zero_grad();
      torch::Tensor sum = torch::zeros({});
      for (const auto& term :
           steps[0].losses(batch, {.epoch = 0, .iteration = i, .progress = 0, .seed = static_cast<std::uint64_t>(i)}))
        sum = sum + term.weight * term.value;
      sum.backward();
      optimizer.step();
    }
    return mean_measured(*method, batch, "prior_correlation");
  };
  const double with = after_training(1, "landmarks"), without = after_training(0, "landmarks"),
               shuffled = after_training(1, "shuffled");
  EXPECT_GT(with, 0.3);
  EXPECT_GT(with, without + 0.2);
  EXPECT_GT(with, shuffled + 0.15);
}

TEST(Pal, WeightZeroIsTheClassifierBitForBit) {
  MethodConfig config = pal_config();
  config.pal.weight = 0;
  const auto pal = made(config);
  config.method = "classifier";
  const auto plain = made(config);
  for (Method* method : {pal.get(), plain.get()}) {
    auto step = method->steps()[0];
    GroupedOptimizer optimizer(step.optimizer, named_parameters(method->module()));
    for (int i = 0; i < 3; ++i) {
      optimizer.zero_grad();
      step.losses(faces(), {})[0].value.backward();
      optimizer.step();
    }
  }
  const auto a = pal->module().parameters(), b = plain->module().parameters();
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(torch::equal(a[i], b[i]));
  EXPECT_FALSE(std::isnan(mean_measured(*pal, faces(), "prior_correlation")));
}

TEST(Pal, SamplesWithoutLandmarksTakeNoPart) {
  const auto method = made(pal_config());
  auto batch = faces();
  batch.has_landmarks.slice(0, 4).zero_();
  const auto images = batch.images.clone();
  method->module().eval();  // samples must not meet in batch norms
  const auto half = terms_of(*method, batch);
  EXPECT_FLOAT_EQ(half.at("landmark_share").value.item<float>(), 0.5F);
  batch.landmarks.slice(0, 4) += 7;
  EXPECT_FLOAT_EQ(terms_of(*method, batch).at("pal").value.item<float>(), half.at("pal").value.item<float>());
  const auto measured = method->measure(batch);
  EXPECT_EQ(torch::isnan(measured[0].values).sum().item<std::int64_t>(), 4);
}

TEST(Pal, TheCorrelationWithOthersIsThatWithTheNextImagesLandmarks) {
  const auto method = made(pal_config());
  auto batch = faces();
  batch.has_landmarks[2] = 0;
  const auto others = method->measure(batch).at(1);
  EXPECT_EQ(others.name, "prior_correlation_others");
  auto exchanged = batch;
  exchanged.landmarks = batch.landmarks.roll(1, 0);
  const auto own = method->measure(exchanged).at(0).values;
  for (std::int64_t i = 0; i < batch.size(); ++i) {
    const double found = others.values[i].item<double>();
    if (i == 2 || i == 3)
      EXPECT_TRUE(std::isnan(found)) << i;
    else
      EXPECT_NEAR(found, own[i].item<double>(), 1e-6) << i;
  }
}

TEST(Pal, DataWithoutLandmarksAreAnErrorAndABatchWithoutThemIsNot) {
  const auto method = made(pal_config());
  auto batch = faces();
  batch.landmarks = batch.has_landmarks = torch::Tensor();
  EXPECT_THROW(terms_of(*method, batch, 0), Error);
  const auto later = terms_of(*method, batch, 1);
  EXPECT_EQ(later.at("pal").value.item<float>(), 0);
  EXPECT_EQ(later.at("landmark_share").value.item<float>(), 0);
  EXPECT_TRUE(method->measure(batch).empty());
}

TEST(Pal, FrozenLayersBelowStillGiveAnAttribution) {
  for (const std::string batch_norm : {"frozen", "batch"}) {
    MethodConfig config = pal_config();
    config.pal.batch_norm = batch_norm;
    const auto method = made(config);
    for (auto& item : method->module().named_parameters())
      if (item.key().rfind("fc.", 0) != 0) item.value().set_requires_grad(false);
    const auto reached = gradients(*method, terms_of(*method, faces()).at("pal").value);
    EXPECT_GT(reached.at("fc.weight"), 1e-7) << batch_norm;
  }
}

TEST(Pal, MeasuringChangesNeitherWeightsNorModesNorStatistics) {
  const auto method = made(pal_config());
  method->module().train();
  method->module().children()[0]->eval();
  std::vector<bool> modes;
  for (const auto& m : method->module().modules()) modes.push_back(m->is_training());
  std::vector<torch::Tensor> before;
  for (const auto& b : method->module().buffers()) before.push_back(b.clone());
  method->measure(faces());
  const auto buffers = method->module().buffers();
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_TRUE(torch::equal(before[i], buffers[i]));
  const auto modules = method->module().modules();
  for (std::size_t i = 0; i < modes.size(); ++i) EXPECT_EQ(modules[i]->is_training(), modes[i]) << i;
  for (const auto& p : method->module().parameters()) EXPECT_TRUE(p.requires_grad() && !p.grad().defined());
}

TEST(Pal, LambdaRisesAndFalls) {
  MethodConfig config = pal_config();
  config.pal.weight = 4;
  config.pal.rise_epochs = 2;
  EXPECT_DOUBLE_EQ(terms_of(*made(config), faces()).at("pal").weight, 2);
  config.pal.rise_epochs = 0;
  config.pal.fall_power = 2;
  EXPECT_DOUBLE_EQ(terms_of(*made(config), faces(), 0, 0.5).at("pal").weight, 1);
}

TEST(Pal, MixedFacesAreRefused) {
  MethodConfig config = pal_config();
  config.classifier.mixup_alpha = 0.2;
  EXPECT_THROW(made(config), Error);
}

TEST(Pal, Bfloat16StepIsFiniteAndCloseToFloat32) {
  MethodConfig config = pal_config();
  config.network.width = 0.25;
  const auto method = made(config);
  const auto batch = faces();
  terms_of(*method, batch);
  const double exact = terms_of(*method, batch).at("pal").value.item<double>();
  AutocastGuard autocast(true, torch::kCPU);
  const auto rounded = terms_of(*method, batch).at("pal").value;
  EXPECT_NEAR(rounded.item<double>(), exact, 0.05);
  for (const auto& [name, largest] : gradients(*method, rounded)) EXPECT_TRUE(std::isfinite(largest)) << name;
}

TEST(AttributedLayer, DefaultsAreNamedAndOthersChecked) {
  NetworkOptions options;
  options.arch = "resnet18";
  const auto resnet = create_network(options);
  EXPECT_EQ(attributed_layer(*resnet, "", 224, 224).name, "layer3");
  EXPECT_EQ(attributed_layer(*resnet, "", 64, 64).height, 4);
  EXPECT_THROW(attributed_layer(*resnet, "layer9", 64, 64), Error);
  EXPECT_THROW(attributed_layer(*resnet, "features", 64, 64), Error);
  options.arch = "vgg16";
  const auto layer = attributed_layer(*create_network(options), "", 64, 64);
  EXPECT_EQ(layer.name, "relu5_1");
  EXPECT_EQ(layer.channels, 512);
  EXPECT_EQ(layer.height, 4);
}

}  // namespace
}  // namespace mien
