// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/step_runner.h"

#include <gtest/gtest.h>

#include <set>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/encode.h"
#include "mien/train/bench.h"
#include "mien/train/step_timer.h"
#include "mien/train/trainer.h"
#include "mien/train/trainings_for_tests.h"

namespace mien {
namespace {

TrainConfig small_config() {
  TrainConfig c;
  c.input_size = c.input.width = c.input.height = 24;
  c.input.color = "gray";
  c.method.network.arch = "face_resnet";
  c.method.network.width = 0.125;
  c.method.classifier.clip_norm = 1;
  c.method.classifier.mixup_alpha = 0.2;
  c.augment.rotate_deg = 10;
  c.epochs = 1;
  c.batch_size = 16;
  c.ema = 0.9;
  c.precision = "fp32";
  c.save_every_s = 1e9;
  return c;
}

std::unique_ptr<Method> make_method(const TrainConfig& config, const DataPlan& data) {
  torch::manual_seed(3);
  return create_method(config.method, {data.labels, data.class_counts, config.input, config.epochs, data.parts[0].train});
}

std::vector<torch::Tensor> values_of(torch::nn::Module& module) {
  std::vector<torch::Tensor> values;
  for (const auto& [name, value] : named_state(module)) values.push_back(value.detach().clone());
  return values;
}

// What a benchmark times is what a training does: an epoch of iterations made by hand leaves the trainer's weights and averages.
TEST(StepRunner, ItsIterationsAreTheTrainers) {
  TemporaryFolder folder;
  Progress progress;
  StopFlag stop;
  const DataPlan data = drawn_faces(70);
  const TrainConfig config = small_config();
  const ComputePlan plan = plan_compute(config.precision, "cpu", 1);

  const auto trained = make_method(config, data);
  Trainer trainer(*trained, data, config, plan, {});
  trainer.run(folder.path() / "state", progress, stop, [](const EpochResult&) {});

  const auto stepped = make_method(config, data);
  StepRunner runner(*stepped, first_step(*stepped), 0, data, config, plan);
  MovingAverage average(stepped->module(), config.ema);
  TrainingCounters counters;
  counters.total_iterations = {0};
  EXPECT_EQ(runner.iterations_per_epoch(), 5);  // of 70 images in batches of 16, the last one of 6
  runner.prepare();
  Loader& loader = runner.start_loader(0);
  for (; counters.total_iterations[0] < 5; ++counters.total_iterations[0])
    runner.run_iteration([&] { return loader.next(); }, counters, &average);
  EXPECT_EQ(counters.images, 70);
  EXPECT_EQ(counters.counts.at("train/loss"), 5);

  const auto of_trainer = values_of(trained->module()), of_runner = values_of(stepped->module());
  ASSERT_EQ(of_trainer.size(), of_runner.size());
  for (std::size_t i = 0; i < of_runner.size(); ++i) EXPECT_TRUE(torch::equal(of_trainer[i], of_runner[i])) << i;
  trainer.with_average([&] {
    average.swap(stepped->module());
    const auto trainers = values_of(trained->module()), runners = values_of(stepped->module());
    for (std::size_t i = 0; i < runners.size(); ++i) EXPECT_TRUE(torch::equal(trainers[i], runners[i])) << i;
  });
}

TEST(StepRunner, TellsItsPartsInOrder) {
  const DataPlan data = drawn_faces(40);
  TrainConfig config = small_config();
  config.accumulate = 2;
  const ComputePlan plan = plan_compute(config.precision, "cpu", 1);
  const auto method = make_method(config, data);
  StepRunner runner(*method, first_step(*method), 0, data, config, plan);
  TrainingCounters counters;
  counters.total_iterations = {0};
  runner.prepare();
  Loader& loader = runner.start_loader(0);
  std::vector<StepPart> told;
  runner.run_iteration([&] { return loader.next(); }, counters, nullptr, [&](StepPart part) { told.push_back(part); });
  using enum StepPart;
  EXPECT_EQ(told, (std::vector<StepPart>{load, forward, backward, load, forward, backward, update}));
  EXPECT_EQ(counters.images, 16);
}

/// Two linear losses: the gradient of `first` is (30, 40), of `second` (0, 2), whatever the weights are.
class TwoSteps : public Method {
 public:
  struct Pair : torch::nn::Module {
    torch::Tensor first = register_parameter("first", torch::zeros({2}));
    torch::Tensor second = register_parameter("second", torch::zeros({2}));
  };
  torch::nn::Module& module() override { return *pair_; }
  MethodOutput forward(const Batch&) override { return {}; }
  std::vector<TrainingStep> steps() override {
    return {step("first", torch::tensor({30.0f, 40.0f}), pair_->first),
            step("second", torch::tensor({0.0f, 2.0f}), pair_->second)};
  }

