// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// The method as training sees it: targets, weights of samples, neighbours, measurements, refusals.
#include "mien/methods/ldl/ldl.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "mien/base/error.h"
#include "mien/data/catalogue.h"
#include "mien/loading/loader.h"
#include "mien/methods/batch.h"
#include "mien/methods/ldl/training_graph.h"
#include "mien/methods/losses.h"
#include "mien/neighbours/neighbour_graph.h"

namespace mien {
namespace {

constexpr int kFaces = 24, kSize = 24;

Preprocessing input() {
  Preprocessing p;
  p.color = "gray";
  p.width = p.height = kSize;
  return p;
}

std::shared_ptr<Dataset> drawn_faces() {
  DatasetOptions options;
  options.spec = "procedural:" + std::to_string(kFaces);
  return std::make_shared<Dataset>(open_dataset(options));
}

TaskInfo task_on(const std::shared_ptr<const Dataset>& training) {
  TaskInfo task;
  task.labels = known_label_space("ferplus");
  task.class_counts.assign(8, 1);
  task.preprocessing = input();
  task.training = training;
  return task;
}

MethodConfig config_for(const std::string& targets) {
  MethodConfig config;
  config.method = "ldl";
  config.network.arch = "face_resnet";
  config.network.width = 0.125;
  config.network.dropout = 0;
  config.ldl.targets = targets;
  config.ldl.graph.k = 3;
  return config;
}

/// All faces as they are, in order.
Batch batch_of(const std::shared_ptr<const Dataset>& faces) {
  SamplerOptions in_order;
  in_order.kind = "sequential";
  LoaderOptions options;
  options.batch_size = kFaces;
  Loader loader(faces, input(), std::nullopt, in_order, options);
  loader.start(0);
  return to_batch(*loader.next(), torch::kCPU, false);
}

torch::Tensor value_of(TrainingStep& step, const Batch& batch, const std::string& term) {
  for (const LossTerm& one : step.losses(batch, {}))
    if (one.name == term) return one.value;
  ADD_FAILURE() << "no term " << term;
  return torch::zeros({});
}

double number_of(TrainingStep& step, const Batch& batch, const std::string& term) {
  return value_of(step, batch, term).item<double>();
}

class Ldl : public ::testing::Test {
 protected:
  Ldl() : faces(drawn_faces()), batch(batch_of(faces)) {}

  /// The same weights each time, in eval mode: what it answers does not depend on the batch.
  std::unique_ptr<Method> method_with(const MethodConfig& config, bool doubled = false) const {
    torch::manual_seed(4);
    auto method = create_method(config, task_on(faces));
    if (doubled) method->module().to(torch::kFloat64);
    method->module().eval();
    return method;
  }
  torch::Tensor log_p(Method& method) const { return torch::log_softmax(method.forward(batch).logits.detach(), 1); }

