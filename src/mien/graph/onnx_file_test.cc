// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/graph/onnx_file.h"

#include <gtest/gtest.h>

#include "mien/base/files.h"
#include "mien/graph/onnx_fixtures.h"

namespace mien::graph {
namespace {

using namespace onnx_fixtures;
using ::onnx::AttributeProto;

TEST(OnnxFile, ReadsASmallModel) {
  const Graph graph = parse(small_model());
  EXPECT_EQ(graph.name, "test");
  EXPECT_EQ(graph.opset, 13);
  EXPECT_EQ(graph.metadata.at("classes"), "a,b,c");
  ASSERT_EQ(graph.inputs.size(), 1u);
  EXPECT_EQ(graph.values[graph.inputs[0].value].name, "x");
  EXPECT_EQ(graph.inputs[0].dims, (Dims{2, 3}));
  EXPECT_EQ(graph.outputs[0].dims, (Dims{2, 3}));
  EXPECT_EQ(constant(graph, "w").floats(), (std::vector<float>{1, 0, 0, 0, 2, 0, 0, 0, 3}));
  EXPECT_EQ(constant(graph, "b").floats(), (std::vector<float>{1, -2, 0.5f}));
  ASSERT_EQ(graph.nodes.size(), 2u);  // the Constant node became a constant
  EXPECT_EQ(graph.nodes[0].label(), "Gemm node 'fc'");
  EXPECT_EQ(graph.nodes[0].real("alpha", 0), 1.0f);
  EXPECT_EQ(graph.nodes[0].integer("transB", 7), 0);
  EXPECT_EQ(graph.nodes[1].name, "Relu_2");  // its place in the file
}

TEST(OnnxFile, SortsNodesAndKeepsOptionalInputsLeftOut) {
  auto model = empty_model();
  add_node(model, "Clip", {"u", "", "high"}, {"y", ""});
  add_node(model, "Relu", {"x"}, {"u"});
  *model.mutable_graph()->add_initializer() = float_tensor("high", {}, {6});
  const Graph graph = parse(model);
  ASSERT_EQ(graph.nodes.size(), 2u);
  EXPECT_EQ(graph.nodes[0].op, "Relu");
  EXPECT_EQ(graph.nodes[1].input(1), no_value);
  EXPECT_EQ(graph.constant(graph.nodes[1].input(2))->floats(), std::vector<float>{6});
  EXPECT_EQ(graph.nodes[1].input(3), no_value);
}

TEST(OnnxFile, DropsInitialisersFromTheInputs) {
  auto model = small_model();
  model.set_ir_version(3);
  add_port(*model.mutable_graph()->mutable_input(), "w", {3, 3});
  EXPECT_EQ(parse(model).inputs.size(), 1u);
}

TEST(OnnxFile, ReadsFreeDimsAndHalfPrecisionPorts) {
  auto model = small_model();
  auto& type = *model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type();
  type.set_elem_type(::onnx::TensorProto::FLOAT16);
  type.mutable_shape()->mutable_dim(0)->set_dim_param("batch");
  type.mutable_shape()->mutable_dim(1)->set_dim_value(-1);
  model.mutable_graph()->mutable_output(0)->clear_type();
  const Graph graph = parse(model);
  EXPECT_EQ(graph.inputs[0].type, DataType::f32);
  EXPECT_EQ(graph.inputs[0].dims, (Dims{-1, -1}));
  EXPECT_EQ(graph.inputs[0].dim_names, (std::vector<std::string>{"batch", ""}));
  EXPECT_FALSE(graph.outputs[0].has_shape);
}

TEST(OnnxFile, ReadsEveryKindOfAttribute) {
  auto model = empty_model();
  auto& node = add_node(model, "Op", {"x"}, {"y"});
  node.set_domain("com.microsoft");
  add_attribute(node, "i", AttributeProto::INT).set_i(-5);
  add_attribute(node, "f", AttributeProto::FLOAT).set_f(2.5f);
  add_attribute(node, "s", AttributeProto::STRING).set_s("text");
  *add_attribute(node, "t", AttributeProto::TENSOR).mutable_t() = float_tensor("", {2}, {1, 2});
  auto& ints = add_attribute(node, "ints", AttributeProto::INTS);
  for (const int i : {3, 4}) ints.add_ints(i);
  add_attribute(node, "floats", AttributeProto::FLOATS).add_floats(0.25f);
  add_attribute(node, "strings", AttributeProto::STRINGS).add_strings("one");
  add_attribute(node, "none", AttributeProto::INTS);
  add_attribute(node, "untyped", AttributeProto::UNDEFINED).set_i(9);
  const Node read = parse(model).nodes.at(0);
  EXPECT_EQ(read.domain, "com.microsoft");
  EXPECT_EQ(read.integer("i", 0), -5);
  EXPECT_EQ(read.real("f", 0), 2.5f);
  EXPECT_EQ(read.text("s", ""), "text");
  EXPECT_EQ(read.tensor("t")->floats(), (std::vector<float>{1, 2}));
  EXPECT_EQ(read.integers("ints"), (std::vector<std::int64_t>{3, 4}));
  EXPECT_EQ(read.reals("floats"), std::vector<float>{0.25f});
  EXPECT_EQ(std::get<std::vector<std::string>>(read.attributes.at("strings")), std::vector<std::string>{"one"});
  EXPECT_TRUE(read.integers("none", {1}).empty());
  EXPECT_EQ(read.integer("untyped", 0), 9);
}

TEST(OnnxFile, TurnsConstantNodesIntoConstants) {
  auto model = empty_model();
  add_attribute(add_node(model, "Constant", {}, {"a"}), "value_float", AttributeProto::FLOAT).set_f(2);
  add_attribute(add_node(model, "Constant", {}, {"b"}), "value_int", AttributeProto::INT).set_i(3);
  add_attribute(add_node(model, "Constant", {}, {"c"}), "value_ints", AttributeProto::INTS).add_ints(4);
  add_attribute(add_node(model, "Constant", {}, {"d"}), "value_floats", AttributeProto::FLOATS).add_floats(5);
  add_node(model, "Op", {"x", "a", "b", "c", "d"}, {"y"});
  const Graph graph = parse(model);
  EXPECT_EQ(graph.nodes.size(), 1u);
  EXPECT_EQ(constant(graph, "a").floats(), std::vector<float>{2});
  EXPECT_TRUE(constant(graph, "a").dims().empty());
  EXPECT_EQ(constant(graph, "b").integers(), std::vector<std::int64_t>{3});
  EXPECT_TRUE(constant(graph, "b").dims().empty());
  EXPECT_EQ(constant(graph, "c").dims(), Dims{1});
  EXPECT_EQ(constant(graph, "d").floats(), std::vector<float>{5});
  auto texts = empty_model();
  add_attribute(add_node(texts, "Constant", {}, {"y"}), "value_string", AttributeProto::STRING).set_s("no");
  EXPECT_TRUE(says(refusal(texts), {"Constant node 'Constant_0'", "'value_string'"}));
}

TEST(OnnxFile, MakesFloat32OfCastsToOtherFloats) {
  auto model = empty_model();
  add_attribute(add_node(model, "Cast", {"x"}, {"u"}), "to", AttributeProto::INT).set_i(::onnx::TensorProto::FLOAT16);
  add_attribute(add_node(model, "Cast", {"u"}, {"y"}), "to", AttributeProto::INT).set_i(::onnx::TensorProto::INT64);
  const Graph graph = parse(model);
  EXPECT_EQ(graph.nodes[0].integer("to", 0), ::onnx::TensorProto::FLOAT);
  EXPECT_EQ(graph.nodes[1].integer("to", 0), ::onnx::TensorProto::INT64);
}

TEST(OnnxFile, AcceptsTheSupportedOpsetsOnly) {
  for (int opset = 5; opset <= 21; ++opset) {
    auto model = small_model();
    model.mutable_opset_import(0)->set_version(opset);
    model.mutable_opset_import(0)->set_domain(opset % 2 == 0 ? "ai.onnx" : "");
    const std::string text = refusal(model);
    if (opset >= 7 && opset <= 18)
      EXPECT_EQ(text, "");
    else
      EXPECT_TRUE(says(text, {"opset " + std::to_string(opset), "7 to 18"}));
  }
  auto model = small_model();
  auto& other = *model.add_opset_import();
  other.set_domain("com.microsoft");
  other.set_version(1);
  EXPECT_EQ(parse(model).domains.at("com.microsoft"), 1);
  model.add_opset_import()->set_version(14);
  EXPECT_TRUE(says(refusal(model), {"13 and 14"}));
  model.clear_opset_import();
  EXPECT_TRUE(says(refusal(model), {"opset"}));
}

TEST(OnnxFile, NamesWhatItDoesNotSupport) {
  auto function = small_model();
  function.add_functions()->set_name("MyBlock");
  EXPECT_TRUE(says(refusal(function), {"'MyBlock'", "functions"}));
  auto sparse = small_model();
  sparse.mutable_graph()->add_sparse_initializer()->mutable_values()->set_name("thin");
  EXPECT_TRUE(says(refusal(sparse), {"sparse initialiser 'thin'"}));
  auto branch = small_model();
  auto& node = add_node(branch, "If", {"x"}, {"z"});
  node.set_name("gate");
  add_attribute(node, "then_branch", AttributeProto::GRAPH).mutable_g();
  EXPECT_TRUE(says(refusal(branch), {"If node 'gate'", "'then_branch'", "If, Loop, Scan"}));
  auto reference = small_model();
  add_attribute(*reference.mutable_graph()->mutable_node(1), "beta", AttributeProto::FLOAT).set_ref_attr_name("b");
  EXPECT_TRUE(says(refusal(reference), {"Gemm node 'fc'", "'beta'", "function"}));
  auto sequence = small_model();
  sequence.mutable_graph()->mutable_input(0)->mutable_type()->mutable_sequence_type();
  EXPECT_TRUE(says(refusal(sequence), {"input 'x'", "sequences"}));
  auto texts = small_model();
  texts.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(::onnx::TensorProto::STRING);
  EXPECT_TRUE(says(refusal(texts), {"input 'x'", "texts"}));
}

TEST(OnnxFile, NamesWhatContradictsItself) {
  auto initialisers = small_model();
  *initialisers.mutable_graph()->add_initializer() = float_tensor("w", {1}, {1});
  EXPECT_TRUE(says(refusal(initialisers), {"initialiser 'w'", "twice"}));
  auto inputs = small_model();
  add_port(*inputs.mutable_graph()->mutable_input(), "x", {1});
  EXPECT_TRUE(says(refusal(inputs), {"input 'x'", "twice"}));
  auto attributes = small_model();
  add_attribute(*attributes.mutable_graph()->mutable_node(1), "alpha", AttributeProto::FLOAT).set_f(2);
  EXPECT_TRUE(says(refusal(attributes), {"Gemm node 'fc'", "'alpha'", "twice"}));
  auto constants = small_model();
  add_attribute(add_node(constants, "Constant", {}, {"w"}), "value_float", AttributeProto::FLOAT).set_f(2);
  EXPECT_TRUE(says(refusal(constants), {"'w'", "constant already"}));
  auto input = small_model();
  add_attribute(add_node(input, "Constant", {}, {"x"}), "value_float", AttributeProto::FLOAT).set_f(2);
  EXPECT_TRUE(says(refusal(input), {"'x'", "constant too"}));
  auto missing = small_model();
  missing.mutable_graph()->mutable_initializer(0)->set_name("other");
  EXPECT_TRUE(says(refusal(missing), {"Gemm node 'fc'", "'w'", "no node makes"}));
  auto cycle = small_model();
  cycle.mutable_graph()->mutable_node(1)->set_input(0, "y");
  EXPECT_TRUE(says(refusal(cycle), {"depends on its own result"}));
  auto nameless = small_model();
  nameless.mutable_graph()->mutable_node(1)->clear_op_type();
  EXPECT_TRUE(says(refusal(nameless), {"node 1", "'fc'"}));
  auto outputs = small_model();
  outputs.mutable_graph()->clear_output();
  EXPECT_TRUE(says(refusal(outputs), {"no outputs"}));
}

TEST(OnnxFile, ReadsFromDiskAndNamesTheFile) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "small.onnx";
  write_atomically(file, small_model().SerializeAsString());
  EXPECT_EQ(read_onnx(file).nodes.size(), 2u);
  const auto code = [](const fs::path& path, const ReadLimits& limits = {}) {
    try {
      read_onnx(path, limits);
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).rfind(path.string() + ": ", 0), 0u) << error.what();
      return error.code();
    }
    return ErrorCode::interrupted;
  };
  EXPECT_EQ(code(folder.path() / "other.onnx"), ErrorCode::not_found);
  EXPECT_EQ(code(folder.path()), ErrorCode::not_found);
  EXPECT_EQ(code(file, {.max_file_bytes = 100}), ErrorCode::bad_file);
  EXPECT_EQ(code(file, {.max_nodes = 2}), ErrorCode::bad_file);  // the file has three
  write_atomically(file, "");
  EXPECT_EQ(code(file), ErrorCode::bad_file);
  write_atomically(file, "\x89PNG\r\n\x1a\n and so on");
  EXPECT_EQ(code(file), ErrorCode::bad_file);
}

}  // namespace
}  // namespace mien::graph
