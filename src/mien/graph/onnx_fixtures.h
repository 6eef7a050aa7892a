// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "mien/base/error.h"
#include "mien/graph/onnx_file.h"
#include "onnx/onnx_pb.h"

namespace mien::graph {

/// Messages of ONNX files for tests, built with the message classes themselves.
namespace onnx_fixtures {

inline void add_port(::google::protobuf::RepeatedPtrField<::onnx::ValueInfoProto>& ports, const std::string& name,
                     const Dims& dims, int type = ::onnx::TensorProto::FLOAT) {
  auto& port = *ports.Add();
  port.set_name(name);
  auto& tensor = *port.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  for (const auto dim : dims) tensor.mutable_shape()->add_dim()->set_dim_value(dim);
}

inline ::onnx::NodeProto& add_node(::onnx::ModelProto& model, const std::string& op, const std::vector<std::string>& inputs,
                                   const std::vector<std::string>& outputs) {
  auto& node = *model.mutable_graph()->add_node();
  node.set_op_type(op);
  for (const auto& name : inputs) node.add_input(name);
  for (const auto& name : outputs) node.add_output(name);
  return node;
}

inline ::onnx::AttributeProto& add_attribute(::onnx::NodeProto& node, const std::string& name,
                                             ::onnx::AttributeProto::AttributeType type) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

inline ::onnx::TensorProto tensor(const std::string& name, int type, const Dims& dims) {
  ::onnx::TensorProto message;
  message.set_name(name);
  message.set_data_type(type);
  for (const auto dim : dims) message.add_dims(dim);
  return message;
}

inline ::onnx::TensorProto float_tensor(const std::string& name, const Dims& dims, const std::vector<float>& values) {
  auto message = tensor(name, ::onnx::TensorProto::FLOAT, dims);
  message.set_raw_data(values.data(), values.size() * sizeof(float));
  return message;
}

/// A model of opset 13 without nodes that has the input x [2,3] and the output y [2,3].
inline ::onnx::ModelProto empty_model() {
  ::onnx::ModelProto model;
  model.set_ir_version(7);
  model.add_opset_import()->set_version(13);
  model.mutable_graph()->set_name("test");
  add_port(*model.mutable_graph()->mutable_input(), "x", {2, 3});
  add_port(*model.mutable_graph()->mutable_output(), "y", {2, 3});
  return model;
}

/// y = relu(x w + b), leaving nothing out that the reader handles: an initialiser of each kind of storage, a Constant node, an
/// unnamed node, attributes of several types, metadata.
inline ::onnx::ModelProto small_model() {
  auto model = empty_model();
  *model.mutable_graph()->add_initializer() = float_tensor("w", {3, 3}, {1, 0, 0, 0, 2, 0, 0, 0, 3});
  auto bias = tensor("half", ::onnx::TensorProto::FLOAT16, {3});
  for (const int bits : {0x3c00, 0xc000, 0x3800}) bias.add_int32_data(bits);
  *add_attribute(add_node(model, "Constant", {}, {"b"}), "value", ::onnx::AttributeProto::TENSOR).mutable_t() = bias;
  auto& gemm = add_node(model, "Gemm", {"x", "w", "b"}, {"sum"});
  gemm.set_name("fc");
  add_attribute(gemm, "alpha", ::onnx::AttributeProto::FLOAT).set_f(1);
  add_attribute(gemm, "transB", ::onnx::AttributeProto::INT).set_i(0);
  add_node(model, "Relu", {"sum"}, {"y"});
  auto& entry = *model.add_metadata_props();
  entry.set_key("classes");
  entry.set_value("a,b,c");
  return model;
}

inline Graph parse(const std::string& bytes, const ReadLimits& limits = {}, const std::filesystem::path& folder = {}) {
  return parse_onnx(std::as_bytes(std::span(bytes)), "test.onnx", limits, folder);
}
inline Graph parse(const ::onnx::ModelProto& model, const ReadLimits& limits = {}, const std::filesystem::path& folder = {}) {
  return parse(model.SerializeAsString(), limits, folder);
}

/// The message with which a model is refused; "" when it is not. Every refusal names the file.
template <typename Model>
std::string refusal(const Model& model, const ReadLimits& limits = {}, const std::filesystem::path& folder = {}) {
  try {
    parse(model, limits, folder);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).rfind("test.onnx: ", 0), 0u) << error.what();
    return error.what();
  }
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
inline ::testing::AssertionResult says(const std::string& text, const std::vector<std::string>& parts) {
  for (const auto& part : parts)
    if (!contains(text, part)) return ::testing::AssertionFailure() << "'" << text << "' does not say '" << part << "'";
  return ::testing::AssertionSuccess();
}

/// The constant of that name. Fails the test when there is none.
inline const Tensor& constant(const Graph& graph, const std::string& name) {
  static const Tensor none;
  for (const auto& value : graph.values)
    if (value.name == name && value.constant) return *value.constant;
  ADD_FAILURE() << "no constant called " << name;
  return none;
}

}  // namespace onnx_fixtures
}  // namespace mien::graph
