// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// The contract that every method of the catalogue keeps, with the training steps as the trainer makes them.
#include <gtest/gtest.h>

#include <set>

#include "mien/base/error.h"
#include "mien/data/catalogue.h"
#include "mien/train/step_runner.h"
#include "mien/train/trainings_for_tests.h"

namespace mien {
namespace {

TrainConfig small_config(const std::string& method) {
  TrainConfig c;
  c.input_size = c.input.width = c.input.height = 32;
  c.input.color = "gray";
  c.method.method = method;
  c.method.network.arch = "face_resnet";
  c.method.network.width = 0.125;
  c.method.network.dropout = 0;
  c.method.optimizer.lr = 0.02;
  c.augment.flip = 0;
  c.epochs = 4;
  c.batch_size = 8;
  c.precision = "fp32";
  return c;
}

/// Drawn faces, one of each class.
DataPlan eight_faces() {
  DatasetOptions options;
  options.spec = "procedural:64";
  Dataset faces = open_dataset(options);
  std::set<int> seen;
  std::erase_if(faces.records, [&](const Record& r) { return !seen.insert(r.annotations.label).second; });
  return plan_all(std::make_shared<Dataset>(faces));
}

using State = std::vector<std::pair<std::string, torch::Tensor>>;

class MethodContract : public ::testing::TestWithParam<std::string> {
 protected:
  MethodContract() : data_(eight_faces()), config_(small_config(GetParam())), plan_(plan_compute("fp32", "cpu", 1)), method_(made()) {
    for (auto& spec : method_->steps()) steps_.push_back(std::make_unique<StepRunner>(*method_, std::move(spec), steps_.size(), data_, config_, plan_));
    counters_.total_iterations.assign(steps_.size(), 0);
  }
  std::unique_ptr<Method> made() const {
    torch::manual_seed(5);
    return create_method(config_.method, {data_.labels, data_.class_counts, config_.input, config_.epochs, data_.parts[0].train});
  }
  /// One iteration on the eight faces; returns its loss.
  double iterate(StepRunner& step) {
    const std::string key = step.spec().name + "/loss";
    const double before = counters_.sums[key];
    step.prepare();
    step.run_iteration([&] { return step.start_loader(0).next(); }, counters_, nullptr);
    ++counters_.total_iterations[step.index()];
    return counters_.sums[key] - before;
  }
  Batch faces() {
    SamplerOptions in_order;
    in_order.kind = "sequential";
    Loader loader(data_.parts[0].train, config_.input, std::nullopt, in_order, {});
    loader.start(0);
    return to_batch(*loader.next(), torch::kCPU, false);
  }

  DataPlan data_;
  TrainConfig config_;
  ComputePlan plan_;
  std::unique_ptr<Method> method_;
  std::vector<std::unique_ptr<StepRunner>> steps_;
  TrainingCounters counters_;
};

TEST_P(MethodContract, AnswersHaveTheRightShape) {
  method_->module().eval();
  const Batch batch = faces();
  ASSERT_EQ(batch.size(), 8);
  const MethodOutput out = method_->forward(batch);
  EXPECT_EQ(out.logits.sizes(), (std::vector<std::int64_t>{8, 8}));
  EXPECT_TRUE(torch::isfinite(out.logits).all().item<bool>());
}

TEST_P(MethodContract, MeasuresWhatItNames) {
  method_->module().eval();
  std::set<std::string> named;
  for (const MeasuredMetric& metric : method_->measured()) named.insert(metric.name);
  for (const Measurement& one : method_->measure(faces())) {
    EXPECT_TRUE(named.count(one.name)) << one.name;
    EXPECT_EQ(one.values.sizes(), (std::vector<std::int64_t>{8})) << one.name;
  }
}

TEST_P(MethodContract, EveryParameterIsTrainedBySomeStep) {
  for (const auto& item : method_->module().named_parameters())
    EXPECT_TRUE(std::any_of(steps_.begin(), steps_.end(), [&](const auto& step) { return is_trained(step->spec(), item.key()); })) << item.key();
}

TEST_P(MethodContract, AStepChangesExactlyItsParameters) {
  for (auto& step : steps_) {
    const State before = copied_state(method_->module());
    EXPECT_TRUE(std::isfinite(iterate(*step)));
    const State after = copied_state(method_->module());
    const auto parameters = method_->module().named_parameters();
    for (std::size_t i = 0; i < after.size(); ++i) {
      const std::string& name = after[i].first;
      const bool trained = is_trained(step->spec(), name);
      if (!trained) EXPECT_TRUE(torch::equal(before[i].second, after[i].second)) << step->spec().name << ": " << name;
      const torch::Tensor* parameter = parameters.find(name);
      if (!parameter || !trained) continue;
      ASSERT_TRUE(parameter->grad().defined()) << step->spec().name << ": " << name;
      EXPECT_TRUE(torch::isfinite(parameter->grad()).all().item<bool>()) << name;
      EXPECT_FALSE(torch::equal(before[i].second, after[i].second)) << step->spec().name << ": " << name;
    }
  }
}

TEST_P(MethodContract, LearnsEightFaces) {
  std::vector<double> first, last(steps_.size());
  for (int iteration = 0; iteration < 60; ++iteration)
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      last[s] = iterate(*steps_[s]);
      if (iteration == 0) first.push_back(last[s]);
    }
  for (std::size_t s = 0; s < steps_.size(); ++s) EXPECT_LT(last[s], first[s]) << steps_[s]->spec().name;
  const Batch batch = faces();
  method_->module().train();
  EXPECT_TRUE(torch::equal(method_->forward(batch).logits.argmax(1), batch.labels));
}

TEST_P(MethodContract, TheSameSeedGivesTheSameWeights) {
  const auto other = made();
  const State a = named_state(made()->module()), b = named_state(other->module());
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

}  // namespace
}  // namespace mien
