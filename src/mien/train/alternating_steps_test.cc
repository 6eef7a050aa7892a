// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// A method whose epochs have three passes, each with its own samples, optimizer and part of the parameters.
#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/train/trainer.h"
#include "mien/train/trainings_for_tests.h"

namespace mien {
namespace {

/// A generator makes a picture of the face, a classifier looks at it. Both have batch statistics.
class GeneratorAndClassifier : public Method {
 public:
  struct Generator : torch::nn::Module {
    torch::nn::Conv2d first = register_module("first", torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 4, 3).padding(1).bias(false)));
    torch::nn::BatchNorm2d norm = register_module("norm", torch::nn::BatchNorm2d(4));
    torch::nn::Conv2d last = register_module("last", torch::nn::Conv2d(torch::nn::Conv2dOptions(4, 1, 3).padding(1)));
    torch::Tensor forward(const torch::Tensor& images) { return last->forward(torch::relu(norm->forward(first->forward(images)))); }
  };
  struct Classifier : torch::nn::Module {
    torch::nn::BatchNorm1d norm = register_module("norm", torch::nn::BatchNorm1d(16));
    torch::nn::Dropout dropout = register_module("dropout", torch::nn::Dropout(0.2));
    torch::nn::Linear fc = register_module("fc", torch::nn::Linear(16, 8));
    torch::Tensor forward(const torch::Tensor& images) { return fc->forward(dropout->forward(norm->forward(torch::avg_pool2d(images, 4).flatten(1)))); }
  };
  struct Net : torch::nn::Module {
    std::shared_ptr<Generator> generator = register_module("generator", std::make_shared<Generator>());
    std::shared_ptr<Classifier> classifier = register_module("classifier", std::make_shared<Classifier>());
  };
  GeneratorAndClassifier() {
    torch::manual_seed(11);
    net_ = std::make_shared<Net>();
  }
  torch::nn::Module& module() override { return *net_; }
  MethodOutput forward(const Batch& batch) override {
    MethodOutput out;
    const auto picture = net_->generator->forward(batch.images);
    out.logits = net_->classifier->forward(picture);
    out.pictures["generated"] = picture;
    return out;
  }
  std::vector<TrainingStep> steps() override {
    TrainingStep generate = step("generate", {"generator."}), classify = step("classify", {"classifier."}), both = step("both", {});
    generate.losses = [this](const Batch& batch, const StepContext&) {
      return std::vector<LossTerm>{{"squared_error", torch::mse_loss(net_->generator->forward(batch.images), batch.images)}};
    };
    classify.sampler.kind = "per_class";
    classify.sampler.per_class = 1;
    classify.iterations = 2;
    classify.frozen = {"generator."};
    classify.optimizer.kind = "adam";
    both.clip = {{"generator.", 0.1}};
    both.schedule.kind = "cosine";
    both.augment = AugmentOptions{};
    both.augment->flip = 0;
    return {std::move(generate), std::move(classify), std::move(both)};
  }

 private:
  TrainingStep step(const std::string& name, std::vector<std::string> trained) {
    TrainingStep step;
    step.name = name;
    step.optimizer.lr = 0.01;
    step.trained = std::move(trained);
    step.losses = [this](const Batch& batch, const StepContext&) {
      return std::vector<LossTerm>{{"nll", torch::nll_loss(torch::log_softmax(forward(batch).logits, 1), batch.labels)}};
    };
    return step;
  }
  std::shared_ptr<Net> net_;
};

TrainConfig small_config() {
  TrainConfig c;
  c.input_size = c.input.width = c.input.height = 16;
  c.input.color = "gray";
  c.epochs = 3;
  c.batch_size = 16;
  c.ema = 0.9;
  c.precision = "fp32";
  c.save_every_s = 1e9;
  return c;
}

