// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Nodes and tensors made by hand, for tests.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mien/base/error.h"
#include "mien/operators/operators.h"

namespace mien::operators {

using Attributes = std::map<std::string, graph::Attribute>;
using Integers = std::vector<std::int64_t>;

/// A node "n" with one output whose inputs are values 0, 1, ...
inline Node node_of(const std::string& op, std::size_t inputs, Attributes attributes = {}, const std::string& domain = "") {
  Node node;
  node.op = op;
  node.domain = domain;
  node.name = "n";
  for (std::size_t i = 0; i < inputs; ++i) node.inputs.push_back(static_cast<graph::ValueId>(i));
  node.outputs = {static_cast<graph::ValueId>(inputs)};
  node.attributes = std::move(attributes);
  return node;
}

template <typename T>
Tensor tensor_of(DataType type, Dims dims, const std::vector<T>& values) {
  Tensor tensor(type, std::move(dims));
  std::copy(values.begin(), values.end(), tensor.values<T>().begin());
  return tensor;
}

inline Tensor floats_of(Dims dims, const std::vector<float>& values) { return tensor_of(DataType::f32, std::move(dims), values); }

inline std::vector<float> run(const Node& node, const std::vector<Tensor>& inputs, int opset = 13,
                              const std::vector<const Tensor*>& post_operands = {}) {
  std::vector<const Tensor*> pointers;
  for (const Tensor& input : inputs) pointers.push_back(&input);
  return evaluate(node, opset, pointers, post_operands)[0].floats();
}

/// The output's type from f32 inputs of these dims.
inline TensorType infer_one(const Node& node, const std::vector<Dims>& inputs, int opset = 13) {
  std::vector<std::optional<TensorType>> types;
  for (const Dims& dims : inputs) types.push_back(TensorType{DataType::f32, dims});
  return infer_types(node, opset, types, {}).at(0);
}

/// The message of the Error{bad_file} that `action` throws; "no error" when it throws none, "other code" for another code.
template <typename Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code() == ErrorCode::bad_file ? error.what() : "other code";
  }
  return "no error";
}

}  // namespace mien::operators
