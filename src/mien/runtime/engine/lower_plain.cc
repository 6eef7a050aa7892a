// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "mien/operators/operators.h"
#include "mien/runtime/engine/builder.h"

namespace mien::runtime::engine {

namespace {

/// A node with its operands: constants as they are, others by their place among the step's buffers.
struct PlainCall {
  struct Source {
    bool present = false;
    graph::Tensor constant;
    std::size_t buffer = 0;
    Dims dims;
    DataType type = DataType::f32;
  };
  Node node;
  int opset = 0;
  std::vector<Source> inputs, post;
  std::vector<std::pair<std::size_t, std::size_t>> results;  ///< output of the node, buffer
};

PlainCall::Source source_of(Builder& b, ValueId id, std::vector<BufferId>& buffers) {
  PlainCall::Source source;
  if (id == graph::no_value) return source;
  source.present = true;
  if (b.constant(id)) {
    source.constant = b.constant_values(id);
    return source;
  }
  const auto operand = b.plain(id);
  source.buffer = buffers.size();
  source.dims = operand.dims, source.type = operand.type;
  buffers.push_back(operand.buffer);
  return source;
}

std::vector<graph::Tensor> tensors_of(const std::vector<PlainCall::Source>& sources, const std::vector<std::byte*>& at) {
  std::vector<graph::Tensor> tensors;
  for (const auto& s : sources)
    tensors.push_back(!s.present              ? graph::Tensor()
                      : s.constant.has_data() ? s.constant
                                              : graph::Tensor::view(s.type, s.dims, at[s.buffer]));
  return tensors;
}

std::vector<const graph::Tensor*> pointers_to(const std::vector<graph::Tensor>& tensors,
                                              const std::vector<PlainCall::Source>& sources) {
  std::vector<const graph::Tensor*> pointers;
  for (std::size_t i = 0; i < tensors.size(); ++i) pointers.push_back(sources[i].present ? &tensors[i] : nullptr);
  return pointers;
}

void run(const PlainCall& call, const std::vector<std::byte*>& at) {
  const auto inputs = tensors_of(call.inputs, at), post = tensors_of(call.post, at);
  const auto outputs = operators::evaluate(call.node, call.opset, pointers_to(inputs, call.inputs), pointers_to(post, call.post));
  for (const auto& [output, buffer] : call.results) std::memcpy(at[buffer], outputs.at(output).raw(), outputs[output].bytes());
}

}  // namespace

void lower_plain(Builder& b, const Node& node) {
  PlainCall call{node, b.typed().graph.opset, {}, {}, {}};
  std::vector<BufferId> buffers;
  for (const auto input : node.inputs) call.inputs.push_back(source_of(b, input, buffers));
  for (const auto& post : node.post) call.post.push_back(source_of(b, post.other, buffers));
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i] == graph::no_value) continue;
    const bool is_float = b.type(node.outputs[i]) == DataType::f32;
    call.results.emplace_back(i, buffers.size());
    buffers.push_back(b.make(node.outputs[i], {is_float ? Storage::f32 : Storage::native}).buffer);
  }
  const auto shape = b.dims(node.outputs.at(0));
  b.emit_function(node.op, "plain", buffers, shape,
                  [call = std::move(call)](const std::vector<std::byte*>& at) { run(call, at); });
}

}  // namespace mien::runtime::engine