 private:
  static TrainingStep step(const std::string& name, torch::Tensor slope, torch::Tensor parameter) {
    TrainingStep step;
    step.name = name;
    step.trained = {name};
    step.optimizer.lr = 1;
    step.optimizer.momentum = step.optimizer.weight_decay = 0;
    step.clip = {{"", 1.0}};
    step.losses = [slope, parameter](const Batch&, const StepContext&) {
      return std::vector<LossTerm>{{"dot", (slope * parameter).sum()}};
    };
    return step;
  }
  std::shared_ptr<Pair> pair_ = std::make_shared<Pair>();
};

// The limit is for the gradients of the step itself: what another step left in its own parameters does not count.
TEST(StepRunner, ClipsTheNormOfItsOwnGradients) {
  const DataPlan data = drawn_faces(32);
  const TrainConfig config = small_config();
  const ComputePlan plan = plan_compute(config.precision, "cpu", 1);
  TwoSteps method;
  auto steps = method.steps();
  StepRunner first(method, steps[0], 0, data, config, plan), second(method, steps[1], 1, data, config, plan);
  TrainingCounters counters;
  counters.total_iterations = {0, 0};
  for (StepRunner* runner : {&first, &second}) {
    runner->prepare();
    Loader& loader = runner->start_loader(0);
    runner->run_iteration([&] { return loader.next(); }, counters, nullptr);
  }
  const auto parameters = method.module().named_parameters();
  EXPECT_TRUE(torch::allclose(parameters["first"], torch::tensor({-0.6f, -0.8f}), 1e-5, 1e-5)) << parameters["first"];
  EXPECT_TRUE(torch::allclose(parameters["second"], torch::tensor({0.0f, -1.0f}), 1e-5, 1e-5)) << parameters["second"];
}

TEST(StepRunner, LeavesTheIncompleteLastBatchOutWhenAsked) {
  const DataPlan data = drawn_faces(70);
  TrainConfig config = small_config();
  config.drop_last = true;
  const auto method = make_method(config, data);
  StepRunner runner(*method, first_step(*method), 0, data, config, plan_compute(config.precision, "cpu", 1));
  EXPECT_EQ(runner.iterations_per_epoch(), 4);
  Loader& loader = runner.start_loader(0);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(loader.next()->size, 16);
  EXPECT_FALSE(loader.next());
  EXPECT_EQ(&runner.start_loader(1), &loader) << "the next epoch reads with the same loader";
}

/// The classifier's network without batch statistics: a linear one.
class Linear : public Method {
 public:
  explicit Linear(const std::vector<ParameterGroup>& groups = {}) : groups_(groups) {
    torch::manual_seed(4);
    net_ = std::make_shared<Net>();
    net_->to(torch::kFloat64);
  }
  torch::nn::Module& module() override { return *net_; }
  MethodOutput forward(const Batch& batch) override {
    MethodOutput out;
    out.logits = net_->last->forward(torch::tanh(net_->first->forward(batch.images.flatten(1).to(torch::kFloat64))));
    return out;
  }
  std::vector<TrainingStep> steps() override {
    TrainingStep step;
    step.optimizer.lr = 0.1;
    step.optimizer.momentum = step.optimizer.weight_decay = 0;
    step.groups = groups_;
    step.losses = [this](const Batch& batch, const StepContext& context) {
      seeds.push_back(context.seed);
      return std::vector<LossTerm>{{"nll", torch::nll_loss(torch::log_softmax(forward(batch).logits, 1), batch.labels)}};
    };
    return {step};
  }
  std::vector<std::uint64_t> seeds;

