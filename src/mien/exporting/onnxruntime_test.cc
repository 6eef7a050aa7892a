// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Full-size networks of every architecture, and every operator, exported and run by ONNX Runtime. The environment variable
// MIEN_ONNXRUNTIME names the folder of the npm package onnxruntime-node; without it the tests are skipped.
#include "mien/exporting/onnxruntime.h"

#include <cstdio>
#include <cstdlib>

#include "mien/base/files.h"
#include "mien/metrics/agreement.h"
#include "mien/exporting/convert_cases.h"
#include "mien/exporting/export_fixture.h"
#include "mien/testing/golden.h"

namespace mien::exporting {
namespace {

/// Skips without the package.
template <typename Parameter>
class WithOnnxRuntime : public ::testing::TestWithParam<Parameter> {
 protected:
  void SetUp() override {
    const char* package = std::getenv("MIEN_ONNXRUNTIME");
    if (package == nullptr) GTEST_SKIP() << "set MIEN_ONNXRUNTIME to the folder of the npm package onnxruntime-node";
    program_ = {.package = package, .script = mien::testing::source_folder() / "scripts" / "run_onnxruntime.mjs"};
  }
  /// Outputs of the graph, written as a file, for these images.
  std::map<std::string, RuntimeOutput> run(const graph::Graph& graph, const torch::Tensor& images) const {
    const TemporaryFolder folder;
    graph::write_onnx(graph, folder.path() / "network.onnx");
    const std::vector<float> input(images.data_ptr<float>(), images.data_ptr<float>() + images.numel());
    return run_onnxruntime(program_, folder.path() / "network.onnx", images.sizes().vec(), input);
  }
  OnnxRuntimeProgram program_;
};

class OnnxRuntimeOperator : public WithOnnxRuntime<testing::Case> {};

TEST_P(OnnxRuntimeOperator, AnswersAsLibtorch) {
  torch::manual_seed(2);
  const auto probe = std::make_shared<testing::Probe>();
  const auto x = torch::randn({5, 3, 8, 8});
  for (const int opset : {oldest_opset, newest_opset}) {
    const auto outputs =
        run(export_graph(testing::exportable(probe, GetParam().call), testing::probe_info(), {.opset = opset}), x);
    torch::NoGradGuard no_grad;
    const auto& got = outputs.at("logits");
    testing::expect_same(torch::tensor(got.values).reshape(got.dims), GetParam().call(*probe, x), GetParam().name, 1e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(Operators, OnnxRuntimeOperator, ::testing::ValuesIn(testing::cases()),
                         [](const auto& p) { return p.param.name; });

class OnnxRuntimeNetwork : public WithOnnxRuntime<std::string> {};

TEST_P(OnnxRuntimeNetwork, AnswersAsLibtorch) {
  torch::manual_seed(5);
  const auto network = create_network({.arch = GetParam()});
  testing::randomise(*network);
  const auto size = network->network_options().input_size;
  const auto graph = export_graph(*network, testing::info_for(network->network_options(), static_cast<int>(size)),
                                  {.outputs = {"logits", "probabilities"}});
  network->eval();
  torch::NoGradGuard no_grad;
  for (const std::int64_t batch : {1, 7}) {
    const auto images = torch::randn({batch, 3, size, size});
    const auto logits = network->logits(images).contiguous();
    const auto outputs = run(graph, images);
    const auto& got = outputs.at("logits");
    ASSERT_EQ(got.dims, logits.sizes().vec());
    const Agreement a = agreement({logits.data_ptr<float>(), got.values.size()}, got.values, static_cast<int>(logits.size(1)));
    std::printf("%s batch %d: range %.4g, max |difference| %.3g = %.3g of the range\n", GetParam().c_str(),
                static_cast<int>(batch), a.range, a.max_difference, a.relative());
    EXPECT_LE(a.relative(), 1e-4);
    const auto probabilities = torch::tensor(outputs.at("probabilities").values).reshape(logits.sizes());
    testing::expect_same(probabilities, torch::softmax(logits, 1), "probabilities");
  }
}

INSTANTIATE_TEST_SUITE_P(Architectures, OnnxRuntimeNetwork, ::testing::ValuesIn(architecture_names()),
                         [](const auto& p) { return p.param; });

}  // namespace
}  // namespace mien::exporting
