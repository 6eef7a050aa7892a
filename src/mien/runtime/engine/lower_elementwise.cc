// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>

#include "mien/runtime/engine/broadcast_kernel.h"
#include "mien/runtime/engine/channel_kernels.h"
#include "mien/runtime/engine/post_ops.h"

namespace mien::runtime::engine {

namespace {

using dnnl::algorithm;
using graph::PostOp;

/// The activation that a node is, when its parameters are known. An activation that exporters spell out is Identity with post
/// operations, the first of which is it.
std::optional<PostOp> as_activation(const Builder& b, const Node& node) {
  using Kind = PostOp::Kind;
  const auto bound = [&](std::size_t i, const char* key, float otherwise) {
    if (node.has(key)) return node.real(key, otherwise);
    const auto* constant = b.constant(node.input(i));
    return constant && constant->size() == 1 ? constant->floats()[0] : otherwise;
  };
  if (node.domain == "mien") return node.op == "Gelu" ? std::optional(PostOp{Kind::gelu_erf}) : std::nullopt;
  if (!node.domain.empty()) return std::nullopt;
  if (node.op == "Identity" && !node.post.empty()) return node.post.front();
  if (node.op == "Relu") return PostOp{Kind::relu};
  if (node.op == "LeakyRelu") return PostOp{Kind::leaky_relu, node.real("alpha", 0.01f)};
  if (node.op == "Sigmoid") return PostOp{Kind::sigmoid};
  if (node.op == "HardSigmoid") return PostOp{Kind::hard_sigmoid, node.real("alpha", 0.2f), node.real("beta", 0.5f)};
  if (node.op == "HardSwish") return PostOp{Kind::hard_swish};
  if (node.op == "Tanh") return PostOp{Kind::tanh};
  if (node.op == "Elu") return PostOp{Kind::elu, node.real("alpha", 1)};
  if (node.op == "Clip") {
    for (std::size_t i = 1; i < node.inputs.size(); ++i)
      if (node.inputs[i] != graph::no_value && !b.constant(node.inputs[i])) return std::nullopt;
    return PostOp{Kind::clip, bound(1, "min", std::numeric_limits<float>::lowest()),
                  bound(2, "max", std::numeric_limits<float>::max())};
  }
  return std::nullopt;
}

}  // namespace

bool is_activation(const PostOp& post) {
  return post.kind != PostOp::Kind::add && post.kind != PostOp::Kind::multiply && post.kind != PostOp::Kind::prelu;
}

void emit_activations(Builder& b, const std::string& name, const dnnl::post_ops& functions, Operand source,
                      const Operand& result) {
  for (int i = 0; i < functions.len(); ++i) {
    float scale, alpha, beta;
    algorithm kind;
    functions.get_params_eltwise(i, scale, kind, alpha, beta);
    const auto attributes = with_user_scratchpad();
    const dnnl::eltwise_forward::desc desc(dnnl::prop_kind::forward_inference, kind, source.desc(), alpha, beta);
    b.emit(name, dnnl::eltwise_forward::primitive_desc(desc, attributes, cpu()), {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, result}},
           result.dims);
    source = result;
  }
}

