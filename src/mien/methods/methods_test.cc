// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

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

// By hand: with class counts 100 and 1 an image of the common class counts a hundredth of another in the mean.
TEST(Classifier, BalancedWeightsEqualiseTheClasses) {
  MethodConfig config = small_config("classifier");
  config.classifier.class_weights = "balanced";
  TaskInfo info = task();
  info.class_counts = {100, 1, 1, 1, 1, 1, 1, 1};
  const auto method = create_method(config, info);
  method->module().eval();
  const Batch batch = eight_images();
  auto steps = method->steps();
  const auto losses = -torch::log_softmax(method->forward(batch).logits, 1).diagonal();
  const auto weights = torch::ones({8}).index_fill_(0, torch::tensor({0}), 0.01);
  EXPECT_NEAR(total_loss(steps[0], batch), ((weights * losses).sum() / weights.sum()).item<double>(), 1e-5);
}

}  // namespace
}  // namespace mien
