// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/fold_norms.h"

#include <algorithm>

#include "mien/exporting/export_fixture.h"

namespace mien::exporting {
namespace {

using graph::Tensor;
using testing::count_nodes;

/// A 1x1 convolution of one channel with weight 2, and a norm that makes 3 (x - 1) / sqrt(3 + 1) + 5 of it.
graph::Graph small_graph() {
  graph::Graph g;
  g.opset = 17;
  const auto x = g.add_value("x"), y = g.add_value("y"), z = g.add_value("z");
  Tensor weight(graph::DataType::f32, {1, 1, 1, 1});
  weight.values<float>()[0] = 2;
  const auto number = [&](const char* name, float v) { return g.add_constant(name, Tensor::of(std::vector<float>{v})); };
  g.nodes.push_back({.op = "Conv",
                     .domain = "",
                     .name = "conv",
                     .inputs = {x, g.add_constant("conv.weight", weight)},
                     .outputs = {y},
                     .attributes = {},
                     .post = {}});
  g.nodes.push_back({.op = "BatchNormalization",
                     .domain = "",
                     .name = "norm",
                     .inputs = {y, number("s", 3), number("b", 5), number("m", 1), number("v", 3)},
                     .outputs = {z},
                     .attributes = {{"epsilon", 1.0f}},
                     .post = {}});
  g.inputs.push_back({.value = x, .type = graph::DataType::f32, .dims = {-1, 1, 2, 2}, .dim_names = {}, .has_shape = true});
  g.outputs.push_back({.value = z, .type = graph::DataType::f32, .dims = {-1, 1, 2, 2}, .dim_names = {}, .has_shape = true});
  return g;
}

TEST(FoldNorms, HandComputedWeights) {
  graph::Graph g = small_graph();
  EXPECT_EQ(fold_batch_norms(g), 1);
  ASSERT_EQ(g.nodes.size(), 1u);
  EXPECT_FLOAT_EQ(g.constant(g.nodes[0].input(1))->floats()[0], 3.0f);  // 2 * 3 / sqrt(4)
  EXPECT_FLOAT_EQ(g.constant(g.nodes[0].input(2))->floats()[0], 3.5f);  // 5 - 1 * 3 / sqrt(4)
  EXPECT_EQ(g.values[static_cast<std::size_t>(g.nodes[0].input(2))].name, "conv.bias");
  EXPECT_EQ(g.values.size(), 4u);
}

TEST(FoldNorms, ANormStaysWhenTheConvolutionIsReadElsewhere) {
  graph::Graph g = small_graph();
  g.outputs.push_back(g.outputs[0]);
  g.outputs[1].value = g.nodes[0].outputs[0];
  EXPECT_EQ(fold_batch_norms(g), 0);
  EXPECT_EQ(count_nodes(g, "BatchNormalization"), 1);
}

/// Transposed convolutions of groups and linear layers keep their output channels elsewhere in the weights.
struct Layers : torch::nn::Module {
  Layers() {
    up = register_module("up", torch::nn::ConvTranspose2d(torch::nn::ConvTranspose2dOptions(4, 6, 3).groups(2).stride(2)));
    norm = register_module("norm", torch::nn::BatchNorm2d(6));
    linear = register_module("linear", torch::nn::Linear(6, 5));
    norm1 = register_module("norm1", torch::nn::BatchNorm1d(5));
  }
  torch::Tensor forward(const torch::Tensor& x) {
    return norm1(linear(norm(up(torch::cat({x, x.slice(1, 0, 1)}, 1))).mean({2, 3})));
  }
  torch::nn::ConvTranspose2d up{nullptr};
  torch::nn::BatchNorm2d norm{nullptr};
  torch::nn::Linear linear{nullptr};
  torch::nn::BatchNorm1d norm1{nullptr};
};

TEST(FoldNorms, TransposedConvolutionsAndLinearLayersToo) {
  torch::manual_seed(4);
  const auto layers = std::make_shared<Layers>();
  testing::randomise(*layers);
  {
    torch::NoGradGuard no_grad;
    layers->norm1->running_mean.uniform_(-1, 1);
    layers->norm1->running_var.uniform_(0.5, 2);
  }
  const Exportable source{
      .module = *layers, .name = "layers", .outputs = {"logits"}, .forward = [&](const torch::Tensor& x, const auto&) {
        return NamedTensors{{"logits", layers->forward(x)}};
      }};
  WeightsInfo info;
  info.preprocessing.width = info.preprocessing.height = 4;
  const auto graph = export_graph(source, info);
  EXPECT_EQ(count_nodes(graph, "BatchNormalization"), 0);
  const auto x = torch::randn({3, 3, 4, 4});
  const FrozenModule frozen(*layers);
  torch::NoGradGuard no_grad;
  testing::expect_same(testing::run(graph, x)[0], layers->forward(x), "layers", 1e-5);
}

}  // namespace
}  // namespace mien::exporting
