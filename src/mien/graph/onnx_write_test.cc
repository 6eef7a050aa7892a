// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstring>

#include "mien/base/files.h"
#include "mien/graph/onnx_fixtures.h"
#ifdef MIEN_HAS_ONNX_CHECKER
#include "onnx/checker.h"
#endif

namespace mien::graph {
namespace {

using namespace onnx_fixtures;
using ::onnx::AttributeProto;

bool equal(const Tensor& a, const Tensor& b) {
  return a.type() == b.type() && a.dims() == b.dims() && std::memcmp(a.raw(), b.raw(), a.bytes()) == 0;
}

bool equal(const Attribute& a, const Attribute& b) {
  if (a.index() != b.index()) return false;
  return std::visit(
      [&](const auto& left) {
        const auto& right = std::get<std::decay_t<decltype(left)>>(b);
        if constexpr (std::is_same_v<std::decay_t<decltype(left)>, Tensor>)
          return equal(left, right);
        else
          return left == right;
      },
      a);
}

void expect_equal(const Graph& graph_a, ValueId a, const Graph& graph_b, ValueId b) {
  ASSERT_EQ(a == no_value, b == no_value);
  if (a == no_value) return;
  EXPECT_EQ(graph_a.values[a].name, graph_b.values[b].name);
  const Tensor *constant_a = graph_a.constant(a), *constant_b = graph_b.constant(b);
  ASSERT_EQ(constant_a == nullptr, constant_b == nullptr) << graph_a.values[a].name;
  EXPECT_TRUE(constant_a == nullptr || equal(*constant_a, *constant_b)) << graph_a.values[a].name;
}

void expect_equal(const Graph& a, const Graph& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.opset, b.opset);
  EXPECT_EQ(a.metadata, b.metadata);
  for (const auto ports : {&Graph::inputs, &Graph::outputs}) {
    ASSERT_EQ((a.*ports).size(), (b.*ports).size());
    for (std::size_t i = 0; i < (a.*ports).size(); ++i) {
      const Port &left = (a.*ports)[i], &right = (b.*ports)[i];
      expect_equal(a, left.value, b, right.value);
      EXPECT_EQ(std::tie(left.type, left.dims, left.dim_names, left.has_shape),
                std::tie(right.type, right.dims, right.dim_names, right.has_shape));
    }
  }
  ASSERT_EQ(a.nodes.size(), b.nodes.size());
  for (std::size_t n = 0; n < a.nodes.size(); ++n) {
    const Node &left = a.nodes[n], &right = b.nodes[n];
    EXPECT_EQ(left.label(), right.label());
    ASSERT_EQ(left.inputs.size(), right.inputs.size());
    ASSERT_EQ(left.outputs.size(), right.outputs.size());
    for (std::size_t i = 0; i < left.inputs.size(); ++i) expect_equal(a, left.inputs[i], b, right.inputs[i]);
    for (std::size_t i = 0; i < left.outputs.size(); ++i) expect_equal(a, left.outputs[i], b, right.outputs[i]);
    ASSERT_EQ(left.attributes.size(), right.attributes.size());
    for (const auto& [key, value] : left.attributes) EXPECT_TRUE(equal(value, right.attributes.at(key))) << key;
  }
}

/// Named and free dims, an optional input left out, an operator of another domain, every kind of attribute.
Graph rich_graph() {
  auto model = small_model();
  auto& shape = *model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
  shape.mutable_dim(0)->set_dim_param("batch");
  model.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(0)->clear_value();
  add_node(model, "Clip", {"sum", "", "one"}, {"clipped"});
  *model.mutable_graph()->add_initializer() = float_tensor("one", {}, {1});
  auto& other = add_node(model, "Op", {"clipped"}, {"z"});
  other.set_domain("com.microsoft");
  add_attribute(other, "text", AttributeProto::STRING).set_s(std::string("a\0b", 3));
  add_attribute(other, "texts", AttributeProto::STRINGS).add_strings("c");
  add_attribute(other, "numbers", AttributeProto::INTS).add_ints(-4);
  add_attribute(other, "none", AttributeProto::FLOATS);
  *add_attribute(other, "table", AttributeProto::TENSOR).mutable_t() = float_tensor("", {0, 3}, {});
  add_port(*model.mutable_graph()->mutable_output(), "z", {2, 3}, ::onnx::TensorProto::INT8);
  return parse(model);
}

Graph reread(const Graph& graph) { return parse(serialize_onnx(graph)); }

::onnx::ModelProto written(const Graph& graph) {
  ::onnx::ModelProto model;
  EXPECT_TRUE(model.ParseFromString(serialize_onnx(graph)));
  return model;
}

TEST(OnnxWrite, ReadsBackWhatItWrote) {
  const Graph graph = rich_graph();
  expect_equal(graph, reread(graph));
  const TemporaryFolder folder;
  write_onnx(graph, folder.path() / "m.onnx");
  expect_equal(graph, read_onnx(folder.path() / "m.onnx"));
  EXPECT_EQ(read_text(folder.path() / "m.onnx"), serialize_onnx(graph));
}

TEST(OnnxWrite, ReadsBackEveryElementType) {
  for (const auto type : {DataType::f32, DataType::i8, DataType::u8, DataType::i16, DataType::u16, DataType::i32, DataType::u32,
                          DataType::i64, DataType::u64, DataType::boolean}) {
    Graph graph = parse(small_model());
    const auto bytes = 3 * element_size(type);
    const Tensor tensor = Tensor::adopt(type, {3, 1}, std::string(bytes, '\1'));
    graph.nodes[0].inputs[2] = graph.add_constant("other", tensor);
    const Graph copy = reread(graph);
    EXPECT_TRUE(equal(constant(copy, "other"), tensor)) << name_of(type);
  }
}

TEST(OnnxWrite, IsDeterministicAndSaysWhoWroteIt) {
  EXPECT_EQ(serialize_onnx(rich_graph()), serialize_onnx(rich_graph()));
  EXPECT_EQ(serialize_onnx(reread(rich_graph())), serialize_onnx(reread(reread(rich_graph()))));
  EXPECT_EQ(written(rich_graph()).producer_name(), "mien");
  const auto model = written(rich_graph());
  ASSERT_EQ(model.opset_import_size(), 2);
  EXPECT_EQ(model.opset_import(0).domain(), "");
  EXPECT_EQ(model.opset_import(0).version(), 13);
  EXPECT_EQ(model.opset_import(1).domain(), "com.microsoft");
  const auto& shape = model.graph().input(0).type().tensor_type().shape();
  EXPECT_EQ(shape.dim(0).dim_param(), "batch");
  EXPECT_EQ(shape.dim(1).dim_value(), 3);
}

TEST(OnnxWrite, TakesTheFormatVersionOfTheOpset) {
  const std::map<int, int> versions{{7, 4},  {8, 4},  {9, 4},  {10, 5}, {11, 6}, {12, 7},
                                    {13, 7}, {14, 7}, {15, 8}, {16, 8}, {17, 8}, {18, 8}};
  Graph graph = parse(small_model());
  for (const auto& [opset, version] : versions) {
    graph.opset = opset;
    EXPECT_EQ(written(graph).ir_version(), version) << opset;
  }
  for (const int opset : {0, 6, 19}) {
    graph.opset = opset;
    EXPECT_THROW(serialize_onnx(graph), Error) << opset;
  }
}

TEST(OnnxWrite, MakesNamesUniqueAndLeavesOutUnusedValues) {
  Graph graph = parse(small_model());
  graph.values[graph.nodes[0].outputs[0]].name = "x";  // the name of the input
  graph.values[graph.nodes[0].inputs[1]].name = "";
  graph.values[graph.nodes[0].inputs[2]].name = "";
  graph.add_constant("unused", Tensor::scalar(1));
  const auto model = written(graph);
  ASSERT_EQ(model.graph().initializer_size(), 2);
  EXPECT_EQ(model.graph().initializer(0).name(), "value_1");
  EXPECT_EQ(model.graph().initializer(1).name(), "value_2");
  EXPECT_EQ(model.graph().input(0).name(), "x");
  EXPECT_EQ(model.graph().node(0).output(0), "x_1");
  EXPECT_EQ(model.graph().node(1).input(0), "x_1");
  EXPECT_EQ(reread(graph).nodes.size(), 2u);
}

TEST(OnnxWrite, RefusesWhatOnnxCannotHold) {
  const auto refusal = [](const Graph& graph) -> std::string {
    try {
      serialize_onnx(graph);
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      return error.what();
    }
  };
  Graph joined = parse(small_model());
  joined.nodes[0].post.push_back({});
  EXPECT_TRUE(says(refusal(joined), {"Gemm node 'fc'"}));
  Graph own = parse(small_model());
  own.nodes[1].domain = "mien";
  EXPECT_TRUE(says(refusal(own), {"Relu node"}));
  Graph released = parse(small_model());
  released.values[released.nodes[0].inputs[1]].constant->release_data();
  EXPECT_TRUE(says(refusal(released), {"'w'", "released"}));
  Graph ports = parse(small_model());
  ports.values[ports.outputs[0].value].name = "x";
  EXPECT_TRUE(says(refusal(ports), {"'x'"}));
}

#ifdef MIEN_HAS_ONNX_CHECKER
TEST(OnnxWrite, PassesTheCheckerOfOnnx) {
  Graph graph = parse(small_model());
  for (int opset = 7; opset <= 17; ++opset) {
    graph.opset = opset;
    EXPECT_NO_THROW(::onnx::checker::check_model(written(graph))) << opset;
  }
  graph.nodes[0].op = "NoSuchOperator";
  EXPECT_THROW(::onnx::checker::check_model(written(graph)), ::onnx::checker::ValidationError);  // it does look
}
#endif

}  // namespace
}  // namespace mien::graph
