// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <span>

#include "mien/base/files.h"
#include "mien/graph/onnx_file.h"
#include "mien/testing/golden.h"

namespace mien::graph {
namespace {

/// What a published file holds, counted over its protobuf messages by ONNX's Python classes.
struct Expected {
  const char* file;
  int opset;
  std::size_t nodes;        ///< that are no Constant
  std::int64_t parameters;  ///< f32 values of all initialisers and Constant nodes
  Dims input;
};

TEST(OnnxModels, PublishedNetworksAreRead) {
  const auto shared = testing::shared_folder();
  if (!shared || !fs::exists(*shared / "models")) GTEST_SKIP() << "needs the folder of shared models";
  const Expected all[] = {
      {"MobileFaceNet.onnx", 18, 98, 990016, {1, 3, 112, 112}},
      {"samplenet.onnx", 8, 12, 62006, {1, 3, 32, 32}},
      {"version-RFB-320.onnx", 9, 211, 307624, {1, 3, 240, 320}},
      {"yunet_s_640_640.onnx", 11, 106, 53112, {1, 3, 640, 640}},
  };
  for (const auto& expected : all) {
    SCOPED_TRACE(expected.file);
    const Graph graph = read_onnx(*shared / "models" / expected.file);
    EXPECT_EQ(graph.opset, expected.opset);
    EXPECT_EQ(graph.nodes.size(), expected.nodes);
    std::int64_t parameters = 0;
    for (const auto& value : graph.values)
      if (value.constant && value.constant->type() == DataType::f32) parameters += value.constant->size();
    EXPECT_EQ(parameters, expected.parameters);
    ASSERT_EQ(graph.inputs.size(), 1u);
    EXPECT_EQ(graph.inputs[0].dims, expected.input);
    const std::string written = serialize_onnx(graph);
    EXPECT_EQ(serialize_onnx(parse_onnx(std::as_bytes(std::span(written)), "copy")), written);
  }
}

}  // namespace
}  // namespace mien::graph
