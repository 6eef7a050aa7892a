// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// What a session does with its threads.
#include <omp.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "mien/graph/onnx_file.h"
#include "mien/runtime/engine/networks_for_tests.h"
#include "mien/runtime/openmp_scope.h"
#include "mien/runtime/runtime.h"
#include "mien/runtime/session_lane.h"

namespace mien::runtime {
namespace {

constexpr std::int64_t kPixels = 3 * 8 * 8;

/// Any number of images of 8 x 8; logits [N,5] and a map [N,16,8,8].
graph::Graph image_network() {
  NetworkBuilder n;
  const auto x = n.node("Relu", {n.conv(n.input({-1, 3, 8, 8}), 3, 16)});
  const auto y = n.node("Relu", {n.conv(x, 16, 64)});
  n.output(n.node("Gemm", {n.node("Flatten", {n.node("GlobalAveragePool", {y})}), n.weights({64, 5}), n.weights({5})}));
  n.output(n.node("Add", {x, n.conv(y, 64, 16, 1)}));
  return n.graph;
}

/// Subtracts the mean of all images.
graph::Graph mixing_network() {
  NetworkBuilder n;
  const auto x = n.conv(n.input({-1, 3, 8, 8}), 3, 16);
  n.output(n.node("Sub", {x, n.node("ReduceMean", {x}, {{"axes", Integers{0}}})}));
  return n.graph;
}

Model model_of(const graph::Graph& graph, int threads, Precision precision = Precision::fp32) {
  const auto bytes = graph::serialize_onnx(graph);
  ModelOptions options;
  options.precision = precision;
  options.threads = threads;
  return Model::parse(bytes.data(), bytes.size(), "network", options);
}

std::vector<float> images(std::int64_t count) { return testing::fill("images", {count, 3, 8, 8}, "input_pm1", 2); }

using Outputs = std::vector<graph::Tensor>;

Outputs copies_of(const std::vector<TensorView>& views) {
  Outputs outputs;
  for (const auto& view : views) {
    graph::Tensor tensor(data_type(view.type), view.shape);
    std::memcpy(tensor.raw(), view.data, tensor.bytes());
    outputs.push_back(std::move(tensor));
  }
  return outputs;
}

Outputs answers(Session& session, const std::vector<float>& pixels) {
  return copies_of(session.run({{{static_cast<std::int64_t>(pixels.size()) / kPixels, 3, 8, 8}, pixels.data()}}));
}

std::vector<TensorView> views_of(const std::vector<graph::Tensor>& tensors) {
  std::vector<TensorView> views;
  for (const auto& tensor : tensors) views.emplace_back(tensor.dims(), tensor.values<float>().data());
  return views;
}

/// By plain evaluation.
Outputs expected(const graph::Graph& graph, const std::vector<float>& pixels) {
  const graph::Dims dims{static_cast<std::int64_t>(pixels.size()) / kPixels, 3, 8, 8};
  return reference_run(specialise(graph, {{graph::DataType::f32, dims}}), {graph::Tensor::of(pixels).reshaped(dims)});
}

void expect_close(const Outputs& found, const Outputs& right, const std::string& what) {
  ASSERT_EQ(found.size(), right.size());
  for (std::size_t i = 0; i < right.size(); ++i) EXPECT_LE(difference(found[i], right[i]), 2e-5) << what << ", output " << i;
}

bool same_bits(const Outputs& a, const Outputs& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.dims() == y.dims() && std::memcmp(x.raw(), y.raw(), x.bytes()) == 0;
  });
}

TEST(Threads, EveryBatchGivesTheRightAnswersOnAnyNumberOfThem) {
  for (const int threads : {1, 2, 3}) {
    Session session(model_of(image_network(), threads));
    for (const std::int64_t batch : {1, 2, 3, 4, 7, 16, 5, 1, 33, 2})
      expect_close(answers(session, images(batch)), expected(image_network(), images(batch)),
                   std::to_string(batch) + " images, " + std::to_string(threads) + " threads");
  }
}

TEST(Threads, NetworksThatMixImagesAreNotCut) {
  Session session(model_of(mixing_network(), 2));
  for (const std::int64_t batch : {2, 5, 8})
    expect_close(answers(session, images(batch)), expected(mixing_network(), images(batch)), std::to_string(batch));
}

TEST(Threads, ABatchIsCutNoFinerThanShapesAreKept) {
  auto options = ModelOptions{Precision::fp32, 2};
  options.cached_shapes = 1;
  const auto bytes = graph::serialize_onnx(image_network());
  Session session(Model::parse(bytes.data(), bytes.size(), "network", options));
  for (const std::int64_t batch : {7, 8, 7})
    expect_close(answers(session, images(batch)), expected(image_network(), images(batch)), std::to_string(batch));
}

