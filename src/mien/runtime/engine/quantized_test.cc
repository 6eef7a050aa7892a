// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Networks that others quantised, against the reference operators: byte for byte, at every level of instructions.
#include <cstring>

#include "mien/graph/onnx_file.h"
#include "mien/runtime/rewrite/quantized_networks_for_tests.h"
#include "mien/runtime/runtime.h"

namespace mien::runtime {
namespace {

Model model_of(const graph::Graph& graph, Precision precision = Precision::automatic) {
  const auto bytes = graph::serialize_onnx(graph);
  ModelOptions options;
  options.precision = precision;
  options.threads = 1;
  return Model::parse(bytes.data(), bytes.size(), "network", options);
}

std::vector<TensorView> views_of(const std::vector<graph::Tensor>& tensors) {
  std::vector<TensorView> views;
  for (const auto& tensor : tensors) views.emplace_back(tensor.dims(), tensor.values<float>().data());
  return views;
}

/// Runs the model twice and expects the numbers of the reference operators on the graph after rewriting.
void expect_reference(const NetworkBuilder& network, const Model& model) {
  const auto typed = rewritten(network.graph, network.types);
  const auto inputs = example_inputs(typed);
  const auto expected = reference_run(typed, inputs);
  Session session(model);
  for (int run = 0; run < 2; ++run) {
    const auto& outputs = session.run(views_of(inputs));
    ASSERT_EQ(outputs.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(outputs[i].shape, expected[i].dims());
      const auto values = expected[i].floats();
      std::size_t apart = 0;
      for (std::size_t k = 0; k < values.size(); ++k) apart += outputs[i].values<float>()[k] != values[k];
      EXPECT_EQ(apart, 0u) << "of " << values.size() << " values of output " << i << ", run " << run;
    }
  }
}

class Quantised : public ::testing::TestWithParam<std::size_t> {
 protected:
  const QuantisedNetwork& network() const {
    static const auto all = quantised_networks();
    return all.at(GetParam());
  }
};

TEST_P(Quantised, GivesTheBytesOfTheReference) { expect_reference(network().network, model_of(network().network.graph)); }

TEST_P(Quantised, RunsOnKernels) {
  const auto model = model_of(network().network.graph);
  const auto inputs = example_inputs(specialise(network().network.graph, network().network.types));
  for (const auto& step : Session(model).profile(views_of(inputs), 1))
    EXPECT_TRUE(step.implementation != "plain" &&
                (processor_isa() == "sse41" || step.implementation.find("ref") == std::string::npos))
        << step.name << ": " << step.operation << " by " << step.implementation;
}

INSTANTIATE_TEST_SUITE_P(Networks, Quantised, ::testing::Range<std::size_t>(0, quantised_networks().size()),
                         [](const auto& info) { return quantised_networks()[info.param].name; });

TEST(QuantisedModel, KeepsFloatsInFullPrecisionUnlessAskedOtherwise) {
  const auto network = quantised_residual({Form::qdq}).network;
  EXPECT_EQ(model_of(network.graph).precision(), Precision::fp32);
  if (processor_has(Precision::bf16)) {
    EXPECT_EQ(model_of(network.graph, Precision::bf16).precision(), Precision::bf16);
  }
}

/// Bytes as they are, without floats around them: inputs and outputs of the network are u8.
TEST(QuantisedModel, TakesAndGivesBytes) {
  NetworkBuilder n;
  const auto x = n.graph.add_value("bytes");
  n.graph.inputs.push_back({x, graph::DataType::u8, {1, 2, 3, 5}, {}, true});
  graph::Tensor zero(graph::DataType::u8, {}), weights(graph::DataType::i8, {1, 2, 1, 1});
  zero.raw()[0] = std::byte{100};
  weights.values<std::int8_t>()[0] = 3, weights.values<std::int8_t>()[1] = -2;
  const auto zeros = n.graph.add_constant("zero", zero), w = n.graph.add_constant("w", weights);
  graph::Tensor none(graph::DataType::i8, {});
  none.raw()[0] = std::byte{0};
  const auto w_zero = n.graph.add_constant("w_zero", none);
  const auto y = n.node("QLinearConv", {x, n.number(0.5f), zeros, w, n.number(1), w_zero, n.number(1), zeros});
  n.graph.outputs.push_back({y, graph::DataType::u8, {}, {}, false});
  const auto model = model_of(n.graph);
  std::vector<std::uint8_t> bytes(30);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 9);
  Session session(model);
  const auto& outputs = session.run({TensorView({1, 2, 3, 5}, bytes.data())});
  for (std::size_t i = 0; i < 15; ++i) {
    const double sum = 0.5 * (3 * (bytes[i] - 100.0) - 2 * (bytes[15 + i] - 100.0));
    EXPECT_EQ(outputs[0].values<std::uint8_t>()[i], std::clamp(std::nearbyint(sum) + 100, 0.0, 255.0)) << i;
  }
}

/// An odd zero point behind ties: half goes to even before the zero point is added.
TEST(QuantisedModel, RoundsBeforeTheZeroPoint) {
  QuantisedBuilder n({Form::qlinear, graph::DataType::u8, graph::DataType::i8, false});
  const auto x = n.quantise(n.input({1, 1, 16, 16}), 1, 0);
  graph::Tensor one(graph::DataType::i8, {1, 1, 1, 1});
  one.raw()[0] = std::byte{1};
  const auto w = n.graph.add_constant("one", one);
  const QuantisedBuilder::Value y{graph::no_value, 2, 7};
  const auto made = n.node("QLinearConv", {x.id, n.number(1), n.zero_of(x), w, n.number(1), n.byte(0, graph::DataType::i8),
                                           n.number(y.scale), n.zero_of(y)});
  n.output(n.node("DequantizeLinear", {made, n.number(1), n.byte(0, graph::DataType::u8)}));
  std::vector<float> numbers(256), expected;
  for (int i = 0; i < 256; ++i) {
    numbers[static_cast<std::size_t>(i)] = static_cast<float>(i);
    expected.push_back(std::min(255.0f, std::nearbyint(static_cast<float>(i) / 2) + 7));
  }
  const auto model = model_of(n.graph);
  Session session(model);
  const auto& outputs = session.run({TensorView({1, 1, 16, 16}, numbers.data())});
  for (std::size_t i = 0; i < 256; ++i) EXPECT_EQ(outputs[0].values<float>()[i], expected[i]) << i;
}

}  // namespace
}  // namespace mien::runtime
