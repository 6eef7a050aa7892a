// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mien/runtime/engine/channel_kernels.h"
#include "mien/runtime/engine/post_ops.h"

namespace mien::runtime::engine {

namespace {

bool lower_layer_norm(Builder& b, const Node& node) {
  const auto* scale = b.constant(node.input(1));
  const auto* shift = b.constant(node.input(2));
  const auto& y = b.dims(node.outputs[0]);
  if (!scale || !shift || y.size() < 2 || graph::element_count(y) == 0) return false;
  const auto format = b.float_format(node.outputs[0]);
  const auto source = b.get(node.inputs[0], format);
  const auto result = b.make(node.outputs[0], format);
  const auto flags = dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift;
  const Dims rows = {graph::element_count(y) / y.back(), y.back()};
  const auto layout = describe(rows, format);
  const dnnl::layer_normalization_forward::desc desc(dnnl::prop_kind::forward_inference, layout, node.real("epsilon", 1e-5f),
                                                     flags);
  const dnnl::layer_normalization_forward::primitive_desc pd(desc, with_user_scratchpad(), cpu());
  const auto vector = describe({y.back()}, {});
  b.emit("LayerNorm", pd,
         {{DNNL_ARG_SRC, source, layout},
          {DNNL_ARG_DST, result, layout},
          {DNNL_ARG_SCALE, b.numbers(scale->floats(), vector)},
          {DNNL_ARG_SHIFT, b.numbers(shift->floats(), vector)}},
         y);
  return true;
}

/// Over the last axis, where the definitions before and after opset 13 agree.
bool lower_softmax(Builder& b, const Node& node) {
  const auto& y = b.dims(node.outputs[0]);
  const auto rank = static_cast<std::int64_t>(y.size());
  const auto axis = node.integer("axis", b.typed().graph.opset < 13 ? 1 : -1);
  if (rank == 0 || (axis != -1 && axis != rank - 1) || graph::element_count(y) == 0) return false;
  const auto format = b.float_format(node.outputs[0]);
  const auto source = b.get(node.inputs[0], format);
  const auto result = b.make(node.outputs[0], format);
  const auto layout = describe({graph::element_count(y) / y.back(), y.back()}, format);
  const dnnl::softmax_forward::desc desc(dnnl::prop_kind::forward_inference, layout, 1);
  const dnnl::softmax_forward::primitive_desc pd(desc, with_user_scratchpad(), cpu());
  b.emit("Softmax", pd, {{DNNL_ARG_SRC, source, layout}, {DNNL_ARG_DST, result, layout}}, y);
  return true;
}

bool lower_scale_shift(Builder& b, const Node& node) {
  const auto* scale = b.constant(node.input(1));
  const auto* shift = b.constant(node.input(2));
  const auto& y = b.dims(node.outputs[0]);
  if (!scale || !shift || y.size() < 2 || (y.size() > 2 && y.size() != 4) || graph::element_count(y) == 0) return false;
  Format format = b.float_format(node.outputs[0]);
  format.channels_last = true;
  const auto source = b.get(node.inputs[0], format);
  const auto result = b.make(node.outputs[0], format);
  const ChannelAffine affine{graph::element_count(y) / y[1], y[1], format.storage, scale->floats(), shift->floats()};
  b.emit_function("scale and shift", "mien", {source.buffer, result.buffer}, y,
                  [affine](const std::vector<std::byte*>& at) { run(affine, at[0], at[1]); });
  dnnl::post_ops functions;
  for (const auto& post : node.post) append_activation(functions, post);
  emit_activations(b, "activation", functions, result, result);
  return true;
}

/// Slopes, one a channel, on their own.
bool lower_slopes(Builder& b, const Node& node) {
  const auto* slopes = b.constant(node.inputs.at(1));
  const auto& y = b.dims(node.outputs[0]);
  if (!slopes || (y.size() != 2 && y.size() != 4) || graph::element_count(y) == 0 || slopes->dims().size() > y.size())
    return false;
  Dims by_channel(y.size(), 1);
  by_channel[1] = y[1];
  if (with_rank(slopes->dims(), y.size()) != by_channel) return false;
  Format format = b.float_format(node.outputs[0]);
  format.channels_last = true;
  const auto source = b.get(node.inputs[0], format), result = b.make(node.outputs[0], format);
  const ChannelSlopes kernel{graph::element_count(y) / y[1], y[1], format.storage, b.constant_values(node.inputs[1]).floats()};
  b.emit_function("prelu", "mien", {source.buffer, result.buffer}, y,
                  [kernel](const std::vector<std::byte*>& at) { run(kernel, at[0], at[1]); });
  return true;
}

}  // namespace

bool lower_normalization(Builder& b, const Node& node) {
  if (b.type(node.outputs[0]) != DataType::f32) return false;
  if (node.domain == "mien" && node.op == "ScaleShift")
    return std::all_of(node.post.begin(), node.post.end(), is_activation) && lower_scale_shift(b, node);
  if (!node.post.empty()) return false;
  if (node.domain == "mien" && node.op == "LayerNorm") return lower_layer_norm(b, node);
  if (node.domain.empty() && node.op == "PRelu") return lower_slopes(b, node);
  return node.domain.empty() && node.op == "Softmax" && lower_softmax(b, node);
}

}  // namespace mien::runtime::engine
