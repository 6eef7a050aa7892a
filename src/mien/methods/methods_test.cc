// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// The contract that every method of the catalogue keeps.
#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/methods/catalogue.h"
#include "mien/methods/compute.h"
#include "mien/methods/method.h"
#include "mien/optim/ema.h"

namespace mien {
namespace {

constexpr int kSize = 32;

MethodConfig small_config(const std::string& method) {
  MethodConfig config;
  config.method = method;
  config.network.arch = "face_resnet";
  config.network.width = 0.125;
  config.network.dropout = 0;
  config.optimizer.lr = 0.02;
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

/// Eight images, one of each class, told apart by colour blocks.
Batch eight_images() {
  torch::manual_seed(11);
  Batch batch;
  batch.images = torch::randn({8, 3, kSize, kSize});
  batch.labels = torch::arange(8);
  batch.indices = torch::arange(8);
  batch.targets = torch::one_hot(batch.labels, 8).to(torch::kFloat32);
  batch.valence_arousal = torch::rand({8, 2}) * 2 - 1;
  batch.has_valence_arousal = torch::ones({8});
  batch.landmarks = torch::rand({8, 68, 2}) * kSize;
  batch.has_landmarks = torch::ones({8});
  return batch;
}

double total_loss(TrainingStep& step, const Batch& batch, torch::Tensor* total = nullptr) {
  torch::Tensor sum;
  for (const LossTerm& term : step.losses(batch, {})) sum = sum.defined() ? sum + term.weight * term.value : term.weight * term.value;
  if (total) *total = sum;
  return sum.item<double>();
}

class MethodContract : public ::testing::TestWithParam<std::string> {};

TEST_P(MethodContract, AnswersHaveTheRightShape) {
  const auto method = create_method(small_config(GetParam()), task());
  method->module().eval();
  const MethodOutput out = method->forward(eight_images());
  EXPECT_EQ(out.logits.sizes(), (std::vector<std::int64_t>{8, 8}));
  EXPECT_TRUE(torch::isfinite(out.logits).all().item<bool>());
}

TEST_P(MethodContract, EveryTrainedParameterGetsAFiniteGradient) {
  const auto method = create_method(small_config(GetParam()), task());
  for (auto& step : method->steps()) {
    method->module().train();
    method->module().zero_grad();
    torch::Tensor total;
    total_loss(step, eight_images(), &total);
    total.backward();
    for (const auto& item : method->module().named_parameters()) {
      ASSERT_TRUE(item.value().grad().defined()) << step.name << ": " << item.key();
      EXPECT_TRUE(torch::isfinite(item.value().grad()).all().item<bool>()) << item.key();
    }
  }
}

TEST_P(MethodContract, OverfitsEightImages) {
  torch::manual_seed(5);
  const auto method = create_method(small_config(GetParam()), task());
  const Batch batch = eight_images();
  auto steps = method->steps();
  std::vector<std::unique_ptr<torch::optim::Optimizer>> optimizers;
  for (auto& step : steps) optimizers.push_back(make_optimizer(step.optimizer, method->module().parameters()));
  method->module().train();
  for (int iteration = 0; iteration < 40; ++iteration)
    for (std::size_t s = 0; s < steps.size(); ++s) {
      optimizers[s]->zero_grad();
      torch::Tensor total;
      total_loss(steps[s], batch, &total);
      total.backward();
      optimizers[s]->step();
    }
  EXPECT_TRUE(torch::equal(method->forward(batch).logits.argmax(1), batch.labels));
}

TEST_P(MethodContract, TheSameSeedGivesTheSameWeights) {
  torch::manual_seed(7);
  const auto first = create_method(small_config(GetParam()), task());
  torch::manual_seed(7);
  const auto second = create_method(small_config(GetParam()), task());
  const auto a = named_state(first->module()), b = named_state(second->module());
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(torch::equal(a[i].second, b[i].second)) << a[i].first;
}

TEST_P(MethodContract, UnknownOptionIsRefused) {
  MethodConfig config;
  OptionTable table;
  describe(config, table);
  EXPECT_THROW(table.read_toml_text("[method]\nmetod = \"x\"\n", "test.toml"), Error);
  EXPECT_THROW(table.read_toml_text("[method]\nmethod = \"no_such_method\"\n", "test.toml"), Error);
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& info : methods()) out.push_back(info.name);
  return out;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, MethodContract, ::testing::ValuesIn(names()), [](const auto& info) { return info.param; });

TEST(Classifier, HeadEpochsTrainTheLastLayerAlone) {
  MethodConfig config = small_config("classifier");
  config.classifier.head_epochs = 2;
  const auto method = create_method(config, task());
  const auto steps = method->steps();
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].last_epoch, 2);
  EXPECT_EQ(steps[1].first_epoch, 2);
  EXPECT_EQ(steps[0].trained[0], "fc.");
}

