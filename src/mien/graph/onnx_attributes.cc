// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/graph/onnx_attributes.h"

#include <fmt/format.h>

#include "mien/base/error.h"
#include "mien/graph/names.h"
#include "mien/graph/onnx_tensor.h"

namespace mien::graph {

namespace {

using ::onnx::AttributeProto;

[[noreturn]] void fail(const std::string& what, const std::string& hint = {}) { throw Error(ErrorCode::bad_file, what, hint); }

/// Files older than IR version 2 name no type: the field that is set tells it.
AttributeProto::AttributeType kind_of(const AttributeProto& m) {
  if (m.type() != AttributeProto::UNDEFINED) return m.type();
  if (m.has_f()) return AttributeProto::FLOAT;
  if (m.has_i()) return AttributeProto::INT;
  if (m.has_s()) return AttributeProto::STRING;
  if (m.has_t()) return AttributeProto::TENSOR;
  if (m.has_g()) return AttributeProto::GRAPH;
  if (m.floats_size() > 0) return AttributeProto::FLOATS;
  if (m.ints_size() > 0) return AttributeProto::INTS;
  if (m.strings_size() > 0) return AttributeProto::STRINGS;
  fail("has neither a type nor a value");
}

Attribute take_value(AttributeProto& m, ExternalData& external) {
  if (!m.ref_attr_name().empty()) fail("refers to an attribute of a function; functions are not supported");
  switch (const auto kind = kind_of(m)) {
    case AttributeProto::FLOAT: return m.f();
    case AttributeProto::INT: return std::int64_t{m.i()};
    case AttributeProto::STRING: return std::move(*m.mutable_s());
    case AttributeProto::TENSOR: return take_tensor(*m.mutable_t(), external);
    case AttributeProto::FLOATS: return std::vector<float>(m.floats().begin(), m.floats().end());
    case AttributeProto::INTS: return std::vector<std::int64_t>(m.ints().begin(), m.ints().end());
    case AttributeProto::STRINGS: return std::vector<std::string>(m.strings().begin(), m.strings().end());
    case AttributeProto::GRAPH:
    case AttributeProto::GRAPHS:
      fail("graphs inside nodes (If, Loop, Scan) are not supported", "Export the network without branches and loops.");
    default: fail(fmt::format("attributes of type {} are not supported", AttributeProto::AttributeType_Name(kind)));
  }
}

/// f16, bf16 and f64 do not exist in a graph: nodes that make values of these types make f32.
void widen_type_attributes(Node& node) {
  if (!node.domain.empty()) return;
  for (const char* key : {"to", "dtype"}) {
    const auto found = node.attributes.find(key);
    if (found == node.attributes.end()) continue;
    auto* type = std::get_if<std::int64_t>(&found->second);
    using ::onnx::TensorProto;
    if (type != nullptr && (*type == TensorProto::FLOAT16 || *type == TensorProto::BFLOAT16 || *type == TensorProto::DOUBLE))
      *type = TensorProto::FLOAT;
  }
}

}  // namespace

void take_attributes(::onnx::NodeProto& message, Node& node, ExternalData& external) {
  for (auto& m : *message.mutable_attribute()) {
    try {
      if (node.attributes.contains(m.name())) fail("is there twice");
      std::string name = m.name();
      node.attributes.emplace(std::move(name), take_value(m, external));
    } catch (const Error& error) {
      const std::string subject = node.label() + ": attribute " + quote_name(m.name());
      throw Error(error.code(), subject + ": " + error.what(), error.hint());
    }
  }
  widen_type_attributes(node);
}

namespace {

/// Writes one alternative of the variant.
struct Writer {
  AttributeProto& m;

  void operator()(std::int64_t value) const {
    m.set_type(AttributeProto::INT);
    m.set_i(value);
  }
  void operator()(float value) const {
    m.set_type(AttributeProto::FLOAT);
    m.set_f(value);
  }
  void operator()(const std::string& value) const {
    m.set_type(AttributeProto::STRING);
    m.set_s(value);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    m.set_type(AttributeProto::INTS);
    m.mutable_ints()->Add(values.begin(), values.end());
  }
  void operator()(const std::vector<float>& values) const {
    m.set_type(AttributeProto::FLOATS);
    m.mutable_floats()->Add(values.begin(), values.end());
  }
  void operator()(const std::vector<std::string>& values) const {
    m.set_type(AttributeProto::STRINGS);
    for (const auto& value : values) m.add_strings(value);
  }
  void operator()(const Tensor& value) const {
    m.set_type(AttributeProto::TENSOR);
    *m.mutable_t() = tensor_message(value);
  }
};

}  // namespace

void write_attribute(const std::string& name, const Attribute& attribute, AttributeProto& message) {
  message.set_name(name);
  std::visit(Writer{message}, attribute);
}

}  // namespace mien::graph
