// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Every network in every precision against plain evaluation, node by node.
#include <cstring>
#include <set>

#include "mien/graph/onnx_file.h"
#include "mien/runtime/engine/networks_for_tests.h"
#include "mien/runtime/runtime.h"

namespace mien::runtime {
namespace {

class Engine : public ::testing::TestWithParam<std::size_t> {
 protected:
  const NamedNetwork& network() const {
    static const auto all = networks_for_tests();
    return all.at(GetParam());
  }
};

std::vector<TensorView> views_of(const std::vector<graph::Tensor>& tensors) {
  std::vector<TensorView> views;
  for (const auto& tensor : tensors) views.emplace_back(tensor.dims(), tensor.values<float>().data());
  return views;
}

Model model_of(const graph::Graph& graph, Precision precision) {
  const auto bytes = graph::serialize_onnx(graph);
  ModelOptions options;
  options.precision = precision;
  options.threads = 1;
  return Model::parse(bytes.data(), bytes.size(), "network", options);
}

/// Largest difference from plain evaluation, as a share of the largest magnitude.
double apart(const NamedNetwork& named, const Model& model, int runs = 2) {
  const auto plain = specialise(named.network.graph, named.network.types);
  const auto inputs = example_inputs(plain);
  const auto expected = reference_run(plain, inputs);
  Session session(model);
  double worst = 0;
  for (int run = 0; run < runs; ++run) {  // nothing of the first run may show in the second
    const auto& outputs = session.run(views_of(inputs));
    EXPECT_EQ(outputs.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      graph::Tensor found(graph::DataType::f32, outputs[i].shape);
      std::memcpy(found.raw(), outputs[i].data, found.bytes());
      worst = std::max(worst, difference(found, expected[i]));
    }
  }
  return worst;
}

TEST_P(Engine, ComputesInFloat32WhatPlainEvaluationComputes) {
  EXPECT_LE(apart(network(), model_of(network().network.graph, Precision::fp32)), 2e-5);
}

TEST_P(Engine, ComesCloseInBfloat16) {
  if (!processor_has(Precision::bf16)) GTEST_SKIP() << "the processor has no bfloat16";
  const auto model = model_of(network().network.graph, Precision::bf16);
  EXPECT_EQ(model.precision(), Precision::bf16);
  EXPECT_LE(apart(network(), model), 0.04);
}

TEST_P(Engine, ComesCloseInInt8AfterCalibration) {
  if (!processor_has(Precision::int8)) GTEST_SKIP() << "the processor has no int8 products";
  auto graph = network().network.graph;
  Calibrator calibrator(model_of(graph, Precision::fp32));
  calibrator.add(views_of(example_inputs(specialise(graph, network().network.types))));
  graph.metadata[calibration_key] = calibrator.finish(1.0);
  const auto model = model_of(graph, Precision::int8);
  EXPECT_EQ(model.precision(), Precision::int8);
  EXPECT_LE(apart(network(), model), 0.08);
}

/// Plain evaluation is right but slow: a network may come to it only where it must.
TEST_P(Engine, RunsOnKernels) {
  if (processor_isa() == "sse41") GTEST_SKIP() << "oneDNN lacks kernels for SSE4.1";
  std::set<std::string> allowed;
  if (network().name == "odd_operators") allowed = {"Abs", "ReduceMax"};
  if (network().name == "shifted_windows") allowed = {"ReduceMean"};
  if (network().name == "broadcasts") allowed = {"ReduceMax"};
  const auto model = model_of(network().network.graph, Precision::fp32);
  const auto inputs = example_inputs(specialise(network().network.graph, network().network.types));
  for (const auto& step : Session(model).profile(views_of(inputs), 1))
    EXPECT_TRUE((step.implementation != "plain" && step.implementation.find("ref") == std::string::npos) ||
                allowed.contains(step.operation))
        << step.name << ": " << step.operation << " by " << step.implementation;
}

INSTANTIATE_TEST_SUITE_P(Networks, Engine, ::testing::Range<std::size_t>(0, networks_for_tests().size()),
                         [](const auto& info) { return networks_for_tests()[info.param].name; });

}  // namespace
}  // namespace mien::runtime