TEST(Classifier, SampledTargetsAreOneHotAndFollowTheDistribution) {
  MethodConfig config = small_config("classifier");
  config.classifier.targets = "sampled";
  const auto method = create_method(config, task());
  Batch batch;
  batch.images = torch::zeros({2000, 1, 1, 1});
  batch.targets = torch::tensor({{0.25f, 0.0f, 0.75f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f}}).repeat({2000, 1});
  Random random(1);
  method->steps()[0].transform(batch, random);
  EXPECT_TRUE(torch::equal(batch.targets.sum(1), torch::ones({2000})));
  const auto share = batch.targets.mean(0);
  EXPECT_NEAR(share[0].item<float>(), 0.25, 0.04);
  EXPECT_NEAR(share[2].item<float>(), 0.75, 0.04);
  EXPECT_EQ(share[1].item<float>(), 0);
}

TEST(Classifier, MixupMixesImagesAndTargetsAlike) {
  MethodConfig config = small_config("classifier");
  config.classifier.mixup_alpha = 0.4;
  const auto method = create_method(config, task());
  Batch batch;  // pixel values equal the class distribution, so both must stay equal
  batch.targets = torch::one_hot(torch::arange(8), 8).to(torch::kFloat32);
  batch.images = batch.targets.clone().reshape({8, 8, 1, 1});
  Random random(2);
  method->steps()[0].transform(batch, random);
  EXPECT_TRUE(torch::allclose(batch.images.flatten(1), batch.targets));
  EXPECT_FALSE(torch::equal(batch.targets, torch::one_hot(torch::arange(8), 8).to(torch::kFloat32)));
}

TEST(Compute, ChannelsLastOnlyWhereChannelsFillBlocks) {
  for (const auto& [width, expected] : {std::pair{0.125, false}, std::pair{0.5, true}}) {
    MethodConfig config = small_config("classifier");
    config.network.width = width;
    const auto method = create_method(config, task());
    ComputePlan plan = plan_compute("fp32", "cpu", 1);
    place_module(method->module(), plan);
    EXPECT_EQ(plan.channels_last, expected) << width;
  }
}

/// oneDNN 2.6's gradient of such weights writes past its memory when few channels lie innermost.
TEST(Compute, NarrowConvolutionsOfOnePixelAreNotChannelsLast) {
  const auto channels_last = [](std::int64_t in, std::int64_t size, std::int64_t groups) {
    torch::nn::Conv2d module(torch::nn::Conv2dOptions(in, 32, size).stride(2).groups(groups));
    ComputePlan plan = plan_compute("fp32", "cpu", 1);
    place_module(*module, plan);
    return plan.channels_last;
  };
  if (torch::cuda::is_available()) GTEST_SKIP() << "there is a CUDA device";
  for (const std::int64_t in : {1, 3, 4, 8, 12}) EXPECT_FALSE(channels_last(in, 1, 1)) << in;
  EXPECT_FALSE(channels_last(32, 1, 32));
  EXPECT_TRUE(channels_last(3, 3, 1));
  EXPECT_TRUE(channels_last(32, 3, 32));
  EXPECT_TRUE(channels_last(16, 1, 1));
}

TEST(Compute, UnknownDeviceIsAnError) {
  if (torch::cuda::is_available()) GTEST_SKIP() << "there is a CUDA device";
  EXPECT_THROW(plan_compute("auto", "cuda", 0), Error);
  EXPECT_EQ(plan_compute("bf16", "cpu", 3).threads, 3);
}

TEST(Classifier, BalancedWeightsEqualiseTheClasses) {
  MethodConfig config = small_config("classifier");
  config.classifier.class_weights = "balanced";
  TaskInfo info = task();
  info.class_counts = {100, 1, 1, 1, 1, 1, 1, 1};
  torch::manual_seed(1);
  const auto weighted = create_method(config, info);
  torch::manual_seed(1);
  const auto plain = create_method(small_config("classifier"), info);
  Batch batch = eight_images();
  auto a = weighted->steps(), b = plain->steps();
  EXPECT_NE(total_loss(a[0], batch), total_loss(b[0], batch));
}

}  // namespace
}  // namespace mien
