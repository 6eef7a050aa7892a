// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// What every architecture's exported graph must keep to, run with the reference operators.
#include <algorithm>

#include "mien/base/error.h"
#include "mien/exporting/export_fixture.h"

namespace mien::exporting {
namespace {

using testing::count_nodes;
using testing::expect_same;

class ExportContract : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    torch::manual_seed(5);
    const ArchInfo& arch = architecture(GetParam());
    size_ = std::max<std::int64_t>(arch.min_size, 32);
    network_ = create_network(
        {.arch = GetParam(), .num_classes = 5, .in_channels = 3, .width = arch.scales ? 0.25 : 0, .input_size = size_});
    testing::randomise(*network_);
    info_ = testing::info_for(network_->network_options(), static_cast<int>(size_));
  }

  torch::Tensor images(std::int64_t count) const { return torch::randn({count, 3, size_, size_}); }

  /// Logits and features of libtorch in eval mode.
  std::vector<torch::Tensor> expected(const torch::Tensor& images) {
    torch::NoGradGuard no_grad;
    const FrozenModule frozen(*network_);
    Taps taps({"features"});
    const auto logits = network_->forward(images, taps);
    return {logits, taps.found.at("features")};
  }

  std::int64_t size_ = 0;
  std::shared_ptr<Network> network_;
  WeightsInfo info_;
};

TEST_P(ExportContract, TheFileAnswersAsLibtorchForAnyBatchSize) {
  const auto graph = testing::through_a_file(export_graph(*network_, info_, {.outputs = {"logits", "features"}}));
  for (const std::int64_t batch : {1, 7}) {
    const auto input = images(batch);
    const auto want = expected(input);
    const auto got = testing::run(graph, input);
    ASSERT_EQ(got.size(), 2u);
    expect_same(got[0], want[0], GetParam() + " logits");
    expect_same(got[1], want[1], GetParam() + " features");
  }
}

TEST_P(ExportContract, PortsNamesAndModesAreAsPromised) {
  network_->train();
  const auto graph = export_graph(*network_, info_);
  EXPECT_TRUE(network_->is_training());
  EXPECT_TRUE(network_->parameters().front().requires_grad());
  ASSERT_EQ(graph.inputs.size(), 1u);
  EXPECT_EQ(graph.values[static_cast<std::size_t>(graph.inputs[0].value)].name, "input");
  EXPECT_EQ(graph.inputs[0].dims, (graph::Dims{-1, 3, size_, size_}));
  EXPECT_EQ(graph.inputs[0].dim_names[0], "batch");
  ASSERT_EQ(graph.outputs.size(), 1u);
  EXPECT_EQ(graph.values[static_cast<std::size_t>(graph.outputs[0].value)].name, "logits");
  EXPECT_EQ(graph.outputs[0].dims, (graph::Dims{-1, 5}));
  const auto named = [&](const std::string& name) {
    return std::any_of(graph.values.begin(), graph.values.end(), [&](const auto& v) { return v.name == name && v.constant; });
  };
  EXPECT_TRUE(named(network_->stem_weight()));
  EXPECT_TRUE(named(network_->head_prefix() + "weight"));
  // Only the pre-activation network has norms that no convolution feeds.
  EXPECT_EQ(count_nodes(graph, "BatchNormalization") > 0, GetParam() == "preact_resnet18");
  EXPECT_EQ(count_nodes(graph, "Dropout"), 0);
}

/// vgg16 has 134 million values: its exported file is compared in the test with ONNX Runtime. resnet50_vggface2 is resnet50 with
/// other strides.
std::vector<std::string> small_architectures() {
  auto names = architecture_names();
  std::erase_if(names, [](const auto& name) { return name == "vgg16" || name == "resnet50_vggface2"; });
  return names;
}
INSTANTIATE_TEST_SUITE_P(Architectures, ExportContract, ::testing::ValuesIn(small_architectures()),
                         [](const auto& p) { return p.param; });

std::shared_ptr<Network> small_network(std::int64_t classes = 4) {
  torch::manual_seed(9);
  auto network =
      create_network({.arch = "face_resnet", .num_classes = classes, .in_channels = 1, .width = 0.125, .input_size = 16});
  testing::randomise(*network);
  return network;
}

TEST(ExportGraph, EveryOpsetAnswersTheSame) {
  const auto network = small_network();
  const auto info = testing::info_for(network->network_options(), 16);
  const auto input = torch::randn({3, 1, 16, 16});
  const auto want = testing::run(export_graph(*network, info), input)[0];
  for (int opset = oldest_opset; opset < newest_opset; ++opset) {
    const auto graph = testing::through_a_file(export_graph(*network, info, {.opset = opset}));
    EXPECT_EQ(graph.opset, opset);
    EXPECT_TRUE(torch::equal(testing::run(graph, input)[0], want)) << opset;
  }
}

TEST(ExportGraph, AFixedBatchSizeIsWrittenDown) {
  const auto network = small_network();
  const auto graph = export_graph(*network, testing::info_for(network->network_options(), 16), {.static_batch = 2});
  EXPECT_EQ(graph.inputs[0].dims, (graph::Dims{2, 1, 16, 16}));
  EXPECT_EQ(graph.outputs[0].dims, (graph::Dims{2, 4}));
  EXPECT_EQ(testing::run(graph, torch::randn({2, 1, 16, 16}))[0].sizes(), torch::IntArrayRef({2, 4}));
}

TEST(ExportGraph, ProbabilitiesAreTheSoftmaxOfTheCalibratedLogits) {
  const auto network = small_network();
  auto info = testing::info_for(network->network_options(), 16);
  info.temperature = 2.5;
  const auto graph = export_graph(*network, info, {.outputs = {"probabilities", "logits"}});
  const auto got = testing::run(graph, torch::randn({3, 1, 16, 16}));
  expect_same(got[0], torch::softmax(got[1] / 2.5, 1), "probabilities", 1e-6);
}

std::string message_of(const std::function<void()>& call, std::string* hint = nullptr) {
  try {
    call();
  } catch (const Error& error) {
    if (hint) *hint = error.hint();
    return error.what();
  }
  return "";
}

TEST(ExportGraph, OpsetsOutOfRangeAreRefused) {
  const auto network = small_network();
  const auto info = testing::info_for(network->network_options(), 16);
  std::string hint;
  for (const int opset : {12, 18}) {
    EXPECT_EQ(message_of([&] { export_graph(*network, info, {.opset = opset}); }, &hint),
              "opset " + std::to_string(opset) + " cannot be written");
    EXPECT_NE(hint.find("13 to 17"), std::string::npos) << hint;
  }
}

TEST(ExportGraph, AnOutputThatTheNetworkLacksNamesThoseItHas) {
  const auto network = small_network();
  std::string hint;
  EXPECT_EQ(
      message_of([&] { export_graph(*network, testing::info_for(network->network_options(), 16), {.outputs = {"attention"}}); },
                 &hint),
      "face_resnet has no output 'attention'");
  EXPECT_EQ(hint, "It has: logits, features, probabilities.");
}

}  // namespace
}  // namespace mien::exporting
