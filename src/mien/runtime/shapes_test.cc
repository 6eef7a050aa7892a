// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// One model, several input shapes: in any order, in several sessions, each answer is that of a model that saw one shape only.
#include <set>

#include "mien/base/files.h"
#include "mien/graph/onnx_file.h"
#include "mien/runtime/engine/networks_for_tests.h"
#include "mien/runtime/shapes_for_tests.h"

namespace mien::runtime {
namespace {

/// On both sides of everything that switches with the number of rows, up, down, and back.
const std::vector<std::int64_t> batches = {1, 2, 31, 32, 33, 64, 128, 64, 33, 32, 31, 2, 1};

/// The network for any batch: reshapes that spell out the first dim copy it from their input instead, if they may.
NetworkBuilder for_any_batch(NetworkBuilder network, bool change_reshapes) {
  auto& graph = network.graph;
  const auto batch = network.types.at(0).dims.at(0);
  graph.inputs.at(0).dims.at(0) = network.types[0].dims[0] = -1;
  for (const auto& node : graph.nodes) {
    if (!change_reshapes || node.op != "Reshape" || !graph.constant(node.inputs[1])) continue;
    auto dims = graph.constant(node.inputs[1])->integers();
    if (dims.at(0) == batch) dims[0] = 0;
    graph.values[static_cast<std::size_t>(node.inputs[1])].constant = graph::Tensor::of(dims);
  }
  return network;
}

std::vector<std::int64_t> dims_of(const NetworkBuilder& network) {
  const auto& dims = network.types.at(0).dims;
  return {dims.begin() + 1, dims.end()};
}

std::vector<Precision> precisions() {
  std::vector<Precision> all = {Precision::fp32};
  for (const auto precision : {Precision::bf16, Precision::int8})
    if (processor_has(precision)) all.push_back(precision);
  return all;
}

/// Adds the ranges that int8 needs, as observed at one batch size at which the network runs.
void calibrate(graph::Graph& graph, std::int64_t batch, const std::vector<std::int64_t>& dims) {
  const auto bytes = graph::serialize_onnx(graph);
  Calibrator calibrator(Model::parse(bytes.data(), bytes.size(), "network", {Precision::fp32, 1}));
  auto shape = dims;
  shape.insert(shape.begin(), batch);
  const auto values = testing::fill("batch", shape, "input_pm1", 2);
  calibrator.add({{shape, values.data()}});
  graph.metadata[calibration_key] = calibrator.finish(1.0);
}

/// How many batch sizes run. Two programs at a time are kept, so that coming back compiles anew beside held weights.
std::size_t check(const NetworkBuilder& network, Precision precision, std::int64_t calibrated_at = 1) {
  auto graph = network.graph;
  const auto dims = dims_of(network);
  if (precision == Precision::int8) calibrate(graph, calibrated_at, dims);
  return expect_same_as_alone(BatchTrial(graph::serialize_onnx(graph), {precision, 1, 2}, dims), batches);
}

class Shapes : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Shapes, FollowEachOtherInAnyOrder) {
  const auto named = networks_for_tests()[GetParam()];
  // What spells its batch out elsewhere too runs at that size alone, and the others are refused.
  static const std::set<std::string> one_size = {"vision_transformer_1",
                                                 "vision_transformer_3",
                                                 "vision_transformer_sequence_first_1",
                                                 "vision_transformer_sequence_first_3",
                                                 "shifted_windows",
                                                 "broadcasts"};
  const auto batch = named.network.types.at(0).dims.at(0);
  for (const auto precision : precisions()) {
    SCOPED_TRACE(name_of(precision));
    const auto running = check(for_any_batch(named.network, !one_size.contains(named.name)), precision, batch);
    if (!one_size.contains(named.name)) {
      EXPECT_EQ(running, 7u);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, Shapes, ::testing::Range<std::size_t>(0, networks_for_tests().size()),
                         [](const auto& info) { return networks_for_tests()[info.param].name; });

void check_everywhere(const NetworkBuilder& network) {
  for (const auto precision : precisions()) {
    SCOPED_TRACE(name_of(precision));
    EXPECT_EQ(check(network, precision), 7u);
  }
}

/// Attention over any number of images, as files for any batch have it.
TEST(Shapes, ATransformerForAnyBatch) {
  constexpr std::int64_t width = 32, tokens = 9;
  NetworkBuilder n(17);
  TransformerBuilder t(n, width, 4);
  auto x =
      n.node("Conv", {n.input({-1, 3, 12, 12}), n.weights({width, 3, 4, 4}), n.weights({width})}, {{"strides", Integers{4, 4}}});
  x = t.transpose(t.reshape(x, {0, width, tokens}), {0, 2, 1});
  for (int layer = 0; layer < 2; ++layer) {
    x = n.node("Add", {x, t.attention(t.norm(x), 0, tokens)});
    x = n.node("Add", {x, t.perceptron(t.norm(x))});
  }
  const auto first = n.graph.add_constant("first", graph::Tensor::of(Integers{0}).reshaped({}));
  const auto answer = n.node("Gather", {t.norm(x), first}, {{"axis", std::int64_t{1}}});
  n.output(n.node("Gemm", {answer, n.weights({5, width}), n.weights({5})}, {{"transB", std::int64_t{1}}}));
  check_everywhere(n);
}

/// One square matrix read as it lies and turned: the layouts of the two look alike.
TEST(Shapes, TiedWeightsKeepTheirOrientation) {
  NetworkBuilder n;
  const auto shared = n.weights({48, 48});
  auto x = n.node("Gemm", {n.input({-1, 48}), shared, n.weights({48})}, {{"transB", std::int64_t{1}}});
  n.output(x);
  x = n.node("Gemm", {n.node("Relu", {x}), shared, n.weights({48})});
  n.output(x);
  check_everywhere(n);
  for (const std::int64_t batch : {1, 40}) {
    const auto typed = specialise(n.graph, {{graph::DataType::f32, {batch, 48}}});
    const auto inputs = example_inputs(typed);
    const auto expected = reference_run(typed, inputs);
    const auto bytes = graph::serialize_onnx(n.graph);
    Session session(Model::parse(bytes.data(), bytes.size(), "tied", {Precision::fp32, 1}));
    const auto& found = session.run({{inputs[0].dims(), inputs[0].values<float>().data()}});
    for (std::size_t i = 0; i < expected.size(); ++i)
      for (std::size_t k = 0; k < expected[i].values<float>().size(); ++k)
        ASSERT_NEAR(found[i].values<float>()[k], expected[i].values<float>()[k], 1e-3) << batch << " " << i;
  }
}

/// A constant that follows from the shape has the same name and dims for every batch, and another value.
TEST(Shapes, ConstantsOfOneShapeAreNotThoseOfAnother) {
  NetworkBuilder n;
  const auto x = n.input({-1, 4});
  const auto images = n.node("Cast", {n.node("Gather", {n.node("Shape", {x}), n.integers({0})})}, {{"to", std::int64_t{1}}});
  const auto row = n.node("Mul", {n.node("Div", {n.floats({1, 2, 3, 4}), images}), n.floats({2})});
  n.output(n.node("Mul", {n.node("Add", {x, row}), row}));
  const auto grid = n.node("Expand", {row, n.integers({3, 4})});
  n.output(n.node(
      "Add", {n.node("Gemm", {x, n.node("Concat", {grid, grid}, {{"axis", std::int64_t{0}}})}, {{"transB", std::int64_t{1}}}),
              n.weights({6})}));
  check_everywhere(n);
}

/// Weights whose layer is folded under some shapes: it multiplies what follows from the shape alone.
TEST(Shapes, LayersThatOnlySomeShapesFold) {
  NetworkBuilder n;
  const auto x = n.input({-1, 64});
  const auto ones = n.node("ConstantOfShape", {n.node("Shape", {x})}, {{"value", graph::Tensor::of(std::vector<float>{0.5f})}});
  n.output(n.node("Add", {n.node("Gemm", {ones, n.weights({64, 96})}), n.node("Gemm", {x, n.weights({64, 96})})}));
  check_everywhere(n);
}

/// Nothing in, nothing out, before and after something.
TEST(Shapes, AnEmptyBatchComesBetween) {
  NetworkBuilder n;
  auto x = n.node("Relu", {n.conv(n.input({-1, 3, 8, 8}), 3, 32)});
  x = n.node("Flatten", {n.node("GlobalAveragePool", {x})});
  n.output(n.node("Gemm", {x, n.weights({32, 5}), n.weights({5})}));
  for (const auto precision : precisions()) {
    auto graph = n.graph;
    if (precision == Precision::int8) calibrate(graph, 1, dims_of(n));
    const BatchTrial runner(graph::serialize_onnx(graph), {precision, 1, 8}, dims_of(n));
    EXPECT_EQ(expect_same_as_alone(runner, {0, 1, 40, 0, 1, 0}), 3u) << name_of(precision);
  }
}

/// Pictures of other heights and widths, as detectors take them.
TEST(Shapes, PicturesOfAnySize) {
  NetworkBuilder n;
  const auto x = n.node("Relu", {n.conv(n.input({-1, 3, -1, -1}), 3, 24)});
  const auto y =
      n.node("Relu", {n.conv(n.node("MaxPool", {x}, {{"kernel_shape", Integers{2, 2}}, {"strides", Integers{2, 2}}}), 24, 32)});
  n.output(n.conv(n.conv(y, 32, 32, 3, 32), 32, 4, 1));
  const auto bytes = graph::serialize_onnx(n.graph);
  const auto alone = [&](const std::vector<std::int64_t>& dims, std::int64_t batch) {
    const BatchTrial runner(bytes, {Precision::automatic, 1, 2}, dims);
    return runner.alone({batch}).at(batch);
  };
  const auto shared = BatchTrial(bytes, {Precision::automatic, 1, 2}, {}).model();
  Session session(shared);
  for (const auto& [height, width] :
       std::vector<std::pair<std::int64_t, std::int64_t>>{{8, 8}, {64, 48}, {9, 31}, {2, 2}, {64, 48}, {8, 8}}) {
    const std::vector<std::int64_t> dims = {3, height, width};
    EXPECT_EQ(BatchTrial(bytes, {}, dims).run(session, 2), alone(dims, 2)) << height << "x" << width;
  }
}

/// The networks that come with mien, below the repository's models folder.
TEST(Shapes, OfTheShippedModels) {
  std::size_t models = 0;
  for (const auto& entry : fs::directory_iterator(testing::source_folder() / "models")) {
    if (entry.path().extension() != ".onnx") continue;
    const auto bytes = read_bytes(entry.path());
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto declared = Model::parse(text.data(), text.size()).inputs().at(0).shape;
    for (const auto precision : precisions()) {
      SCOPED_TRACE(entry.path().filename().string() + " " + name_of(precision));
      if (precision == Precision::int8 && !Model::parse(text.data(), text.size()).metadata().contains(calibration_key)) continue;
      const BatchTrial runner(text, {precision, 1, 2}, {declared.begin() + 1, declared.end()});
      EXPECT_EQ(expect_same_as_alone(runner, {33, 1, 32, 2, 31, 33}, 2), 5u);
    }
    ++models;
  }
  EXPECT_GE(models, 2u);
}

}  // namespace
}  // namespace mien::runtime
