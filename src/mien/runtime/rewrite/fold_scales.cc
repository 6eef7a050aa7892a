// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mien/runtime/rewrite/channel_affine.h"
#include "mien/runtime/rewrite/node_facts.h"
#include "mien/runtime/rewrite/passes.h"

namespace mien::runtime {

using graph::DataType;
using graph::no_value;
using graph::Node;
using graph::Tensor;
using graph::ValueId;

namespace {

/// How the weights of a layer are laid out by output channel: element i belongs to channel_of(i).
struct WeightLayout {
  std::int64_t channels = 0;    ///< output channels
  std::int64_t inner = 1;       ///< elements that stand together and share a channel
  std::int64_t per_group = 1;   ///< output channels of a group
  std::int64_t group_rows = 1;  ///< blocks of per_group * inner elements before the next group begins
  std::size_t rank = 2;         ///< of the layer's result
  std::int64_t channel_of(std::int64_t i) const {
    const auto block = i / (per_group * inner);
    return block / group_rows * per_group + i / inner % per_group;
  }
};

std::int64_t product_from(const graph::Dims& dims, std::size_t first) {
  std::int64_t product = 1;
  for (std::size_t i = first; i < dims.size(); ++i) product *= dims[i];
  return product;
}

/// Conv [M,C/g,k...], ConvTranspose [C,M/g,k...], mien.Linear [K,N] or transposed [N,K].
std::optional<WeightLayout> layout_of(const Node& node, const Tensor& weights) {
  const auto& dims = weights.dims();
  const auto groups = node.integer("group", 1);
  if (weights.size() == 0 || groups < 1) return std::nullopt;
  if (is_mien(node, "Linear") && dims.size() == 2)
    return node.integer("transposed", 0) != 0 ? WeightLayout{dims[0], dims[1], dims[0], 1, 2}
                                              : WeightLayout{dims[1], 1, dims[1], dims[0], 2};
  if (dims.size() < 3) return std::nullopt;
  if (is(node, "Conv")) return WeightLayout{dims[0], product_from(dims, 1), dims[0], 1, dims.size()};
  if (!is(node, "ConvTranspose") || dims[0] % groups != 0) return std::nullopt;
  return WeightLayout{dims[1] * groups, product_from(dims, 2), dims[1], dims[0] / groups, dims.size()};
}

/// The layer that makes a value, when what is computed with it may go into its weights.
const Node* layer_before(const GraphEditor& editor, ValueId value, std::int32_t reader) {
  const Node* layer = editor.made_by(value);
  if (!layer || editor.sole_reader(value) != reader || !layer->post.empty()) return nullptr;
  if (!is(*layer, "Conv") && !is(*layer, "ConvTranspose") && !is_mien(*layer, "Linear")) return nullptr;
  const Tensor* weights = editor.constant(layer->input(1));
  const Tensor* bias = editor.constant(layer->input(2));
  if (!weights || weights->type() != DataType::f32) return nullptr;
  if (layer->input(2) != no_value && (!bias || bias->type() != DataType::f32)) return nullptr;
  return layer;
}

/// In place when nobody else holds the weights: large ones would be held twice meanwhile.
Tensor scaled_weights(const Tensor& weights, const WeightLayout& layout, const ChannelAffine& affine) {
  Tensor result = weights.is_sole_holder() ? weights : Tensor(DataType::f32, weights.dims());
  const auto in = weights.values<float>();
  const auto out = result.values<float>();
  for (std::size_t i = 0; i < in.size(); ++i) {
    const auto channel = affine.size() == 1 ? 0 : static_cast<std::size_t>(layout.channel_of(static_cast<std::int64_t>(i)));
    out[i] = static_cast<float>(in[i] * affine.scale[channel]);
  }
  return result;
}

Tensor moved_bias(const Tensor* bias, const WeightLayout& layout, const ChannelAffine& affine) {
  std::vector<float> values(static_cast<std::size_t>(layout.channels));
  for (std::size_t c = 0; c < values.size(); ++c) {
    const auto a = affine.size() == 1 ? 0 : c;
    const double before = bias ? bias->values<float>()[c] : 0;
    values[c] = static_cast<float>(before * affine.scale[a] + affine.shift[a]);
  }
  return Tensor::of(values);
}

bool is_one(double value) { return value == 1; }

/// Puts the affine of node `index` into the layer before it. The weights stay as they are for other readers.
bool fold_into_layer(GraphEditor& editor, std::int32_t index, const ChannelAffine& affine) {
  const Node* layer = layer_before(editor, affine.data, index);
  if (!layer) return false;
  const Tensor& weights = *editor.constant(layer->inputs[1]);
  const Tensor* bias = editor.constant(layer->input(2));
  const auto layout = layout_of(*layer, weights);
  if (!layout || (affine.size() != 1 && static_cast<std::int64_t>(affine.size()) != layout->channels)) return false;
  if (bias && bias->size() != layout->channels) return false;
  if (affine.size() != 1 && affine.axis != 1) return false;
  Tensor new_bias = moved_bias(bias, *layout, affine);
  const bool same_weights = std::all_of(affine.scale.begin(), affine.scale.end(), is_one);
  Node merged = *layer;
  merged.inputs.resize(3, no_value);
  merged.outputs = {editor.node(index).outputs[0]};
  // Named after the result: weights that several layers share are scaled by each of them in its own way.
  if (!same_weights)
    merged.inputs[1] = editor.add_constant(derived_name(editor, merged.outputs[0], "weights"),
                                           scaled_weights(editor.take_constant(merged.inputs[1]), *layout, affine));
  merged.inputs[2] = editor.add_constant(derived_name(editor, merged.outputs[0], "bias"), std::move(new_bias));
  editor.replace(index, std::move(merged));
  return true;
}

/// Rank of the result of the layer that makes a value; nullopt when no layer does.
std::optional<std::size_t> rank_of(const GraphEditor& editor, ValueId value, std::int32_t reader) {
  const Node* layer = layer_before(editor, value, reader);
  if (!layer) return std::nullopt;
  const auto layout = layout_of(*layer, *editor.constant(layer->inputs[1]));
  return layout ? std::optional(layout->rank) : std::nullopt;
}

void make_scale_shift(GraphEditor& editor, std::int32_t index, const ChannelAffine& affine) {
  const Node& norm = editor.node(index);
  const auto result = norm.outputs[0];
  const auto name = norm.name;
  const auto scale = editor.add_constant(derived_name(editor, result, "scale"),
                                         Tensor::of(std::vector<float>(affine.scale.begin(), affine.scale.end())));
  const auto shift = editor.add_constant(derived_name(editor, result, "shift"),
                                         Tensor::of(std::vector<float>(affine.shift.begin(), affine.shift.end())));
  editor.replace(index, mien_node("ScaleShift", name, {affine.data, scale, shift}, result));
}

void fold_scale(GraphEditor& editor, std::int32_t index) {
  const Node& node = editor.node(index);
  if (const auto affine = batch_norm_affine(editor, node)) {
    if (!fold_into_layer(editor, index, *affine)) make_scale_shift(editor, index, *affine);
    return;
  }
  for (const auto value : node.inputs) {
    if (value == no_value) continue;
    const auto rank = rank_of(editor, value, index);
    if (!rank) continue;
    if (const auto affine = arithmetic_affine(editor, node, *rank)) fold_into_layer(editor, index, *affine);
    return;
  }
}

}  // namespace

void fold_scales(GraphEditor& editor) {
  for (const auto index : editor.order()) {
    if (editor.alive(index)) fold_scale(editor, index);
  }
}

}  // namespace mien::runtime
