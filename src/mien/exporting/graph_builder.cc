// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/graph_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "mien/base/error.h"

namespace mien::exporting {

using graph::DataType;
using graph::Tensor;

DataType to_graph_type(torch::ScalarType type) {
  switch (type) {
    case torch::kFloat32:
    case torch::kFloat64:
    case torch::kFloat16:
    case torch::kBFloat16: return DataType::f32;
    case torch::kInt64: return DataType::i64;
    case torch::kInt32: return DataType::i32;
    case torch::kInt16: return DataType::i16;
    case torch::kInt8: return DataType::i8;
    case torch::kUInt8: return DataType::u8;
    case torch::kBool: return DataType::boolean;
    default: throw Error(ErrorCode::bad_data, fmt::format("tensors of type {} cannot be exported", c10::toString(type)));
  }
}

std::int64_t onnx_type_number(DataType type) {
  switch (type) {
    case DataType::f32: return 1;
    case DataType::u8: return 2;
    case DataType::i8: return 3;
    case DataType::u16: return 4;
    case DataType::i16: return 5;
    case DataType::i32: return 6;
    case DataType::i64: return 7;
    case DataType::boolean: return 9;
    case DataType::u32: return 12;
    case DataType::u64: return 13;
  }
  return 0;
}

Tensor to_graph_tensor(const torch::Tensor& tensor) {
  const DataType type = to_graph_type(tensor.scalar_type());
  torch::Tensor plain = tensor.detach().to(torch::kCPU);
  if (type == DataType::f32) plain = plain.to(torch::kFloat32);
  plain = plain.contiguous();
  Tensor out(type, plain.sizes().vec());
  if (out.bytes() > 0) std::memcpy(out.raw(), plain.data_ptr(), out.bytes());
  return out;
}

GraphBuilder::GraphBuilder(const TracedGraph& traced, int opset)
    : traced_(traced), values_(traced.tensors.size(), graph::no_value) {
  graph_.opset = opset;
}

std::string GraphBuilder::unique(const std::string& wanted, std::set<std::string>& taken) {
  std::string name = wanted;
  for (int n = 2; !taken.insert(name).second; ++n) name = fmt::format("{}_{}", wanted, n);
  return name;
}

void GraphBuilder::bind(int traced, ValueId value) { values_.at(static_cast<std::size_t>(traced)) = value; }

ValueId GraphBuilder::value_of(int traced) {
  ValueId& value = values_.at(static_cast<std::size_t>(traced));
  if (value != graph::no_value) return value;
  const TracedTensor& tensor = traced_tensor(traced);
  if (!tensor.constant.defined())
    throw Error(ErrorCode::bad_data, fmt::format("near '{}': a tensor is used that no operator made", module_));
  if (tensor.name.empty())
    return value = constant(module_.empty() ? "constant" : module_ + "/constant", to_graph_tensor(tensor.constant));
  const auto [known, fresh] = constants_.try_emplace(tensor.constant.data_ptr(), graph::no_value);
  if (fresh) known->second = constant(tensor.name, to_graph_tensor(tensor.constant));
  return value = known->second;
}

void GraphBuilder::enter_module_of(const std::string& parameter) {
  if (parameter.empty()) return;
  const auto dot = parameter.rfind('.');
  module_ = dot == std::string::npos ? parameter : parameter.substr(0, dot);
}

ValueId GraphBuilder::constant(const std::string& name, Tensor tensor) {
  return graph_.add_constant(unique(name, value_names_), std::move(tensor));
}

std::vector<ValueId> GraphBuilder::add(const std::string& op, std::vector<ValueId> inputs, Attributes attributes,
                                       std::size_t outputs, bool owner) {
  while (!inputs.empty() && inputs.back() == graph::no_value) inputs.pop_back();
  graph::Node node;
  node.op = op;
  node.name = unique(module_.empty() ? op : owner ? module_ : module_ + "/" + op, node_names_);
  node.inputs = std::move(inputs);
  node.attributes = std::move(attributes);
  for (std::size_t i = 0; i < outputs; ++i)
    node.outputs.push_back(graph_.add_value(unique(outputs == 1 ? node.name : fmt::format("{}.{}", node.name, i), value_names_)));
  graph_.nodes.push_back(std::move(node));
  return graph_.nodes.back().outputs;
}

const graph::Node* GraphBuilder::producer(ValueId value) const {
  const auto makes = [&](const graph::Node& node) {
    return std::find(node.outputs.begin(), node.outputs.end(), value) != node.outputs.end();
  };
  const auto found = std::find_if(graph_.nodes.rbegin(), graph_.nodes.rend(), makes);
  return found == graph_.nodes.rend() ? nullptr : &*found;
}

ValueId GraphBuilder::batch_size() {
  if (batch_size_ != graph::no_value) return batch_size_;
  const ValueId shape = add("Shape", {graph_.inputs.at(0).value}, {})[0];
  const ValueId first = constant("first_dim", Tensor::of(std::vector<std::int64_t>{0}));
  return batch_size_ = add("Gather", {shape, first}, {{"axis", std::int64_t{0}}})[0];
}

ValueId GraphBuilder::numbers(const std::vector<TracedNumber>& values, const std::string& name) {
  std::vector<std::int64_t> plain;
  for (const auto& v : values) plain.push_back(v.value);
  if (std::none_of(values.begin(), values.end(), [](const TracedNumber& v) { return v.per_image; }))
    return constant(name, Tensor::of(plain));
  std::vector<ValueId> parts;
  for (const auto& v : values) {
    const bool images = v.per_image && v.value == 1;
    const ValueId factor = images ? graph::no_value : constant(name, Tensor::of(std::vector<std::int64_t>{v.value}));
    parts.push_back(images ? batch_size() : v.per_image ? add("Mul", {batch_size(), factor}, {})[0] : factor);
  }
  return parts.size() == 1 ? parts[0] : add("Concat", parts, {{"axis", std::int64_t{0}}})[0];
}

ValueId GraphBuilder::add_input(const std::string& name) {
  const ValueId value = graph_.add_value(unique(name, value_names_));
  graph::Port port;
  port.value = value;
  graph_.inputs.push_back(std::move(port));
  return value;
}

}  // namespace mien::exporting
