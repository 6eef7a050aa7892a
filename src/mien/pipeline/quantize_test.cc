// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/pipeline/quantize.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/random.h"
#include "mien/graph/onnx_file.h"
#include "mien/runtime/rewrite/network_builder.h"
#include "mien/runtime/runtime.h"

namespace mien {
namespace {

graph::Graph small_classifier() {
  runtime::NetworkBuilder n;
  auto x = n.node("Relu", {n.conv(n.input({-1, 1, 12, 12}), 1, 16)});
  x = n.node("Relu", {n.conv(x, 16, 16)});
  x = n.node("Flatten", {n.node("GlobalAveragePool", {x})});
  n.output(n.node("Gemm", {x, n.weights({16, 6}), n.weights({6})}));
  return n.graph;
}

std::vector<HostBatch> noise(std::uint64_t seed, int batches) {
  Random random(seed);
  std::vector<HostBatch> all(static_cast<std::size_t>(batches));
  for (auto& batch : all) {
    batch.size = 8, batch.channels = 1, batch.height = batch.width = 12;
    batch.images.resize(8 * 144);
    const double brightness = random.uniform(-2, 2);
    for (auto& value : batch.images) value = static_cast<float>(brightness + random.normal());
    batch.labels = {0, 1, 2, 3, 4, 5, -1, -1};
  }
  return all;
}

class Quantize : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!runtime::processor_has(runtime::Precision::int8)) GTEST_SKIP() << "the processor has no int8 products";
    graph::write_onnx(small_classifier(), model_);
  }
  QuantizeResult run(const QuantizeOptions& options) {
    return quantize(model_, output_, noise(1, 4), noise(2, 6), options, progress_);
  }

  TemporaryFolder folder_;
  fs::path model_ = folder_.path() / "model.onnx", output_ = folder_.path() / "out.onnx";
  Progress progress_;
};

TEST_F(Quantize, WritesRangesAndChecksBesideTheSameWeights) {
  const auto result = run({.least_bf16 = 0.5, .least_int8 = 0.5, .most_accuracy_loss = 1, .threads = 1});
  EXPECT_EQ(result.layers, 3u);
  EXPECT_TRUE(result.float_nodes.empty());
  ASSERT_EQ(result.checks.front().precision, "fp32");
  EXPECT_EQ(result.checks.front().agreement, 1);
  EXPECT_EQ(result.checks.back().precision, "int8");
  EXPECT_EQ(result.checks.back().images, 48);
  EXPECT_EQ(result.checks.back().labelled, 36);
  EXPECT_TRUE(result.checks.back().passed);

  auto before = graph::read_onnx(model_), after = graph::read_onnx(output_);
  const auto agreement = nlohmann::json::parse(after.metadata.at(runtime::agreement_key));
  EXPECT_EQ(agreement.at("int8").at("agreement").get<double>(), result.checks.back().agreement);
  after.metadata.clear(), before.metadata.clear();
  EXPECT_EQ(graph::serialize_onnx(before), graph::serialize_onnx(after));
  const auto model = runtime::Model::load(output_.string(), {runtime::Precision::int8, 1, 8});
  EXPECT_EQ(model.precision(), runtime::Precision::int8);
}

TEST_F(Quantize, KeepsHarmfulLayersInHigherPrecision) {
  const auto loose = run({.least_int8 = 0.5, .most_accuracy_loss = 1, .threads = 1});
  const auto strict = run({.least_int8 = 1.1, .most_accuracy_loss = 1, .threads = 1});  // cannot be reached
  EXPECT_FALSE(strict.checks.back().passed);
  EXPECT_EQ(strict.float_nodes.size(), 1u);  // at most half of the layers
  EXPECT_TRUE(loose.float_nodes.empty());
}

TEST_F(Quantize, NeedsImages) {
  EXPECT_THROW(quantize(model_, output_, {}, noise(2, 1), {}, progress_), Error);
  EXPECT_THROW(quantize(model_, output_, noise(1, 1), {}, {}, progress_), Error);
  EXPECT_FALSE(fs::exists(output_));
}

}  // namespace
}  // namespace mien