  std::shared_ptr<Dataset> faces;
  Batch batch;
};

TEST_F(Ldl, TargetsAreVotesOrLabelsOrSmoothedLabels) {
  for (const std::string targets : {"votes", "labels", "smoothing"}) {
    MethodConfig config = config_for(targets);
    if (targets == "smoothing") config.classifier.label_smoothing = 0.2;
    const auto method = method_with(config);
    const auto answers = log_p(*method);
    double expected = 0;
    for (int i = 0; i < kFaces; ++i) {
      const Annotations& a = faces->records[static_cast<std::size_t>(i)].annotations;
      for (int c = 0; c < 8; ++c) {
        const double one_hot = c == a.label ? 1 : 0;
        const double target = targets == "votes"    ? static_cast<double>(a.distribution[static_cast<std::size_t>(c)])
                              : targets == "labels" ? one_hot
                                                    : 0.8 * one_hot + 0.2 / 8;
        expected -= target * answers[i][c].item<double>() / kFaces;
      }
    }
    EXPECT_NEAR(number_of(method->steps()[0], batch, "cross_entropy"), expected, 1e-4) << targets;
    config.ldl.loss = "element_mean";
    EXPECT_NEAR(number_of(method_with(config)->steps()[0], batch, "cross_entropy"), expected / 8, 1e-5) << targets;
  }
}

TEST_F(Ldl, SamplesThatContradictTheirNeighboursCountLess) {
  const auto wrong = std::make_shared<Dataset>(*faces);
  int others = 0;
  for (auto& record : wrong->records)  // two kinds of faces; one carries the label of the others
    record.annotations.action_units.assign(18, record.annotations.label == 1 ? 4.0F : 0.1F * static_cast<float>(others++ % 3));
  MethodConfig config = config_for("labels");
  config.ldl.anomaly_floor = 0.1;
  faces = wrong;
  const auto method = method_with(config);
  const auto weights = make_training_graph(*wrong, config.ldl.graph, 0.1).sample_weights;
  const auto losses = -log_p(*method).gather(1, batch.labels.unsqueeze(1)).squeeze(1);
  EXPECT_NEAR(number_of(method->steps()[0], batch, "cross_entropy"), (weights * losses).mean().item<double>(), 1e-5);
  EXPECT_GT((weights.max() - weights.min()).item<float>(), 0.1);
  EXPECT_GT(std::abs((weights * losses).mean().item<double>() - losses.mean().item<double>()), 1e-4)
      << "the test must tell them apart";
}

TEST_F(Ldl, MemoryAndPassAgreeWhileTheNetworkStaysAsItIs) {
  MethodConfig config = config_for("labels");
  config.ldl.neighbour_weight = 0.01;
  const auto remembering = method_with(config);
  config.ldl.neighbours = "pass";
  const auto passing = method_with(config);
  auto from_memory = remembering->steps()[0], from_pass = passing->steps()[0];
  EXPECT_EQ(number_of(from_memory, batch, "neighbour_share"), 0) << "nothing was seen yet";
  EXPECT_EQ(number_of(from_memory, batch, "neighbour_share"), 1);
  const double expected = number_of(from_pass, batch, "neighbourhood");
  EXPECT_GT(expected, 1e-6);
  EXPECT_NEAR(number_of(from_memory, batch, "neighbourhood"), expected, 1e-4 * expected);
  EXPECT_EQ(number_of(from_pass, batch, "neighbour_share"), 1);
  for (const LossTerm& term : from_pass.losses(batch, {}))
    EXPECT_EQ(term.weight, term.name == "neighbourhood" ? 0.01 : term.name == "neighbour_share" ? 0 : 1) << term.name;
}

TEST_F(Ldl, TheTermIsThePrintedSum) {
  MethodConfig config = config_for("labels");
  config.ldl.neighbour_weight = 1;
  config.ldl.neighbours = "pass";
  config.ldl.graph.sigma = 2;
  config.ldl.neighbour_reduction = "sum";
  const auto method = method_with(config);
  const auto answers = log_p(*method).to(torch::kFloat64);
  double omega = 0;
  for (int i = 0; i < kFaces; ++i) {
    const auto units = [&](int s) { return faces->records[static_cast<std::size_t>(s)].annotations.action_units; };
    std::vector<std::pair<double, int>> near;
    for (int j = 0; j < kFaces; ++j) {
      double squared = 0;
      for (std::size_t u = 0; u < 18; ++u)
        squared += std::pow(static_cast<double>(units(i)[u]) - static_cast<double>(units(j)[u]), 2);
      if (j != i) near.emplace_back(std::sqrt(squared), j);
    }
    std::sort(near.begin(), near.end());
    for (int n = 0; n < 3; ++n) {
      const auto [distance, j] = near[static_cast<std::size_t>(n)];
      omega += std::exp(-distance / 4) * (answers[j].exp() * (answers[j] - answers[i])).sum().item<double>();
    }
  }
  EXPECT_NEAR(number_of(method->steps()[0], batch, "neighbourhood"), omega, 1e-3 * omega);
  config.ldl.neighbour_reduction = "mean";
  EXPECT_NEAR(number_of(method_with(config)->steps()[0], batch, "neighbourhood"), omega / kFaces, 1e-3 * omega / kFaces);
}

/// Central difference of `value` when entry `at` of `parameter` moves.
double slope(torch::Tensor parameter, std::int64_t at, const std::function<double()>& value) {
  const torch::NoGradGuard no_grad;
  const auto entry = parameter.view(-1)[at];
  const auto moved = [&](double by) {
    entry.add_(by);
    const double result = value();
    entry.add_(-by);
    return result;
  };
  constexpr double step = 1e-5;
  return (moved(step) - moved(-step)) / (2 * step);
}

TEST_F(Ldl, TheStopSwitchDecidesWhetherNeighboursAreLearnedFrom) {
  batch.images = batch.images.to(torch::kFloat64);
  MethodConfig config = config_for("labels");
  config.ldl.neighbour_weight = 1;
  config.ldl.neighbours = "pass";
  const auto run = [&](bool detach) {
    config.ldl.detach_neighbours = detach;
    auto method = method_with(config, true);
    auto step = method->steps()[0];
    value_of(step, batch, "neighbourhood").backward();
    return std::pair(std::move(method), std::move(step));
  };
  auto [whole, whole_step] = run(false);
  auto [stopped, stopped_step] = run(true);
  EXPECT_EQ(number_of(whole_step, batch, "neighbourhood"), number_of(stopped_step, batch, "neighbourhood"));
  auto parameters = whole->module().parameters(), others = stopped->module().parameters();
  const torch::Tensor last = parameters.back(), first = parameters.front();
  for (torch::Tensor parameter : {first, last}) {  // the whole gradient is that of the value
    const std::int64_t at = parameter.numel() / 2;
    const double expected = slope(parameter, at, [&, &step = whole_step] { return number_of(step, batch, "neighbourhood"); });
    EXPECT_NEAR(parameter.grad().view(-1)[at].item<double>(), expected, 1e-6 + 1e-4 * std::abs(expected));
  }
  const auto difference = (last.grad() - others.back().grad()).norm().item<double>();
  EXPECT_GT(difference, 0.1 * last.grad().norm().item<double>());
  EXPECT_GT(others.back().grad().norm().item<double>(), 0) << "f(x_i) is learned from in both";

  config.ldl.neighbours = "memory";  // a memory that stands still gives the stopped gradient
  const auto remembering = method_with(config, true);
  auto memory_step = remembering->steps()[0];
  value_of(memory_step, batch, "neighbourhood");
  value_of(memory_step, batch, "neighbourhood").backward();
  EXPECT_TRUE(torch::allclose(remembering->module().parameters().back().grad(), others.back().grad(), 1e-4, 1e-7));
}

TEST_F(Ldl, ThePassLeavesNoTraceInTheNetwork) {
  MethodConfig config = config_for("labels");
  config.ldl.neighbour_weight = 1;
  config.ldl.neighbours = "pass";
  const auto with_neighbours = method_with(config);
  config.ldl.neighbour_weight = 0;
  const auto without = method_with(config);
  for (Method* method : {with_neighbours.get(), without.get()}) {
    method->module().train();
    auto step = method->steps()[0];
    step.losses(batch, {});
    EXPECT_TRUE(method->module().is_training());
  }
  const auto a = with_neighbours->module().buffers(), b = without->module().buffers();
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(torch::equal(a[i], b[i]));
}

TEST_F(Ldl, ReducedPrecisionChangesTheTermsLittle) {
  for (const std::string neighbours : {"memory", "pass"}) {
    MethodConfig config = config_for("votes");
    config.ldl.neighbour_weight = 0.01;
    config.ldl.neighbours = neighbours;
    const auto method = method_with(config);
    auto step = method->steps()[0];
    step.losses(batch, {});
    std::map<std::string, double> exact;
    for (const LossTerm& term : step.losses(batch, {})) exact[term.name] = term.value.item<double>();
    const AutocastGuard autocast(true, torch::kCPU);
    for (const LossTerm& term : step.losses(batch, {})) {
      EXPECT_EQ(term.value.scalar_type(), torch::kFloat32) << term.name;
      EXPECT_NEAR(term.value.item<double>(), exact.at(term.name), 0.02 + 0.05 * exact.at(term.name)) << term.name;
    }
  }
}

TEST_F(Ldl, MeasuresHowCloseTheAnswersAreToTheVotes) {
  const auto method = method_with(config_for("labels"));
  std::vector<float> p(8, 0.2F / 6);
  p[0] = 0.5F;
  p[1] = 0.3F;
  {
    const torch::NoGradGuard no_grad;  // an answer that does not depend on the image
    for (auto& item : method->module().named_parameters()) {
      if (item.key() == "fc.weight") item.value().zero_();
      if (item.key() == "fc.bias") item.value().copy_(torch::tensor(p).log());
    }
  }
  batch.images = batch.images.slice(0, 0, 4);
  batch.targets = torch::zeros({4, 8});
  batch.targets[0][0] = 1;
  batch.targets[1][1] = 1;
  batch.targets[2][0] = batch.targets[2][1] = 0.5;  // a tie: both are first; the fourth has no votes
  std::map<std::string, torch::Tensor> found;
  for (const Measurement& one : method->measure(batch)) found[one.name] = one.values;
  ASSERT_EQ(found.size(), 3U);
  const double norm = std::sqrt(0.25 + 0.09 + 6 * std::pow(0.2 / 6, 2));
  const std::map<std::string, std::vector<double>> expected = {
      {"vote_kl", {std::log(2), -std::log(0.3), 0.5 * std::log(0.5 / 0.3)}},
      {"vote_cosine", {0.5 / norm, 0.3 / norm, 0.4 / (norm * std::sqrt(0.5))}},
      {"vote_top1", {1, 0, 1}}};
  for (const auto& [name, values] : expected) {
    for (int i = 0; i < 3; ++i)
      EXPECT_NEAR(found.at(name)[i].item<double>(), values[static_cast<std::size_t>(i)], 1e-5) << name << " " << i;
    EXPECT_TRUE(std::isnan(found.at(name)[3].item<double>())) << name;
  }
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return std::string(error.what()) + " " + error.hint();
  }
  return "no error";
}

TEST_F(Ldl, WhoOnlyAnswersNeedsNoFiles) {
  MethodConfig config = config_for("teacher");
  config.ldl.teacher = "nowhere/teacher.safetensors";
  config.ldl.neighbour_weight = 0.01;
  torch::manual_seed(4);
  const auto method = create_method(config, task_on(nullptr));
  method->module().eval();
  EXPECT_EQ(method->forward(batch).logits.size(0), kFaces);
  EXPECT_EQ(method->measure(batch).size(), 3U);
  EXPECT_NE(message_of([&] { method->companions(); }).find("nowhere/teacher.safetensors"), std::string::npos);
}

TEST_F(Ldl, WhatMakesNoSenseIsRefused) {
  const auto refusal = [&](const std::function<void(MethodConfig&)>& change, bool one_part = true) {
    MethodConfig config = config_for("labels");
    change(config);
    return message_of([&] { create_method(config, task_on(one_part ? faces : nullptr))->steps(); });
  };
  EXPECT_EQ(refusal([](MethodConfig&) {}), "no error");
  const auto expect = [](const std::string& message, const std::string& part) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  expect(refusal([](MethodConfig& c) { c.ldl.targets = "teacher"; }), "--ldl-teacher");
  expect(refusal([](MethodConfig& c) { c.ldl.teacher = "x"; }), "without --ldl-targets teacher");
  expect(refusal([](MethodConfig& c) { c.ldl.own_share = 0.5; }), "nothing to mix with");
  expect(refusal([](MethodConfig& c) { c.ldl.targets = "smoothing"; }), "--label-smoothing");
  expect(refusal([](MethodConfig& c) { c.classifier.label_smoothing = 0.1; }), "--ldl-targets smoothing");
  expect(refusal([](MethodConfig& c) { c.classifier.mixup_alpha = 0.1; }), "--mixup-alpha");
  expect(refusal([](MethodConfig& c) { c.classifier.class_weights = "balanced"; }), "--class-weights");
  expect(refusal([](MethodConfig& c) { c.ldl.detach_neighbours = false; }), "--ldl-neighbours pass");
  expect(refusal([](MethodConfig& c) { c.ldl.neighbour_weight = 1; }, false), "rotating folds");
  expect(refusal([](MethodConfig& c) {
           c.ldl.targets = "teacher";
           c.ldl.distributions = "nowhere.csv";
         }),
         "nowhere.csv");
  for (auto& record : faces->records) record.annotations.distribution.clear();
  expect(refusal([](MethodConfig& c) { c.ldl.targets = "votes"; }), "--votes majority_votes");
  for (auto& record : faces->records) record.annotations.action_units.clear();
  expect(refusal([](MethodConfig& c) { c.ldl.neighbour_weight = 1; }), "0 of 24 samples have Action Units");
  expect(refusal([](MethodConfig& c) { c.ldl.anomaly_floor = 0.5; }), "--action-units PATH");
  expect(refusal([](MethodConfig& c) {
           c.ldl.neighbour_weight = 1;
           c.ldl.action_units = "estimated";
         }),
         "--landmark-table");
}

TEST_F(Ldl, ActionUnitsCanBeEstimatedFromLandmarks) {
  for (std::int64_t i = 0; i < kFaces; ++i) {
    auto& a = faces->records[static_cast<std::size_t>(i)].annotations;
    a.landmarks = faces->load(i).annotations.landmarks;
    const auto units = estimated_units(a.landmarks);
    ASSERT_EQ(units.size(), 18U);
    double measured_smile = a.action_units[8], smile = units[8];
    if (measured_smile > 3) EXPECT_GT(smile, 0.5) << i;
    for (const std::size_t unseen : {4U, 6U, 7U, 9U, 11U, 16U}) EXPECT_EQ(units[unseen], 0);
  }
  EXPECT_TRUE(estimated_units({}).empty());
  EXPECT_TRUE(estimated_units(std::vector<cv::Point2f>(68)).empty()) << "all points in one place are no face";
  auto as_measured = *faces;
  for (auto& record : as_measured.records) record.annotations.action_units = estimated_units(record.annotations.landmarks);
  faces->records[5].annotations.landmarks.clear();
  as_measured.records[5].annotations.action_units.clear();
  NeighbourOptions options;
  const auto expected = make_training_graph(as_measured, options, 1);
  const auto estimated = make_training_graph(*faces, options, 1, ActionUnitSource::estimated);
  EXPECT_TRUE(torch::equal(estimated.neighbours, expected.neighbours));
  EXPECT_TRUE(torch::equal(estimated.edge_weights, expected.edge_weights));
  EXPECT_FALSE(torch::equal(estimated.neighbours, make_training_graph(*faces, options, 1).neighbours));
}

}  // namespace
}  // namespace mien