namespace {

bool lower_activation(Builder& b, const Node& node, const PostOp& first) {
  if (!std::all_of(node.post.begin(), node.post.end(), is_activation)) return false;
  const auto rest = node.post.begin() + (node.op == "Identity" ? 1 : 0);
  Format format = b.float_format(node.outputs[0]);
  format.channels_last = b.any(node.inputs[0]).format.channels_last;
  const auto source = b.get(node.inputs[0], format);
  dnnl::post_ops functions;
  append_activation(functions, first);
  for (auto post = rest; post != node.post.end(); ++post) append_activation(functions, *post);
  const auto result = b.dies_here(source) ? b.alias(node.outputs[0], format, source) : b.make(node.outputs[0], format);
  emit_activations(b, node.op, functions, source, result);
  return true;
}

std::optional<algorithm> binary_algorithm(const Node& node) {
  if (!node.domain.empty()) return std::nullopt;
  if (node.op == "Add") return algorithm::binary_add;
  if (node.op == "Sub") return algorithm::binary_sub;
  if (node.op == "Mul") return algorithm::binary_mul;
  if (node.op == "Div") return algorithm::binary_div;
  if (node.inputs.size() == 2 && node.op == "Max") return algorithm::binary_max;
  if (node.inputs.size() == 2 && node.op == "Min") return algorithm::binary_min;
  return std::nullopt;
}

/// An image times one factor a channel and image, as in squeeze and excitation.
bool lower_channel_scale(Builder& b, const Node& node, ValueId image, ValueId factor) {
  const auto& x = b.dims(image);
  const auto& f = b.dims(factor);
  if (node.op != "Mul" || !node.post.empty() || !has_orders(x) || f != Dims{x[0], x[1], 1, 1} || b.constant(factor)) return false;
  Format format = b.float_format(node.outputs[0]);
  format.channels_last = true;
  const auto source = b.get(image, format), by = b.get(factor, format);
  const auto result = b.make(node.outputs[0], format);
  const ChannelScale scale{x[0], x[2] * x[3], x[1], format.storage};
  b.emit_function("Mul by channel", "mien", {source.buffer, by.buffer, result.buffer}, result.dims,
                  [scale](const std::vector<std::byte*>& at) { run(scale, at[0], at[1], at[2]); });
  return true;
}

/// The dims in the order in which the elements lie.
Dims in_memory(const Dims& dims, const Format& format) {
  return format.channels_last && dims.size() == 4 ? Dims{dims[0], dims[2], dims[3], dims[1]} : dims;
}

/// Broadcasts that oneDNN has no fast code for, by our own. `left` is computed; `right` may be a constant.
void emit_broadcast(Builder& b, const Node& node, algorithm kind, ValueId left, ValueId right, Format format) {
  const auto& y = b.dims(node.outputs[0]);
  const auto left_dims = with_rank(b.dims(left), y.size()), right_dims = with_rank(b.dims(right), y.size());
  const auto ranks_differ = [&](ValueId value) { return b.dims(value).size() != y.size() && !b.constant(value); };
  if (ranks_differ(left) || ranks_differ(right)) format.channels_last = false;
  const auto source = b.get(left, format), result = b.make(node.outputs[0], format);
  const BroadcastBinary broadcast(kind, format.storage, in_memory(y, format), in_memory(left_dims, format),
                                  in_memory(right_dims, format));
  std::vector<BufferId> buffers{source.buffer, result.buffer};
  if (b.constant(right)) {
    const auto numbers = b.weights(right, describe(right_dims, {}), describe(right_dims, format));
    b.emit_function(node.op, "mien", buffers, y, [broadcast, numbers](const std::vector<std::byte*>& at) {
      broadcast.run(at[0], static_cast<const std::byte*>(numbers.get_data_handle()), at[1]);
    });
  } else {
    buffers.push_back(b.get(right, format).buffer);
    b.emit_function(node.op, "mien", buffers, y,
                    [broadcast](const std::vector<std::byte*>& at) { broadcast.run(at[0], at[2], at[1]); });
  }
  dnnl::post_ops functions;
  for (const auto& post : node.post) append_activation(functions, post);
  emit_activations(b, node.op, functions, result, result);
}

bool has_fast_code(algorithm kind, const dnnl::memory::desc& left, const dnnl::memory::desc& right) {
  const dnnl::binary::primitive_desc pd(dnnl::binary::desc(kind, left, right, left), cpu());
  return !std::string_view(pd.impl_info_str()).starts_with("ref");
}

bool lower_binary(Builder& b, const Node& node, algorithm kind) {
  const auto& y = b.dims(node.outputs[0]);
  ValueId left = node.inputs.at(0), right = node.inputs.at(1);
  if (b.type(left) != DataType::f32 || b.type(right) != DataType::f32 || graph::element_count(y) == 0 || y.empty() ||
      y.size() > 5)
    return false;
  const bool commutes = kind == algorithm::binary_add || kind == algorithm::binary_mul;
  if (commutes && (b.dims(left) != y || b.constant(left))) std::swap(left, right);
  if (b.constant(left)) return false;
  const bool simple = std::all_of(node.post.begin(), node.post.end(), is_activation);
  if (b.dims(left) != y) {
    if (!simple) return false;
    Format format = b.float_format(node.outputs[0]);
    format.channels_last = has_orders(y);
    emit_broadcast(b, node, kind, left, right, format);
    return true;
  }
  if (b.dims(right) != y && lower_channel_scale(b, node, left, right)) return true;

  Format format = b.float_format(node.outputs[0]);
  format.channels_last = b.any(left).format.channels_last;
  const auto source = b.get(left, format);
  const auto dims = with_rank(b.dims(right), y.size());
  const auto layout = describe(dims, format);
  if (simple && dims != y && !has_fast_code(kind, source.desc(), layout)) {
    emit_broadcast(b, node, kind, left, right, format);
    return true;
  }
  auto post = make_post_ops(b, node, format, /*in_place_add=*/false);
  auto attributes = with_user_scratchpad(post.ops);
  const dnnl::binary::primitive_desc pd(dnnl::binary::desc(kind, source.desc(), layout, post.result.desc()), attributes, cpu());
  std::vector<Argument> arguments = {{DNNL_ARG_SRC_0, source}, {DNNL_ARG_DST, post.result}};
  if (b.constant(right))
    arguments.emplace_back(DNNL_ARG_SRC_1, b.weights(right, describe(dims, {}), layout));
  else
    arguments.emplace_back(DNNL_ARG_SRC_1, b.get(right, format), layout);
  arguments.insert(arguments.end(), post.arguments.begin(), post.arguments.end());
  b.emit(node.op + post.text, pd, std::move(arguments), y);
  return true;
}

}  // namespace

bool lower_elementwise(Builder& b, const Node& node) {
  if (node.outputs.size() != 1 || b.type(node.outputs[0]) != DataType::f32 || node.inputs.empty() ||
      b.type(node.inputs[0]) != DataType::f32)
    return false;
  if (b.constant(node.inputs[0]) && node.inputs.size() == 1) return false;
  if (graph::element_count(b.dims(node.outputs[0])) == 0) return false;
  if (const auto first = as_activation(b, node)) return !b.constant(node.inputs[0]) && lower_activation(b, node, *first);
  if (const auto kind = binary_algorithm(node)) return lower_binary(b, node, *kind);
  return false;
}

}  // namespace mien::runtime::engine
