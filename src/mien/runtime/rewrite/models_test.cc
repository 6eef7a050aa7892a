// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Networks of others: rewritten and plain arithmetic agree.
#include <filesystem>

#include "mien/graph/onnx_file.h"
#include "mien/runtime/rewrite/network_builder.h"

namespace mien::runtime {
namespace {

/// Reads the network, rewrites it for inputs of these dims and compares; no more nodes than that are left.
void expect_agreement(const std::string& file, const graph::Dims& dims, std::size_t most_nodes) {
  const auto shared = testing::shared_folder();
  if (!shared || !std::filesystem::exists(*shared / "models" / file)) GTEST_SKIP() << "needs the model file " << file;
  NetworkBuilder net;
  net.graph = graph::read_onnx(*shared / "models" / file);
  net.types = {{graph::DataType::f32, dims}};
  const auto typed = expect_same_results(net, 2e-5);
  EXPECT_LE(typed.graph.nodes.size(), most_nodes);
}

TEST(Models, MobileFaceNet) { expect_agreement("MobileFaceNet.onnx", {1, 3, 112, 112}, 52); }
TEST(Models, UltraFace) { expect_agreement("version-RFB-320.onnx", {1, 3, 240, 320}, 90); }
TEST(Models, YuNet) { expect_agreement("yunet_s_640_640.onnx", {1, 3, 640, 640}, 91); }

}  // namespace
}  // namespace mien::runtime
