// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <malloc.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <thread>

#include "mien/base/files.h"
#include "mien/graph/onnx_file.h"
#include "mien/runtime/engine/networks_for_tests.h"
#include "mien/runtime/runtime.h"

namespace mien::runtime {
namespace {

using ::testing::HasSubstr;

/// Any number of images of 8 x 8, five logits.
graph::Graph classifier() {
  NetworkBuilder n;
  auto x = n.node("Relu", {n.conv(n.input({-1, 3, 8, 8}), 3, 64)});
  x = n.node("Relu", {n.conv(x, 64, 64)});
  x = n.node("Flatten", {n.node("GlobalAveragePool", {x})});
  n.output(n.node("Gemm", {x, n.weights({64, 5}), n.weights({5})}));
  return n.graph;
}

Model model_of(const graph::Graph& graph, ModelOptions options = {Precision::fp32, 1, 8}) {
  const auto bytes = graph::serialize_onnx(graph);
  return Model::parse(bytes.data(), bytes.size(), "classifier", options);
}

std::vector<float> images(std::int64_t count, double scale = 1) {
  return testing::fill("images", {count, 3, 8, 8}, "input_pm1", scale);
}

std::vector<float> answers(Session& session, const std::vector<float>& pixels) {
  const auto count = static_cast<std::int64_t>(pixels.size()) / 192;
  const auto& out = session.run({{{count, 3, 8, 8}, pixels.data()}}).at(0);
  EXPECT_EQ(out.shape, (std::vector<std::int64_t>{count, 5}));
  return {out.values<float>(), out.values<float>() + out.size()};
}

template <typename F>
std::string message_of(F f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  return "nothing was thrown";
}

TEST(Model, SaysWhatItTakesAndGives) {
  const auto model = model_of(classifier());
  ASSERT_EQ(model.inputs().size(), 1u);
  EXPECT_EQ(model.inputs()[0].name, "input0");
  EXPECT_EQ(model.inputs()[0].shape, (std::vector<std::int64_t>{-1, 3, 8, 8}));
  EXPECT_EQ(model.inputs()[0].type, ElementType::f32);
  EXPECT_EQ(model.outputs().size(), 1u);
  EXPECT_EQ(model.precision(), Precision::fp32);
  EXPECT_EQ(model.threads(), 1);
}

TEST(Model, AnyBatchGivesTheAnswersOfSingleImages) {
  const auto model = model_of(classifier());
  Session session(model);
  const auto seven = images(7);
  const auto together = answers(session, seven);
  for (std::size_t i = 0; i < 7; ++i) {
    const auto alone = answers(session, {seven.begin() + static_cast<std::ptrdiff_t>(i * 192),
                                         seven.begin() + static_cast<std::ptrdiff_t>((i + 1) * 192)});
    for (std::size_t k = 0; k < 5; ++k) EXPECT_NEAR(alone[k], together[i * 5 + k], 1e-5);
  }
}

TEST(Model, MoreShapesThanAreKeptStillWork) {
  const auto model = model_of(classifier(), {Precision::fp32, 1, 2});
  Session session(model);
  const auto first = answers(session, images(1));
  for (int round = 0; round < 2; ++round)
    for (int batch = 1; batch <= 5; ++batch) {
      const auto found = answers(session, images(batch));
      for (std::size_t k = 0; k < 5; ++k) EXPECT_NEAR(found[k], first[k], 1e-5) << batch;
    }
}

TEST(Model, ManySessionsAtOnce) {
  const auto model = model_of(classifier());
  Session alone(model);
  const auto expected = answers(alone, images(3));
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      Session session(model);
      for (int i = 0; i < 20; ++i)
        if (answers(session, images(3)) != expected || answers(session, images(1 + i % 4)).empty()) ++wrong[t];
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST(Model, OutlivesNothingItsSessionsNeed) {
  auto session = std::make_unique<Session>(model_of(classifier()));
  EXPECT_EQ(answers(*session, images(2)).size(), 10u);
}

TEST(Model, HoldsItsWeightsOnce) {
  const auto model = model_of(classifier());
  Session session(model);
  answers(session, images(1));
  EXPECT_LE(static_cast<double>(model.weight_bytes()), 1.5 * static_cast<double>(model.file_weight_bytes()));
  answers(session, images(4));
  EXPECT_LE(static_cast<double>(model.weight_bytes()), 2.2 * static_cast<double>(model.file_weight_bytes()));
}

TEST(Model, LargeConstantsThatAreNoWeightsServeEveryShape) {
  NetworkBuilder n;
  const auto x = n.node("Relu", {n.conv(n.input({-1, 3, 8, 8}), 3, 64)});
  n.output(n.node("Sub", {n.weights({1, 64, 8, 8}), x}));  // the constant comes first: plain arithmetic
  n.output(n.node("Add", {x, n.weights({1, 64, 8, 8})}));
  const auto model = model_of(n.graph);
  Session session(model);
  const auto three = images(3);
  for (const std::int64_t batch : {1, 3, 2}) {
    std::vector<operators::TensorType> types{{graph::DataType::f32, {batch, 3, 8, 8}}};
    const auto pixels =
        graph::Tensor::of(std::vector<float>(three.begin(), three.begin() + batch * 192)).reshaped({batch, 3, 8, 8});
    const auto expected = reference_run(specialise(n.graph, types), {pixels});
    const auto& found = session.run({{pixels.dims(), pixels.values<float>().data()}});
    for (std::size_t i = 0; i < expected.size(); ++i)
      for (std::int64_t k = 0; k < expected[i].size(); ++k)
        ASSERT_NEAR(found[i].values<float>()[k], expected[i].values<float>()[static_cast<std::size_t>(k)], 1e-4)
            << batch << " " << i;
  }
}

TEST(Model, RunningTakesNoMoreMemory) {
  const auto model = model_of(classifier());
  Session session(model);
  const auto pixels = images(1);
  for (int i = 0; i < 100; ++i) answers(session, pixels);
  const auto before = mallinfo2().uordblks;
  for (int i = 0; i < 20000; ++i) session.run({{{1, 3, 8, 8}, pixels.data()}});
  EXPECT_EQ(mallinfo2().uordblks, before);
}

TEST(Model, RefusesInputsThatDoNotFit) {
  const auto model = model_of(classifier());
  Session session(model);
  const auto pixels = images(1);
  const std::vector<std::int32_t> integers(192);
  EXPECT_THAT(message_of([&] { session.run({}); }), HasSubstr("0 inputs given, the network has 1"));
  EXPECT_THAT(message_of([&] {
                session.run({{{1, 3, 4, 16}, pixels.data()}});
              }),
              HasSubstr("input 'input0' has shape 1x3x4x16, the network takes -1x3x8x8"));
  EXPECT_THAT(message_of([&] { session.run({{{1, 3, 8, 8}, integers.data()}}); }), HasSubstr("holds i32, the network takes f32"));
  EXPECT_THAT(message_of([&] { session.run({{{1, 3, 8, 8}, static_cast<const float*>(nullptr)}}); }), HasSubstr("has no data"));
}

TEST(Model, NamesTheNodeThatCannotRun) {
  NetworkBuilder n;
  n.output(n.node("Add", {n.input({-1, 4}), n.weights({3})}));
  const auto model = model_of(n.graph);
  Session session(model);
  const std::vector<float> four(4);
  EXPECT_THAT(message_of([&] { session.run({{{1, 4}, four.data()}}); }), HasSubstr("Add_0"));
  NetworkBuilder unknown;
  unknown.output(unknown.node("Frobnicate", {unknown.input({1, 4})}));
  EXPECT_THAT(message_of([&] {
                const auto other = model_of(unknown.graph);
                Session(other).run({{{1, 4}, four.data()}});
              }),
              HasSubstr("Frobnicate"));
}

TEST(Model, Int8NeedsCalibration) {
  if (!processor_has(Precision::int8)) GTEST_SKIP() << "the processor has no int8 products";
  EXPECT_THAT(message_of([] { model_of(classifier(), {Precision::int8, 1, 8}); }), HasSubstr("int8 needs calibrated ranges"));
  auto graph = classifier();
  graph.metadata[calibration_key] = "{\"ranges\": 3}";
  EXPECT_THAT(message_of([&] { model_of(graph, {Precision::int8, 1, 8}); }), HasSubstr("is damaged"));
  graph.metadata[calibration_key] = R"({"ranges": {"x": [2, 1]}, "float_nodes": []})";
  EXPECT_THAT(message_of([&] { model_of(graph, {Precision::int8, 1, 8}); }), HasSubstr("is no range"));
}

TEST(Model, FloatNodesStayOutOfInt8) {
  if (!processor_has(Precision::int8)) GTEST_SKIP() << "the processor has no int8 products";
  auto graph = classifier();
  Calibrator calibrator(model_of(graph));
  const auto pixels = images(4);
  calibrator.add({{{4, 3, 8, 8}, pixels.data()}});
  const auto layers_in_int8 = [&](const std::vector<std::string>& float_nodes) {
    graph.metadata[calibration_key] = calibrator.finish(1.0, float_nodes);
    const auto model = model_of(graph, {Precision::int8, 1, 8});
    Session session(model);
    std::size_t reorders = 0;
    for (const auto& layer : session.profile({{{4, 3, 8, 8}, pixels.data()}}, 1))
      reorders += layer.gflop > 0 && layer.name == "Conv_2";
    EXPECT_EQ(reorders, 1u);
    return answers(session, pixels);
  };
  Session exact(model_of(graph));
  const auto expected = answers(exact, pixels);
  const auto error = [&](const std::vector<float>& found) {
    double sum = 0;
    for (std::size_t i = 0; i < found.size(); ++i) sum += std::pow(found[i] - expected[i], 2);
    return sum;
  };
  const double all = error(layers_in_int8({})), none = error(layers_in_int8({"Conv_0", "Conv_2", "Gemm_6"}));
  EXPECT_GT(all, 0);
  EXPECT_LT(none, all);
}

TEST(Model, AutomaticTakesInt8OnlyWithAPassedCheck) {
  auto graph = classifier();
  Calibrator calibrator(model_of(graph));
  const auto pixels = images(2);
  calibrator.add({{{2, 3, 8, 8}, pixels.data()}});
  graph.metadata[calibration_key] = calibrator.finish();
  EXPECT_NE(model_of(graph, {}).precision(), Precision::int8);
  graph.metadata[agreement_key] =
      R"({"int8": {"agreement": 0.98, "passed": false}, "bf16": {"agreement": 0.9, "passed": false}})";
  EXPECT_EQ(model_of(graph, {}).precision(), Precision::fp32);
  graph.metadata[agreement_key] = R"({"int8": {"agreement": 0.995, "passed": true}})";
  const auto model = model_of(graph, {});
  const bool has_vnni =
      processor_isa() == "avx512_core_vnni" || processor_isa() == "avx512_core_bf16" || processor_isa() == "avx512_core_amx";
  EXPECT_EQ(model.precision() == Precision::int8, has_vnni) << model.precision_reason();
  if (has_vnni) {
    EXPECT_THAT(model.precision_reason(), HasSubstr("99.50 % agreement"));
  }
}

TEST(Model, PrecisionsHaveNames) {
  EXPECT_EQ(precision_from("bf16"), Precision::bf16);
  EXPECT_THAT(message_of([] { precision_from("half"); }), HasSubstr("unknown precision 'half'"));
}

/// A value of /proc/self/status in bytes.
double memory_field(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind(name + ":", 0) == 0) return 1024.0 * std::stod(line.substr(name.size() + 1));
  return 0;
}

/// Large weights in every layout that is converted piece by piece: [N,K], [K,N], images, groups, transposed convolutions.
graph::Graph heavy_network() {
  NetworkBuilder n;
  const auto x = n.input({1, 2060, 1, 1});
  auto y = n.conv(x, 2060, 2300, 1);
  y = n.node("Relu", {n.node("ConvTranspose", {y, n.weights({2300, 2050, 1, 1})})});
  y = n.node("Conv", {y, n.weights({4100, 1025, 1, 1})}, {{"group", std::int64_t{2}}});
  y = n.node("Flatten", {y});
  y = n.node("Relu", {n.node("Gemm", {y, n.weights({1100, 4100}), n.weights({1100})}, {{"transB", std::int64_t{1}}})});
  n.output(n.node("MatMul", {y, n.weights({1100, 4111})}));
  return n.graph;
}

TEST(Model, LargeWeightsAreHeldOnceWhileTheyAreRead) {
  if (!std::ofstream("/proc/self/clear_refs")) GTEST_SKIP() << "the kernel does not count memory anew";
  const TemporaryFolder folder;
  const auto file = folder.path() / "heavy.onnx";
  const graph::Tensor pixels = graph::Tensor::of(testing::fill("pixels", {2060}, "input_pm1", 1)).reshaped({1, 2060, 1, 1});
  std::vector<float> expected;
  {
    const auto graph = heavy_network();
    graph::write_onnx(graph, file);
    expected = reference_run(specialise(graph, {{graph::DataType::f32, {1, 2060, 1, 1}}}), {pixels})[0].floats();
  }
  malloc_trim(0);
  for (const auto precision : {Precision::fp32, Precision::bf16}) {
    std::ofstream("/proc/self/clear_refs") << "5";
    const double before = memory_field("VmRSS");
    const auto model = Model::load(file.string(), {precision, 1, 8});
    Session session(model);
    const auto& found = session.run({{pixels.dims(), pixels.values<float>().data()}}).at(0);
    const double peak = memory_field("VmHWM") - before, weights = static_cast<double>(model.file_weight_bytes());
    double apart = 0, largest = 0;
    ASSERT_EQ(found.size(), static_cast<std::int64_t>(expected.size()));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      apart = std::max<double>(apart, std::abs(found.values<float>()[i] - expected[i]));
      largest = std::max<double>(largest, std::abs(expected[i]));
    }
    EXPECT_LE(apart / largest, precision == Precision::fp32 ? 2e-5 : 0.03);
#if !defined(__SANITIZE_ADDRESS__)
    EXPECT_GT(weights, 80e6);
    EXPECT_LE(peak, 1.3 * weights) << "weights of " << weights << " bytes";
#endif
  }
}

}  // namespace
}  // namespace mien::runtime
