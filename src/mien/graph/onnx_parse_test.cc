// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// The parser against protobuf's own.
#include "mien/graph/onnx_parse.h"

#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/graph/onnx_fixtures.h"

namespace mien::graph {
namespace {

using namespace onnx_fixtures;

constexpr std::size_t two_megabytes = 2 << 20;

::onnx::ModelProto parsed(const std::string& bytes, int block_size = -1) {
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()), block_size);
  ::onnx::ModelProto model;
  parse_message(stream, bytes.size(), model);
  return model;
}

std::string large_text(char first) {
  std::string text(two_megabytes, first);
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(text[i] + static_cast<char>(i % 61));
  return text;
}

/// Large and small fields in turns, at all depths.
::onnx::ModelProto mixed_model() {
  auto model = small_model();
  auto& graph = *model.mutable_graph();
  for (int i = 0; i < 6; ++i) {
    auto& tensor = *graph.add_initializer();
    tensor.set_name("tensor" + std::to_string(i));
    tensor.add_dims(i);
    tensor.set_raw_data(i % 2 == 0 ? large_text(static_cast<char>(i)) : "small");
    auto& node = add_node(model, "Constant", {}, {"c" + std::to_string(i)});
    auto& value = *add_attribute(node, "value", ::onnx::AttributeProto::TENSOR).mutable_t();
    value.set_raw_data(i % 2 == 1 ? large_text('c') : "small");
    value.set_name("behind the data");
  }
  graph.set_doc_string(large_text('d'));  // a large field that is no tensor
  auto& floats = *graph.add_initializer();
  for (int i = 0; i < 400'000; ++i) floats.add_float_data(static_cast<float>(i));
  return model;
}

TEST(OnnxParse, ReadsWhatProtobufReads) {
  const auto model = mixed_model();
  const auto bytes = model.SerializeAsString();
  for (const int block_size : {-1, 8192, 1 << 20}) EXPECT_EQ(parsed(bytes, block_size).SerializeAsString(), bytes);
  EXPECT_EQ(parsed(small_model().SerializeAsString()).SerializeAsString(), small_model().SerializeAsString());
  EXPECT_EQ(parsed("").SerializeAsString(), "");
}

TEST(OnnxParse, KeepsUnknownFieldsAndJoinsRepeatedGraphs) {
  const auto model = mixed_model();
  std::string unknown = "\x98\x06\x2a";            // field 99, a number
  unknown += "\xa2\x06\x03" + std::string("abc");  // field 100, a text
  const auto bytes = model.SerializeAsString() + unknown + small_model().SerializeAsString();
  ::onnx::ModelProto expected;
  ASSERT_TRUE(expected.ParseFromString(bytes));
  EXPECT_EQ(parsed(bytes).SerializeAsString(), expected.SerializeAsString());
}

TEST(OnnxParse, RefusesATensorThatIsNoMessage) {
  std::string inner(two_megabytes, '\xff');
  const auto length = [](std::size_t size) {
    std::string text;
    for (; size > 0x7f; size >>= 7) text += static_cast<char>(size | 0x80);
    return text + static_cast<char>(size);
  };
  const std::string tensor = "\x2a" + length(inner.size()) + inner;
  EXPECT_THROW(parsed("\x3a" + length(tensor.size()) + tensor), Error);
}

}  // namespace
}  // namespace mien::graph
