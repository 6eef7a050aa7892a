// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mien/exporting/graph_builder.h"

namespace mien::exporting {

/// One call of an ATen operator on its way to ONNX: reads the arguments by their names in the operator's schema, adds nodes,
/// says what the results are. Getters throw Error{bad_data} that names operator, module and argument when it is not there or
/// of another kind.
class Conversion {
 public:
  Conversion(GraphBuilder& builder, const TracedNode& node) : builder_(builder), node_(node) {}

  const std::string& op() const { return node_.op; }
  int opset() const { return builder_.opset(); }
  GraphBuilder& builder() { return builder_; }
  bool has(const std::string& name) const;  ///< the argument exists and is not None
  bool is_tensor(const std::string& name) const;

  ValueId value(const std::string& name);  ///< of a tensor
  ValueId value_or_none(const std::string& name);
  std::vector<ValueId> values(const std::string& name);  ///< of a list of tensors
  /// A tensor or a number as an operand of an elementwise operator that computes with `type`: cast where it has another.
  ValueId operand(const std::string& name, graph::DataType type);
  const TracedTensor& tensor(const std::string& name) const;
  std::int64_t rank(const std::string& name) const { return static_cast<std::int64_t>(tensor(name).dims.size()); }
  /// A dim of a tensor that does not depend on the batch; negative counts from the end.
  std::int64_t dim(const std::string& name, std::int64_t index) const;

  std::int64_t integer(const std::string& name) const;
  std::int64_t integer_or(const std::string& name, std::int64_t otherwise) const { return has(name) ? integer(name) : otherwise; }
  bool flag(const std::string& name) const { return integer_or(name, 0) != 0; }
  double real(const std::string& name) const;  ///< of a number, or of a constant tensor with one value
  double real_or(const std::string& name, double otherwise) const { return has(name) ? real(name) : otherwise; }
  const std::vector<double>& reals(const std::string& name) const;
  std::string text_or(const std::string& name, const std::string& otherwise) const;
  std::vector<std::int64_t> integers(const std::string& name) const;  ///< none of which depends on the batch
  const std::vector<TracedNumber>& numbers(const std::string& name) const;
  /// An axis in [0, rank of `of`), from an argument that may count from the end.
  std::int64_t axis(const std::string& name, const std::string& of) const;
  std::vector<std::int64_t> axes(const std::string& name, const std::string& of) const;

  const TracedTensor& output(std::size_t i = 0) const { return builder_.traced_tensor(node_.outputs.at(i)); }
  std::size_t output_count() const { return node_.outputs.size(); }
  graph::DataType output_type() const { return to_graph_type(output().type); }

  ValueId add(const std::string& op, std::vector<ValueId> inputs, Attributes attributes = {});
  std::vector<ValueId> add_many(const std::string& op, std::vector<ValueId> inputs, Attributes attributes, std::size_t outputs);
  /// The node that the module of this parameter is there for: it gets the module's name.
  ValueId add_owner(const std::string& op, std::vector<ValueId> inputs, Attributes attributes, const std::string& parameter);
  ValueId scalar(double value, graph::DataType type = graph::DataType::f32);
  ValueId list(const std::vector<std::int64_t>& values);  ///< 1-d constant
  ValueId cast(ValueId value, graph::DataType type);
  ValueId reshape(ValueId value, const std::vector<TracedNumber>& dims);

  void result(ValueId value, std::size_t i = 0) { builder_.bind(node_.outputs.at(i), value); }
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  const TracedValue& argument(const std::string& name, const char* expected) const;
  std::string constant_name(const char* what) const;

  GraphBuilder& builder_;
  const TracedNode& node_;
};

/// One row of the table of operators.
struct Converter {
  std::string_view op;  ///< "aten::relu"
  void (*convert)(Conversion&);
};

// Groups of the table, one file each.
std::span<const Converter> convolution_converters();
std::span<const Converter> normalization_converters();
std::span<const Converter> activation_converters();
std::span<const Converter> arithmetic_converters();
std::span<const Converter> comparison_converters();
std::span<const Converter> pooling_converters();
std::span<const Converter> matrix_converters();
std::span<const Converter> reduction_converters();
std::span<const Converter> shape_converters();
std::span<const Converter> selection_converters();
std::span<const Converter> creation_converters();

/// All operators that can be exported, sorted by name.
const std::vector<Converter>& converters();
/// Null when there is none.
const Converter* find_converter(std::string_view op);

}  // namespace mien::exporting
