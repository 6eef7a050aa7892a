// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/conversion.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/error.h"

namespace mien::exporting {

using graph::DataType;
using Kind = TracedValue::Kind;

void Conversion::refuse(const std::string& what) const {
  const std::string place = builder_.module().empty() ? "before the first module with parameters"
                                                      : fmt::format("in or after module '{}'", builder_.module());
  throw Error(ErrorCode::bad_data, fmt::format("operator {} {}: {}", op(), place, what));
}

bool Conversion::has(const std::string& name) const {
  const auto found = node_.arguments.find(name);
  return found != node_.arguments.end() && found->second.kind != Kind::none;
}

bool Conversion::is_tensor(const std::string& name) const { return has(name) && node_.arguments.at(name).kind == Kind::tensor; }

const TracedValue& Conversion::argument(const std::string& name, const char* expected) const {
  if (!has(name)) refuse(fmt::format("argument '{}' is missing, expected {}", name, expected));
  return node_.arguments.at(name);
}

const TracedTensor& Conversion::tensor(const std::string& name) const {
  const TracedValue& v = argument(name, "a tensor");
  if (v.kind != Kind::tensor) refuse(fmt::format("argument '{}' is no tensor", name));
  return builder_.traced_tensor(v.tensors[0]);
}

ValueId Conversion::value(const std::string& name) {
  tensor(name);
  return builder_.value_of(node_.arguments.at(name).tensors[0]);
}

ValueId Conversion::value_or_none(const std::string& name) { return has(name) ? value(name) : graph::no_value; }

std::vector<ValueId> Conversion::values(const std::string& name) {
  const TracedValue& v = argument(name, "tensors");
  if (v.kind != Kind::tensors) refuse(fmt::format("argument '{}' is no list of tensors", name));
  std::vector<ValueId> out;
  for (const int id : v.tensors) out.push_back(builder_.value_of(id));
  return out;
}

ValueId Conversion::operand(const std::string& name, DataType type) {
  const TracedValue& v = argument(name, "a tensor or number");
  if (v.kind == Kind::real || v.kind == Kind::number) return scalar(real(name), type);
  const TracedTensor& t = tensor(name);
  if (to_graph_type(t.type) == type) return value(name);
  if (t.constant.defined() && t.name.empty() && t.dims.empty()) return scalar(t.constant.item<double>(), type);
  return cast(value(name), type);
}

std::int64_t Conversion::dim(const std::string& name, std::int64_t index) const {
  const auto& dims = tensor(name).dims;
  const TracedNumber d = dims.at(static_cast<std::size_t>(index < 0 ? index + static_cast<std::int64_t>(dims.size()) : index));
  if (d.per_image) refuse(fmt::format("dim {} of '{}' depends on the batch size", index, name));
  return d.value;
}

std::int64_t Conversion::integer(const std::string& name) const {
  const TracedValue& v = argument(name, "a whole number");
  if (v.kind != Kind::number) refuse(fmt::format("argument '{}' is no whole number", name));
  if (v.numbers[0].per_image) refuse(fmt::format("argument '{}' depends on the batch size", name));
  return v.numbers[0].value;
}

double Conversion::real(const std::string& name) const {
  const TracedValue& v = argument(name, "a number");
  if (v.kind == Kind::real) return v.reals[0];
  if (v.kind == Kind::tensor) {
    const auto& constant = tensor(name).constant;
    if (constant.defined() && constant.numel() == 1) return constant.item<double>();
  }
  return static_cast<double>(integer(name));
}

const std::vector<double>& Conversion::reals(const std::string& name) const { return argument(name, "numbers").reals; }

std::string Conversion::text_or(const std::string& name, const std::string& otherwise) const {
  return has(name) ? argument(name, "a text").text : otherwise;
}

const std::vector<TracedNumber>& Conversion::numbers(const std::string& name) const {
  const TracedValue& v = argument(name, "whole numbers");
  if (v.kind != Kind::numbers && v.kind != Kind::number) refuse(fmt::format("argument '{}' is no list of whole numbers", name));
  return v.numbers;
}

std::vector<std::int64_t> Conversion::integers(const std::string& name) const {
  std::vector<std::int64_t> out;
  for (const TracedNumber& n : numbers(name)) {
    if (n.per_image) refuse(fmt::format("argument '{}' depends on the batch size", name));
    out.push_back(n.value);
  }
  return out;
}

std::int64_t Conversion::axis(const std::string& name, const std::string& of) const {
  const std::int64_t a = integer(name);
  return a < 0 ? a + std::max<std::int64_t>(rank(of), 1) : a;
}

std::vector<std::int64_t> Conversion::axes(const std::string& name, const std::string& of) const {
  auto out = integers(name);
  for (auto& a : out)
    if (a < 0) a += std::max<std::int64_t>(rank(of), 1);
  return out;
}

ValueId Conversion::add(const std::string& op, std::vector<ValueId> inputs, Attributes attributes) {
  return builder_.add(op, std::move(inputs), std::move(attributes))[0];
}

std::vector<ValueId> Conversion::add_many(const std::string& op, std::vector<ValueId> inputs, Attributes attributes,
                                          std::size_t outputs) {
  return builder_.add(op, std::move(inputs), std::move(attributes), outputs);
}

ValueId Conversion::add_owner(const std::string& op, std::vector<ValueId> inputs, Attributes attributes,
                              const std::string& parameter) {
  const bool named = has(parameter) && !tensor(parameter).name.empty();
  return builder_.add(op, std::move(inputs), std::move(attributes), 1, named)[0];
}

std::string Conversion::constant_name(const char* what) const {
  return builder_.module().empty() ? what : fmt::format("{}/{}", builder_.module(), what);
}

ValueId Conversion::scalar(double value, DataType type) {
  torch::ScalarType torch_type = torch::kFloat32;
  for (const auto candidate : {torch::kInt64, torch::kInt32, torch::kInt16, torch::kInt8, torch::kUInt8, torch::kBool})
    if (to_graph_type(candidate) == type) torch_type = candidate;
  return builder_.constant(constant_name("constant"), to_graph_tensor(torch::tensor(value, torch::kFloat64).to(torch_type)));
}

ValueId Conversion::list(const std::vector<std::int64_t>& values) {
  return builder_.constant(constant_name("numbers"), graph::Tensor::of(values));
}

ValueId Conversion::cast(ValueId value, DataType type) { return add("Cast", {value}, {{"to", onnx_type_number(type)}}); }

/// The one dim that grows with the batch is inferred (-1); several, or empty tensors, need a computed shape.
ValueId Conversion::reshape(ValueId value, const std::vector<TracedNumber>& dims) {
  std::vector<std::int64_t> plain;
  std::size_t growing = 0;
  for (const auto& d : dims) {
    plain.push_back(d.per_image ? -1 : d.value);
    growing += d.per_image;
  }
  const bool empty = std::find(plain.begin(), plain.end(), 0) != plain.end();
  const ValueId shape = growing > 1 || empty ? builder_.numbers(dims, constant_name("shape"))
                                             : builder_.constant(constant_name("shape"), graph::Tensor::of(plain));
  Attributes attributes;
  if (empty && opset() >= 14) attributes["allowzero"] = std::int64_t{1};
  return add("Reshape", {value, shape}, std::move(attributes));
}

const std::vector<Converter>& converters() {
  static const std::vector<Converter> table = [] {
    std::vector<Converter> all;
    for (const auto group : {convolution_converters(), normalization_converters(), activation_converters(),
                             arithmetic_converters(), comparison_converters(), pooling_converters(), matrix_converters(),
                             reduction_converters(), shape_converters(), selection_converters(), creation_converters()})
      all.insert(all.end(), group.begin(), group.end());
    std::sort(all.begin(), all.end(), [](const Converter& a, const Converter& b) { return a.op < b.op; });
    return all;
  }();
  return table;
}

const Converter* find_converter(std::string_view op) {
  const auto& table = converters();
  const auto found =
      std::lower_bound(table.begin(), table.end(), op, [](const Converter& c, std::string_view name) { return c.op < name; });
  return found != table.end() && found->op == op ? &*found : nullptr;
}

}  // namespace mien::exporting
