// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "mien/graph/graph.h"

namespace mien::operators {

using graph::DataType;
using graph::Dims;
using graph::Node;
using graph::Tensor;

struct TensorType {
  DataType type = DataType::f32;
  Dims dims;
  bool operator==(const TensorType&) const = default;
};

/// What shape inference sees: concrete types of the inputs (nullopt: left out), and the values of those that are known before
/// the network runs.
struct ShapeContext {
  const Node& node;
  int opset;
  std::vector<std::optional<TensorType>> inputs;
  std::vector<const Tensor*> constants;     ///< null: not known
  std::vector<TensorType> outputs;          ///< to fill in, one for each output of the node

  const TensorType& input(std::size_t i) const;     ///< throws Error{bad_file} that names the node when it is left out
  const Tensor& constant(std::size_t i) const;      ///< throws Error{bad_file} "... must be known before the network runs"
  bool has(std::size_t i) const { return i < inputs.size() && inputs[i].has_value(); }
  [[noreturn]] void fail(const std::string& what) const;  ///< Error{bad_file}: node label and `what`
};

/// What plain evaluation sees: inputs (null: left out), outputs allocated with the inferred types. Row-major.
struct EvaluateContext {
  const Node& node;
  int opset;
  std::vector<const Tensor*> inputs;
  std::vector<Tensor> outputs;

  bool has(std::size_t i) const { return i < inputs.size() && inputs[i] != nullptr; }
  [[noreturn]] void fail(const std::string& what) const;
};

/// One operator of ONNX: its shapes and its plain arithmetic, which is the reference for every fast version.
struct Operator {
  std::string_view name;
  int since = 1;       ///< first opset whose meaning this is
  void (*infer)(ShapeContext&) = nullptr;
  void (*evaluate)(EvaluateContext&) = nullptr;
  std::string_view domain = "";  ///< "", "com.microsoft", or "mien" for those that rewriting makes
};

/// An output that `infer_types` lets pass has at most this many elements.
inline constexpr std::int64_t max_output_elements = std::int64_t{1} << 34;

/// The operator of domain "" (and of "ai.onnx", "com.microsoft" where we know it) for an opset: the one with the largest
/// `since` that is not above the opset. Null when unknown.
const Operator* find_operator(std::string_view domain, std::string_view name, int opset);

/// All of them, by name, for documentation and tests.
const std::vector<Operator>& all_operators();

/// infer / evaluate with the checks around them: unknown operators are an Error{bad_file} that names node and operator, and lists
/// what to do. Post operations of the node are applied by `evaluate` too.
std::vector<TensorType> infer_types(const Node& node, int opset, std::vector<std::optional<TensorType>> inputs,
                                    std::vector<const Tensor*> constants);
std::vector<Tensor> evaluate(const Node& node, int opset, const std::vector<const Tensor*>& inputs,
                             const std::vector<const Tensor*>& post_operands = {});

}  // namespace mien::operators
