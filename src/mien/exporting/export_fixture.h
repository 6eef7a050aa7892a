// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "mien/exporting/export_graph.h"
#include "mien/nn/eval_mode.h"
#include "mien/graph/onnx_file.h"
#include "mien/runtime/rewrite/reference_run.h"

// Shared by the tests of this folder: runs an exported graph with the plain arithmetic of module operators.
namespace mien::exporting::testing {

inline torch::Tensor to_torch(const graph::Tensor& tensor) {
  const auto values = tensor.floats();
  return torch::tensor(values, torch::kFloat32).reshape(tensor.dims());
}

/// Writes the graph as an ONNX file in memory and reads it back.
inline graph::Graph through_a_file(const graph::Graph& graph) {
  const std::string bytes = graph::serialize_onnx(graph);
  return graph::parse_onnx(std::as_bytes(std::span(bytes.data(), bytes.size())), "exported");
}

/// All outputs of the graph for images [N,C,H,W].
inline std::vector<torch::Tensor> run(const graph::Graph& graph, const torch::Tensor& images) {
  graph::Tensor input(graph::DataType::f32, images.sizes().vec());
  const auto plain = images.contiguous();
  std::memcpy(input.raw(), plain.data_ptr<float>(), input.bytes());
  const auto typed = runtime::specialise(graph, {{graph::DataType::f32, input.dims()}});
  std::vector<torch::Tensor> outputs;
  for (const auto& tensor : runtime::reference_run(typed, {input})) outputs.push_back(to_torch(tensor));
  return outputs;
}

/// |got - expected| <= tolerance * (largest - smallest expected value).
inline void expect_same(const torch::Tensor& got, const torch::Tensor& expected, const std::string& what,
                        double tolerance = 1e-4) {
  ASSERT_EQ(got.sizes(), expected.sizes()) << what;
  const auto plain = expected.to(torch::kFloat32);
  const double range = (plain.max() - plain.min()).item<double>();
  const double difference = (got - plain).abs().max().item<double>();
  EXPECT_LE(difference, tolerance * std::max(range, 1e-3)) << what << ": range " << range;
}

template <typename Norm>
void randomise_norm(Norm* norm) {
  if (norm == nullptr) return;
  norm->weight.uniform_(0.5, 1.2);
  norm->bias.uniform_(-0.3, 0.3);
  norm->running_mean.uniform_(-0.3, 0.3);
  norm->running_var.uniform_(0.5, 1.5);
}

/// Parameters and running statistics as training could leave them: nothing is 0 or 1.
inline void randomise(torch::nn::Module& module) {
  torch::NoGradGuard no_grad;
  for (const auto& child : module.modules(/*include_self=*/false)) {
    randomise_norm(child->as<torch::nn::BatchNorm1d>());
    randomise_norm(child->as<torch::nn::BatchNorm2d>());
  }
}

inline WeightsInfo info_for(const NetworkOptions& network, int size) {
  WeightsInfo info;
  info.network = network;
  info.preprocessing.color = network.in_channels == 1 ? "gray" : "rgb";
  info.preprocessing.width = info.preprocessing.height = size;
  for (std::int64_t c = 0; c < network.num_classes; ++c) info.class_names.push_back("class " + std::to_string(c));
  return info;
}

inline int count_nodes(const graph::Graph& graph, const std::string& op) {
  int count = 0;
  for (const auto& node : graph.nodes) count += node.op == op;
  return count;
}

}  // namespace mien::exporting::testing
