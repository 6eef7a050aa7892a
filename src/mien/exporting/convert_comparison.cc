// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/conversion.h"

// Comparisons and choices between values.
namespace mien::exporting {
namespace {

/// Type that both sides of a comparison are cast to: floating point when either is.
graph::DataType common_type(const Conversion& c, const std::string& left, const std::string& right) {
  const auto type = to_graph_type(c.tensor(left).type);
  if (type == graph::DataType::f32 || !c.is_tensor(right)) return type;
  return to_graph_type(c.tensor(right).type) == graph::DataType::f32 ? graph::DataType::f32 : type;
}

struct Comparison {
  std::string_view aten, onnx;
  bool negated = false;
};
constexpr Comparison comparisons[] = {
    {"aten::eq", "Equal"},       {"aten::ge", "GreaterOrEqual"}, {"aten::gt", "Greater"},
    {"aten::le", "LessOrEqual"}, {"aten::lt", "Less"},           {"aten::ne", "Equal", true},
};

void convert_comparison(Conversion& c) {
  for (const auto& [aten, onnx, negated] : comparisons) {
    if (aten != c.op()) continue;
    const auto type = common_type(c, "self", "other");
    const ValueId self = c.operand("self", type);
    const ValueId answer = c.add(std::string(onnx), {self, c.operand("other", type)});
    return c.result(negated ? c.add("Not", {answer}) : answer);
  }
  c.refuse("is in no table");
}

void convert_logical_not(Conversion& c) { c.result(c.add("Not", {c.operand("self", graph::DataType::boolean)})); }
void convert_logical_and(Conversion& c) {
  const ValueId self = c.operand("self", graph::DataType::boolean);
  c.result(c.add("And", {self, c.operand("other", graph::DataType::boolean)}));
}
void convert_logical_or(Conversion& c) {
  const ValueId self = c.operand("self", graph::DataType::boolean);
  c.result(c.add("Or", {self, c.operand("other", graph::DataType::boolean)}));
}

void convert_where(Conversion& c) {
  const auto type = c.output_type();
  const ValueId condition = c.operand("condition", graph::DataType::boolean);
  const ValueId self = c.operand("self", type);
  c.result(c.add("Where", {condition, self, c.operand("other", type)}));
}

void convert_masked_fill(Conversion& c) {
  const auto type = c.output_type();
  const ValueId mask = c.operand("mask", graph::DataType::boolean);
  const ValueId fill = c.operand("value", type);
  c.result(c.add("Where", {mask, fill, c.operand("self", type)}));
}

}  // namespace

std::span<const Converter> comparison_converters() {
  static constexpr Converter table[] = {
      {"aten::eq", convert_comparison},
      {"aten::ge", convert_comparison},
      {"aten::gt", convert_comparison},
      {"aten::le", convert_comparison},
      {"aten::logical_and", convert_logical_and},
      {"aten::logical_not", convert_logical_not},
      {"aten::logical_or", convert_logical_or},
      {"aten::lt", convert_comparison},
      {"aten::masked_fill", convert_masked_fill},
      {"aten::ne", convert_comparison},
      {"aten::where", convert_where},
  };
  return table;
}

}  // namespace mien::exporting
