// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// The peak that shares are given of: large convolutions and matrix products through our own runtime.
#include <algorithm>
#include <cmath>

#include "mien/base/error.h"
#include "mien/base/random.h"
#include "mien/graph/onnx_file.h"
#include "mien/runtime_bench/bench.h"
#include "mien/runtime_bench/bench_data.h"

namespace mien::runtime_bench {
namespace {

using graph::Dims;
using graph::Graph;
using graph::Tensor;
using graph::ValueId;

Tensor random_weights(const Dims& dims, double fan_in, std::uint64_t seed) {
  Random random(seed);
  Tensor weights(graph::DataType::f32, dims);
  const double deviation = std::sqrt(2 / fan_in);  // keeps the size of the values through a relu
  for (float& v : weights.values<float>()) v = static_cast<float>(deviation * random.normal());
  return weights;
}

ValueId add_node(Graph& g, const std::string& op, std::vector<ValueId> inputs,
                 std::map<std::string, graph::Attribute> attributes = {}) {
  graph::Node node;
  node.op = op;
  node.name = op + std::to_string(g.nodes.size());
  node.inputs = std::move(inputs);
  node.outputs = {g.add_value(node.name + ":0")};
  node.attributes = std::move(attributes);
  g.nodes.push_back(node);
  return node.outputs[0];
}

Graph empty_graph(const Dims& input) {
  Graph g;
  g.name = "peak";
  g.opset = 13;
  g.inputs.push_back({g.add_value("input"), graph::DataType::f32, input, {}, true});
  return g;
}

/// Four 3x3 convolutions of 256 channels on 28x28, each with a relu: 14.8 gflop each at batch 16.
Graph convolutions() {
  constexpr std::int64_t channels = 256, size = 28;
  Graph g = empty_graph({-1, channels, size, size});
  ValueId x = g.inputs[0].value;
  for (std::uint64_t i = 0; i < 4; ++i) {
    const auto weights =
        g.add_constant("weights" + std::to_string(i), random_weights({channels, channels, 3, 3}, 9.0 * channels, i));
    x = add_node(g, "Conv", {x, weights},
                 {{"kernel_shape", std::vector<std::int64_t>{3, 3}}, {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}});
    x = add_node(g, "Relu", {x});
  }
  g.outputs.push_back({x, graph::DataType::f32, {-1, channels, size, size}, {}, true});
  return g;
}

/// Three products with 2048x2048 matrices, each with a relu; a "batch" of 2048 rows makes 17.2 gflop each.
Graph products() {
  constexpr std::int64_t width = 2048;
  Graph g = empty_graph({-1, width, 1, 1});
  ValueId x = add_node(g, "Flatten", {g.inputs[0].value});
  for (std::uint64_t i = 0; i < 3; ++i) {
    const auto weights = g.add_constant("weights" + std::to_string(i), random_weights({width, width}, width, 100 + i));
    x = add_node(g, "Gemm", {x, weights}, {{"transB", std::int64_t{1}}});
    x = add_node(g, "Relu", {x});
  }
  g.outputs.push_back({x, graph::DataType::f32, {-1, width}, {}, true});
  return g;
}

}  // namespace

Peaks measure_peaks(const BenchOptions& options, Progress& progress, const StopFlag& stop) {
  const TemporaryFolder folder("mien-peak");
  const struct {
    const char* name;
    Graph (*make)();
    std::int64_t batch;
  } cases[] = {{"convolutions", convolutions, 16}, {"matrix products", products, 2048}};
  Peaks peaks;
  progress.begin("measuring the machine's peak", static_cast<std::int64_t>(std::size(cases)));
  for (const auto& one : cases) {
    const fs::path file = folder.path() / (std::string(one.name) + ".onnx");
    graph::write_onnx(one.make(), file);
    BenchOptions alone = options;
    alone.onnxruntime.reset();
    alone.busy = {0};
    alone.floor_rounds = 0;
    alone.batches = {one.batch};
    alone.examples = one.batch;
    alone.rounds = 4;
    Progress silent;
    for (const auto& row : bench_model({one.name, file}, alone, {}, silent, stop))
      peaks[row.precision] = std::max(peaks[row.precision], row.fastest_gflops);
    progress.advance(0, one.name);
  }
  std::string text;
  for (const auto& [precision, gflops] : peaks)
    text += (text.empty() ? "" : ", ") + precision + " " + std::to_string(std::lround(gflops)) + " GFLOP/s";
  progress.end("peak of large convolutions and matrix products in mien's runtime: " + text);
  return peaks;
}

}  // namespace mien::runtime_bench
