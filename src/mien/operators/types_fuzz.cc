// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// libFuzzer entry: type inference over the graph of any bytes that are read as a file, with the inputs as declared (free dims 1),
// and evaluation of small nodes whose inputs are constant, either succeed or throw mien::Error.
#include <algorithm>

#include "mien/base/error.h"
#include "mien/graph/onnx_file.h"
#include "mien/operators/operators.h"

namespace mien::operators {
namespace {

constexpr std::int64_t most_elements = 1 << 12;  // of what is evaluated

/// Types and, where known, constants of the values so far.
struct Known {
  explicit Known(const graph::Graph& graph) : types(graph.values.size()), constants(graph.values.size()) {
    for (const auto& port : graph.inputs) {
      Dims dims = port.dims;
      for (auto& dim : dims) dim = dim < 0 ? 1 : dim;
      types[static_cast<std::size_t>(port.value)] = TensorType{port.type, dims};
    }
    for (std::size_t id = 0; id < graph.values.size(); ++id)
      if (const auto& constant = graph.values[id].constant) set(id, *constant);
  }
  void set(std::size_t id, const Tensor& tensor) {
    types[id] = TensorType{tensor.type(), tensor.dims()};
    constants[id] = tensor;
  }

  std::vector<std::optional<TensorType>> types;
  std::vector<std::optional<Tensor>> constants;
};

bool is_small(const std::vector<TensorType>& types) {
  return std::all_of(types.begin(), types.end(), [](const TensorType& type) {
    return std::all_of(type.dims.begin(), type.dims.end(), [](auto dim) { return dim <= most_elements; }) &&
           graph::element_count(type.dims) <= most_elements;
  });
}

void run(const Node& node, int opset, Known& known) {
  std::vector<std::optional<TensorType>> inputs;
  std::vector<const Tensor*> constants;
  bool all_known = true;
  for (const auto id : node.inputs) {
    const auto at = static_cast<std::size_t>(id);
    const bool left_out = id == graph::no_value;
    inputs.push_back(left_out ? std::nullopt : known.types[at]);
    constants.push_back(left_out || !known.constants[at] ? nullptr : &*known.constants[at]);
    all_known &= left_out || constants.back() != nullptr;
  }
  const auto types = infer_types(node, opset, inputs, constants);
  for (std::size_t i = 0; i < types.size() && i < node.outputs.size(); ++i)
    if (node.outputs[i] != graph::no_value) known.types[static_cast<std::size_t>(node.outputs[i])] = types[i];
  if (!all_known || !is_small(types)) return;
  const auto results = evaluate(node, opset, constants);
  for (std::size_t i = 0; i < results.size() && i < node.outputs.size(); ++i)
    if (node.outputs[i] != graph::no_value) known.set(static_cast<std::size_t>(node.outputs[i]), results[i]);
}

}  // namespace
}  // namespace mien::operators

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto graph = mien::graph::parse_onnx(std::as_bytes(std::span(data, size)), "input");
    mien::operators::Known known(graph);
    for (const auto& node : graph.nodes) mien::operators::run(node, graph.opset, known);
  } catch (const mien::Error&) {
  }
  return 0;
}
