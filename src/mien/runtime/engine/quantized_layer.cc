// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/quantized_layer.h"

#include <algorithm>
#include <cmath>

namespace mien::runtime::engine {

namespace {

/// Where a node has what: positions of its inputs.
struct Positions {
  std::size_t bias, result_scale, result_zero;
};

std::optional<Positions> positions_of(const Node& node) {
  if (node.domain.empty() && node.op == "QLinearConv") return Positions{8, 6, 7};
  if (node.domain.empty() && node.op == "QLinearMatMul") return Positions{8, 6, 7};
  if (node.domain == "com.microsoft" && node.op == "QGemm") return Positions{6, 7, 8};
  return std::nullopt;
}

/// One f32 scale, or one a channel; empty when it is none of both.
std::vector<float> scales_at(const Builder& b, ValueId id, std::int64_t channels) {
  const auto* tensor = b.constant(id);
  if (!tensor || tensor->type() != DataType::f32 || (tensor->size() != 1 && tensor->size() != channels)) return {};
  return tensor->floats();
}

std::optional<std::vector<std::int32_t>> zeros_at(const Builder& b, ValueId id) {
  if (id == graph::no_value) return std::vector<std::int32_t>{0};
  const auto* tensor = b.constant(id);
  if (!tensor || tensor->size() == 0) return std::nullopt;
  const auto values = tensor->integers();
  return std::vector<std::int32_t>(values.begin(), values.end());
}

bool is_byte(DataType type) { return type == DataType::u8 || type == DataType::i8; }

}  // namespace

std::optional<QuantisedLayer> quantised_layer(const Builder& b, const Node& node, std::int64_t channels) {
  const auto at = positions_of(node);
  if (!at || !is_byte(b.type(node.inputs[0])) || !b.constant(node.inputs[3])) return std::nullopt;
  QuantisedLayer layer;
  layer.x = node.inputs[0], layer.weights = node.inputs[3];
  layer.type = b.type(node.outputs[0]);
  const bool to_bytes = is_byte(layer.type);
  const auto x_scale = scales_at(b, node.input(1), 1), w_scale = scales_at(b, node.input(4), channels),
             y_scale = to_bytes ? scales_at(b, node.input(at->result_scale), 1) : std::vector<float>{1};
  const auto x_zero = zeros_at(b, node.input(2)), w_zero = zeros_at(b, node.input(5)),
             y_zero = zeros_at(b, to_bytes ? node.input(at->result_zero) : graph::no_value);
  if (x_scale.size() != 1 || w_scale.empty() || y_scale.size() != 1 || !x_zero || !w_zero || !y_zero) return std::nullopt;
  layer.x_zero = x_zero->front(), layer.weight_zeros = *w_zero, layer.zero = y_zero->front();
  if (layer.weight_zeros.size() != 1 && static_cast<std::int64_t>(layer.weight_zeros.size()) != channels) return std::nullopt;
  const float alpha = node.real("alpha", 1);
  for (std::int64_t c = 0; c < channels; ++c)
    layer.factors.push_back(alpha * x_scale[0] * w_scale[static_cast<std::size_t>(c) % w_scale.size()] / y_scale[0]);
  if (const auto bias = node.input(at->bias); bias != graph::no_value) {
    if (!b.constant(bias) || b.constant(bias)->size() != channels || b.dims(bias).back() != channels) return std::nullopt;
    layer.bias = b.constant(bias)->integers();
  }
  layer.bounds = bounds_of(layer.type);
  for (const auto& post : node.post) {
    if (post.kind != graph::PostOp::Kind::clip || !to_bytes) return std::nullopt;
    layer.bounds.low = std::clamp(static_cast<std::int32_t>(post.alpha), layer.bounds.low, layer.bounds.high);
    layer.bounds.high = std::clamp(static_cast<std::int32_t>(post.beta), layer.bounds.low, layer.bounds.high);
  }
  return layer;
}

namespace {

template <typename T, typename F>
void for_each_centred(const graph::Tensor& weights, const std::vector<std::int32_t>& zeros, std::int64_t channels,
                      std::int64_t inner, F f) {
  const auto values = weights.values<T>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto channel = i / static_cast<std::size_t>(inner) % static_cast<std::size_t>(channels);
    f(i, channel, static_cast<std::int32_t>(values[i]) - zeros[channel % zeros.size()]);
  }
}

template <typename F>
void for_each_weight(const graph::Tensor& weights, const std::vector<std::int32_t>& zeros, std::int64_t channels,
                     std::int64_t inner, F f) {
  if (weights.type() == DataType::u8)
    for_each_centred<std::uint8_t>(weights, zeros, channels, inner, f);
  else
    for_each_centred<std::int8_t>(weights, zeros, channels, inner, f);
}

}  // namespace

CentredWeights centred_weights(const graph::Tensor& weights, const std::vector<std::int32_t>& zeros, std::int64_t channels,
                               std::int64_t inner) {
  CentredWeights made;
  made.sums.assign(static_cast<std::size_t>(channels), 0);
  std::int32_t least = 0, most = 0;
  for_each_weight(weights, zeros, channels, inner, [&](std::size_t, std::size_t channel, std::int32_t value) {
    made.sums[channel] += value;
    least = std::min(least, value), most = std::max(most, value);
  });
  if (least < -128 || most > 127) return made;
  const bool as_they_are =
      weights.type() == DataType::i8 && std::all_of(zeros.begin(), zeros.end(), [](auto z) { return z == 0; });
  if (as_they_are) {
    made.bytes = weights;
    return made;
  }
  made.bytes = graph::Tensor(DataType::i8, weights.dims());
  const auto to = made.bytes.values<std::int8_t>();
  for_each_weight(weights, zeros, channels, inner,
                  [&](std::size_t i, std::size_t, std::int32_t value) { to[i] = static_cast<std::int8_t>(value); });
  return made;
}

graph::Tensor centred_floats(const graph::Tensor& weights, const std::vector<std::int32_t>& zeros, std::int64_t channels,
                             std::int64_t inner) {
  graph::Tensor made(DataType::f32, weights.dims());
  const auto to = made.values<float>();
  for_each_weight(weights, zeros, channels, inner,
                  [&](std::size_t i, std::size_t, std::int32_t value) { to[i] = static_cast<float>(value); });
  return made;
}

}  // namespace mien::runtime::engine
