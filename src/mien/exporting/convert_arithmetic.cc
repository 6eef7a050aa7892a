// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/conversion.h"

// Elementwise arithmetic.
namespace mien::exporting {
namespace {

/// Operators of one tensor that ONNX has under one name.
struct Unary {
  std::string_view aten, onnx;
};
constexpr Unary unary[] = {
    {"aten::abs", "Abs"},     {"aten::ceil", "Ceil"}, {"aten::cos", "Cos"},
    {"aten::erf", "Erf"},     {"aten::exp", "Exp"},   {"aten::floor", "Floor"},
    {"aten::log", "Log"},     {"aten::neg", "Neg"},   {"aten::reciprocal", "Reciprocal"},
    {"aten::round", "Round"}, {"aten::sign", "Sign"}, {"aten::sin", "Sin"},
    {"aten::sqrt", "Sqrt"},
};

void convert_unary(Conversion& c) {
  for (const auto& [aten, onnx] : unary)
    if (aten == c.op()) return c.result(c.add(std::string(onnx), {c.operand("self", c.output_type())}));
  c.refuse("is in no table");
}

void convert_rsqrt(Conversion& c) { c.result(c.add("Reciprocal", {c.add("Sqrt", {c.value("self")})})); }

void convert_square(Conversion& c) {
  const ValueId x = c.value("self");
  c.result(c.add("Mul", {x, x}));
}

/// alpha * operand, for add, sub and rsub.
ValueId scaled(Conversion& c, const std::string& name) {
  const ValueId x = c.operand(name, c.output_type());
  const double alpha = c.real_or("alpha", 1);
  return alpha == 1 ? x : c.add("Mul", {x, c.scalar(alpha, c.output_type())});
}

void convert_add(Conversion& c) {
  const ValueId self = c.operand("self", c.output_type());
  c.result(c.add("Add", {self, scaled(c, "other")}));
}
void convert_sub(Conversion& c) {
  const ValueId self = c.operand("self", c.output_type());
  c.result(c.add("Sub", {self, scaled(c, "other")}));
}
void convert_rsub(Conversion& c) {
  const ValueId other = c.operand("other", c.output_type());
  c.result(c.add("Sub", {other, scaled(c, "self")}));
}
void convert_mul(Conversion& c) {
  const ValueId self = c.operand("self", c.output_type());
  c.result(c.add("Mul", {self, c.operand("other", c.output_type())}));
}

void convert_div(Conversion& c) {
  const auto type = c.output_type();
  const ValueId self = c.operand("self", type);
  const ValueId quotient = c.add("Div", {self, c.operand("other", type)});
  const std::string rounding = c.text_or("rounding_mode", "");
  if (rounding.empty()) return c.result(quotient);
  if (rounding != "floor" || type != graph::DataType::f32) c.refuse("rounding mode '" + rounding + "' of this type is not known");
  c.result(c.add("Floor", {quotient}));
}

void convert_pow(Conversion& c) {
  const auto type = c.output_type();
  const ValueId self = c.operand("self", type);
  c.result(c.add("Pow", {self, c.operand("exponent", type)}));
}

void convert_minimum(Conversion& c) {
  const ValueId self = c.operand("self", c.output_type());
  c.result(c.add("Min", {self, c.operand("other", c.output_type())}));
}
void convert_maximum(Conversion& c) {
  const ValueId self = c.operand("self", c.output_type());
  c.result(c.add("Max", {self, c.operand("other", c.output_type())}));
}

/// self + value * tensor1 (*|/) tensor2
void convert_addc(Conversion& c) {
  const ValueId self = c.value("self"), first = c.value("tensor1");
  ValueId term = c.add(c.op() == "aten::addcmul" ? "Mul" : "Div", {first, c.value("tensor2")});
  if (c.real_or("value", 1) != 1) term = c.add("Mul", {term, c.scalar(c.real("value"))});
  c.result(c.add("Add", {self, term}));
}

/// self + weight (end - self)
void convert_lerp(Conversion& c) {
  const ValueId self = c.value("self");
  const ValueId step = c.add("Mul", {c.add("Sub", {c.value("end"), self}), c.operand("weight", c.output_type())});
  c.result(c.add("Add", {self, step}));
}

}  // namespace

std::span<const Converter> arithmetic_converters() {
  static constexpr Converter table[] = {
      {"aten::abs", convert_unary},       {"aten::add", convert_add},         {"aten::addcdiv", convert_addc},
      {"aten::addcmul", convert_addc},    {"aten::ceil", convert_unary},      {"aten::cos", convert_unary},
      {"aten::div", convert_div},         {"aten::erf", convert_unary},       {"aten::exp", convert_unary},
      {"aten::floor", convert_unary},     {"aten::lerp", convert_lerp},       {"aten::log", convert_unary},
      {"aten::maximum", convert_maximum}, {"aten::minimum", convert_minimum}, {"aten::mul", convert_mul},
      {"aten::neg", convert_unary},       {"aten::pow", convert_pow},         {"aten::reciprocal", convert_unary},
      {"aten::round", convert_unary},     {"aten::rsqrt", convert_rsqrt},     {"aten::rsub", convert_rsub},
      {"aten::sign", convert_unary},      {"aten::sin", convert_unary},       {"aten::sqrt", convert_unary},
      {"aten::square", convert_square},   {"aten::sub", convert_sub},
  };
  return table;
}

}  // namespace mien::exporting