 private:
  std::vector<ParameterGroup> groups_;
  struct Net : torch::nn::Module {
    torch::nn::Linear first = register_module("first", torch::nn::Linear(24 * 24, 5));
    torch::nn::Linear last = register_module("last", torch::nn::Linear(5, 8));
  };
  std::shared_ptr<Net> net_;
};

/// Parameters after one iteration of 22 images, computed in parts.
std::vector<torch::Tensor> after_one_iteration(Linear& method, std::int64_t accumulate) {
  const DataPlan data = drawn_faces(22);
  TrainConfig config = small_config();
  config.batch_size = 24;
  config.accumulate = accumulate;
  StepRunner runner(method, first_step(method), 0, data, config, plan_compute(config.precision, "cpu", 1));
  runner.prepare();
  TrainingCounters counters;
  counters.total_iterations = {0};
  Loader& loader = runner.start_loader(0);
  runner.run_iteration([&] { return loader.next(); }, counters, nullptr);
  return values_of(method.module());
}

// Parts of 6, 6, 6 and 4 images: each counts by its images, so the step is the one of the whole batch.
TEST(StepRunner, PartsOfABatchAddUpToIt) {
  Linear whole, parts;
  const auto before = values_of(whole.module()), a = after_one_iteration(whole, 1), b = after_one_iteration(parts, 4);
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_FALSE(torch::allclose(a[i], before[i], 0, 1e-4)) << "moved";
    EXPECT_TRUE(torch::allclose(a[i], b[i], 0, 1e-9)) << i;
  }
  EXPECT_EQ(std::set<std::uint64_t>(parts.seeds.begin(), parts.seeds.end()).size(), 4u) << "what is random in one part is not repeated in the next";
  EXPECT_EQ(parts.seeds[0], whole.seeds[0]);
}

TEST(StepRunner, GroupsMoveWithTheirOwnRate) {
  Linear plain, layered({{"first.", 0.25, 1}});
  const auto before = values_of(plain.module()), a = after_one_iteration(plain, 1), b = after_one_iteration(layered, 1);
  ASSERT_EQ(a.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(torch::allclose(b[i] - before[i], (a[i] - before[i]) * (i < 2 ? 0.25 : 1), 1e-9, 1e-12)) << i;
}

TEST(StepTimer, SumsPartsAndForgetsWarmUps) {
  StepTimer timer;
  timer.begin();
  timer.lap(StepPart::load);  // never ended: a warm-up
  for (int i = 0; i < 3; ++i) {
    timer.begin();
    for (const StepPart part : {StepPart::load, StepPart::forward, StepPart::forward, StepPart::update}) timer.lap(part);
    timer.end();
  }
  const auto all = timer.wholes(true), computed = timer.wholes(false);
  ASSERT_EQ(all.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_GE(all[i], computed[i]);
  EXPECT_EQ(timer.median(StepPart::backward), 0);
  EXPECT_EQ(StepTimer::quantile({3, 1, 2}, 0.5), 2);
}

TEST(BenchTraining, TimesEveryPartOfTheStep) {
  TemporaryFolder folder;
  for (const char* name : {"anger", "sadness"}) {
    fs::create_directory(folder.path() / name);
    for (int i = 0; i < 9; ++i)
      write_image(folder.path() / name / (std::to_string(i) + ".png"), cv::Mat(30, 30, CV_8UC1, cv::Scalar(20 * i)));
  }
  Progress progress;
  BenchCase bench;
  bench.name = "small";
  bench.config = small_config();
  bench.config.threads = 1;
  bench.config.epochs = 30;
  bench.steps = 3;
  const StepTimes t = bench_training(bench, folder.path(), progress);
  for (const double part : {t.load, t.forward, t.backward, t.update}) {
    EXPECT_GT(part, 0);
    EXPECT_LT(part, t.step);
  }
  EXPECT_NEAR(t.images_per_s * t.step, 16, 1e-9);
  bench.config.batch_size = 32;
  EXPECT_THROW(bench_training(bench, folder.path(), progress), Error);
}

}  // namespace
}  // namespace mien