TEST(AlternatingSteps, ChangeExactlyWhatTheyTrain) {
  const DataPlan data = drawn_faces(40);
  const TrainConfig config = small_config();
  const ComputePlan plan = plan_compute(config.precision, "cpu", 1);
  GeneratorAndClassifier method;
  auto specs = method.steps();
  TrainingCounters counters;
  counters.total_iterations.assign(specs.size(), 0);
  std::vector<std::unique_ptr<StepRunner>> runners;
  for (auto& spec : specs) runners.push_back(std::make_unique<StepRunner>(method, std::move(spec), runners.size(), data, config, plan));
  for (int round = 0; round < 2; ++round)
    for (auto& runner : runners) {
      const auto before = copied_state(method.module());
      runner->prepare();
      Loader& loader = runner->start_loader(round);
      runner->run_iteration([&] { return loader.next(); }, counters, nullptr);
      ++counters.total_iterations[runner->index()];
      const auto after = copied_state(method.module());
      for (std::size_t i = 0; i < after.size(); ++i) {
        const std::string& name = after[i].first;
        const bool trained = runner->spec().trained.empty() || name.rfind(runner->spec().trained[0], 0) == 0;
        // A step on everything may leave a number alone: batch statistics take away what a bias before them adds.
        if (trained && runner->spec().trained.empty()) continue;
        EXPECT_EQ(torch::equal(before[i].second, after[i].second), !trained) << runner->spec().name << " " << name;
      }
    }
}

/// A training in a process of its own: a new method, restored from the state file where there is one.
std::vector<std::pair<std::string, torch::Tensor>> trained(const DataPlan& data, const fs::path& state, Progress& progress, const StopFlag& stop) {
  const TrainConfig config = small_config();
  const ComputePlan plan = plan_compute(config.precision, "cpu", 1);
  GeneratorAndClassifier method;
  Trainer trainer(method, data, config, plan, {});
  if (fs::exists(state)) trainer.restore(state);
  trainer.run(state, progress, stop, [](const EpochResult&) {});
  auto all = copied_state(method.module());
  trainer.with_average([&] {
    for (auto& [name, value] : copied_state(method.module())) all.emplace_back("average " + name, value);
  });
  return all;
}

TEST(AlternatingSteps, ATrainingStoppedAtAnyIterationGoesOnBitExactly) {
  TemporaryFolder folder;
  const DataPlan data = drawn_faces(40);
  Progress progress;
  const StopFlag never;
  const auto whole = trained(data, folder.path() / "whole", progress, never);
  int stopped = 0;
  for (int after = 1; after <= 20; ++after) {
    const fs::path state = folder.path() / ("stopped" + std::to_string(after));
    StopFlag stop;
    StopAfter stopping(stop, after);
    try {
      trained(data, state, stopping, stop);
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), ErrorCode::interrupted);
      ++stopped;
    }
    const auto resumed = trained(data, state, progress, never);
    ASSERT_EQ(resumed.size(), whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_TRUE(torch::equal(whole[i].second, resumed[i].second)) << after << " " << whole[i].first;
  }
  EXPECT_EQ(stopped, 20);
}

/// Batches, as the loader's transforms see them, of two steps that differ in their augmentation alone.
TEST(AlternatingSteps, AugmentTheirOwnSamples) {
  const DataPlan data = drawn_faces(16);
  TrainConfig config = small_config();
  config.augment.rotate_deg = 40;
  const ComputePlan plan = plan_compute(config.precision, "cpu", 1);
  GeneratorAndClassifier method;
  auto specs = method.steps();
  specs[0].augment = specs[2].augment;
  specs[2].augment.reset();
  StepRunner plain(method, specs[0], 0, data, config, plan), turned(method, specs[2], 0, data, config, plan);
  const auto a = plain.start_loader(0).next(), b = turned.start_loader(0).next(), c = plain.start_loader(0).next();
  EXPECT_EQ(a->images, c->images);
  EXPECT_NE(a->images, b->images);
}

TEST(AlternatingSteps, MayHaveTheirOwnPrecisionAndLeaveTheAverageAlone) {
  const DataPlan data = drawn_faces(16);
  const TrainConfig config = small_config();
  const ComputePlan plan = plan_compute("fp32", "cpu", 1);
  for (const bool own : {false, true}) {
    GeneratorAndClassifier method;
    TrainingStep spec = method.steps()[0];
    if (own) spec.precision = "bf16";
    spec.averaged = !own;
    bool reduced = false;
    spec.losses = [&, losses = spec.losses](const Batch& batch, const StepContext& context) {
      reduced = autocast_enabled(torch::kCPU);
      return losses(batch, context);
    };
    StepRunner runner(method, spec, 0, data, config, plan);
    MovingAverage average(method.module(), 0.9);
    TrainingCounters counters;
    counters.total_iterations = {0};
    runner.prepare();
    Loader& loader = runner.start_loader(0);
    runner.run_iteration([&] { return loader.next(); }, counters, &average);
    EXPECT_EQ(reduced, own);
    EXPECT_EQ(average.updates(), own ? 0 : 1);
  }
}

}  // namespace
}  // namespace mien