TEST(Threads, TheSameBatchGivesTheSameBits) {
  Session session(model_of(image_network(), 2));
  const auto pixels = images(11), one = images(1);
  const auto first = answers(session, pixels), first_one = answers(session, one);
  for (int run = 0; run < 30; ++run) {
    ASSERT_TRUE(same_bits(answers(session, pixels), first)) << run;
    ASSERT_TRUE(same_bits(answers(session, one), first_one)) << run;  // among them runs of one thread alone
  }
}

TEST(Threads, SeveralSessionsShareTheHelpers) {
  const auto model = model_of(image_network(), 3);
  Session alone(model);
  const auto pixels = images(10);
  const auto right = answers(alone, pixels);
  std::vector<std::thread> callers;
  std::vector<int> wrong(4);
  for (std::size_t c = 0; c < wrong.size(); ++c)
    callers.emplace_back([&, c] {
      Session session(model);
      for (int run = 0; run < 20; ++run) wrong[c] += !same_bits(answers(session, pixels), right);
    });
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST(Threads, ThoseWhoComputeInParallelAlreadyGetTheSameAnswers) {
  const auto model = model_of(image_network(), 2);
  const auto pixels = images(6);
  const auto right = expected(image_network(), pixels);
  std::vector<Outputs> found(2);
#pragma omp parallel for num_threads(2)
  for (std::size_t i = 0; i < 2; ++i) {
    Session session(model);
    found[i] = answers(session, pixels);
  }
  for (const auto& outputs : found) expect_close(outputs, right, "in a parallel region");
}

/// Products of computed matrices look up the number of threads when they run.
TEST(Threads, AttentionIsRightInsideAParallelRegion) {
  const auto named = attention();
  const auto typed = specialise(named.network.graph, named.network.types);
  const auto inputs = example_inputs(typed);
  const auto right = reference_run(typed, inputs);
  const auto model = model_of(named.network.graph, 3);
  std::vector<Outputs> found(2);
#pragma omp parallel for num_threads(2)
  for (std::size_t i = 0; i < 2; ++i) {
    Session session(model);
    found[i] = copies_of(session.run(views_of(inputs)));
  }
  for (const auto& outputs : found) expect_close(outputs, right, "in a parallel region");
}

TEST(Threads, TheCallersOwnSettingStays) {
  omp_set_num_threads(5);
  const int levels = omp_get_max_active_levels();
  const auto pixels = images(6);
  for (const int threads : {1, 2, 3}) {
    const auto model = model_of(image_network(), threads);
    Session session(model);
    for (const std::int64_t batch : {1, 2, 6}) {
      for (int run = 0; run < 8; ++run) session.run({{{batch, 3, 8, 8}, pixels.data()}});
      session.profile({{{batch, 3, 8, 8}, pixels.data()}}, 1);
    }
    Calibrator calibrator(model);
    calibrator.add({{{6, 3, 8, 8}, pixels.data()}});
    EXPECT_THROW(session.run({{{6, 4, 8, 8}, pixels.data()}}), Error);
    EXPECT_EQ(omp_get_max_threads(), 5);
    EXPECT_EQ(omp_get_max_active_levels(), levels);
  }
}

/// oneDNN's gemm cuts sums by the number of threads; nothing else does.
bool has_gemm(const engine::Program& program) {
  return std::any_of(program.steps.begin(), program.steps.end(),
                     [](const auto& step) { return step.implementation.find("gemm") != std::string::npos; });
}

/// Every kernel for several threads, run by one: the numbers may not depend on who computes them.
TEST(Threads, OneThreadGivesTheBitsOfSeveral) {
  for (const auto precision : {Precision::fp32, Precision::bf16}) {
    if (!processor_has(precision)) continue;
    for (const auto& named : networks_for_tests()) {
      const auto model = model_of(named.network.graph, 3, precision);
      auto& state = *ModelAccess::shared(model);
      const auto inputs = example_inputs(specialise(named.network.graph, named.network.types));
      const auto views = views_of(inputs);
      SessionLane lane;
      const auto alone = copies_of(lane.run_alone(state, views).outputs());
      const auto spread = copies_of(lane.run_spread(state, views).outputs());
      const std::string what = named.name + " " + name_of(precision);
      if (has_gemm(lane.prepare(state, shapes_of(views)).bound->program()))
        expect_close(alone, spread, what);
      else
        EXPECT_TRUE(same_bits(alone, spread)) << what;
    }
  }
}

}  // namespace
}  // namespace mien::runtime
