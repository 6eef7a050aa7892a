// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/channel_moves.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "mien/runtime/rewrite/node_facts.h"

namespace mien::runtime {

using graph::Dims;
using graph::no_value;
using graph::Node;
using graph::ValueId;

namespace {

constexpr std::int64_t most_channels = 1 << 16;  ///< a map has an entry a channel

/// Floats, and the bytes of quantised files.
bool moves_type(graph::DataType type) {
  return type == graph::DataType::f32 || type == graph::DataType::u8 || type == graph::DataType::i8;
}

bool is_axis_one(std::int64_t axis, std::size_t rank) {
  return rank >= 2 && (axis == 1 || axis == 1 - static_cast<std::int64_t>(rank));
}

/// Channels first, first + 1, ... of a value.
ChannelMap range(ValueId value, std::int64_t first, std::int64_t count) {
  ChannelMap channels;
  for (std::int64_t c = first; c < first + count; ++c) channels.push_back({value, c});
  return channels;
}

std::optional<ChannelMap> concat_map(const GraphEditor& editor, const Node& node) {
  if (!is(node, "Concat") || !is_axis_one(node.integer("axis", 1), editor.dims(node.outputs[0]).size())) return std::nullopt;
  ChannelMap channels;
  for (const auto value : node.inputs) {
    if (!moves_type(editor.type(value).type)) return std::nullopt;
    const auto part = range(value, 0, editor.dims(value)[1]);
    channels.insert(channels.end(), part.begin(), part.end());
  }
  return channels;
}

std::vector<ChannelMove> split_moves(const GraphEditor& editor, const Node& node) {
  if (!is_axis_one(node.integer("axis", 0), editor.dims(node.inputs[0]).size())) return {};
  std::vector<ChannelMove> moves;
  std::int64_t first = 0;
  for (const auto result : node.outputs) {
    if (result == no_value) return {};
    const auto count = editor.dims(result)[1];
    if (count == 0) return {};
    if (editor.reads(result) > 0 || editor.is_output(result)) moves.push_back({result, range(node.inputs[0], first, count)});
    first += count;
  }
  return first == editor.dims(node.inputs[0])[1] ? moves : std::vector<ChannelMove>{};
}

/// Attribute `key` (opset 9) or constant input `position`.
std::optional<std::vector<std::int64_t>> given(const GraphEditor& editor, const Node& node, const std::string& key,
                                               std::size_t position) {
  return node.has(key) ? std::optional(node.integers(key)) : constant_integers(editor, node.input(position));
}

std::optional<ChannelMap> slice_map(const GraphEditor& editor, const Node& node) {
  const auto& in = editor.dims(node.inputs[0]);
  const auto starts = given(editor, node, "starts", 1);
  const auto axes = axes_of(editor, node, 3, static_cast<std::int64_t>(in.size()));
  const auto steps = constant_integers(editor, node.input(4));
  if (!is(node, "Slice") || in.size() < 2 || !starts || starts->size() != 1 || !axes || *axes != std::vector<std::int64_t>{1})
    return std::nullopt;
  if (node.input(4) != no_value && (!steps || *steps != std::vector<std::int64_t>{1})) return std::nullopt;
  const auto count = editor.dims(node.outputs[0])[1];
  const auto begin = std::clamp<std::int64_t>(starts->front() < 0 ? starts->front() + in[1] : starts->front(), 0, in[1]);
  return begin + count <= in[1] ? std::optional(range(node.inputs[0], begin, count)) : std::nullopt;
}

std::optional<ChannelMap> gather_map(const GraphEditor& editor, const Node& node) {
  const auto& in = editor.dims(node.inputs[0]);
  if (!is(node, "Gather") || !is_axis_one(node.integer("axis", 0), in.size())) return std::nullopt;
  const auto indices = constant_integers(editor, node.input(1));
  if (!indices || editor.constant(node.input(1))->dims().size() != 1) return std::nullopt;
  ChannelMap channels;
  for (const auto index : *indices) {
    const auto channel = index < 0 ? index + in[1] : index;
    if (channel < 0 || channel >= in[1]) return std::nullopt;
    channels.push_back({node.inputs[0], channel});
  }
  return channels;
}

/// Reshape [N,C,...] to [N,a,b,...], Transpose of a and b, Reshape to [N,C,...].
std::optional<ChannelMap> shuffle_map(const GraphEditor& editor, const Node& node) {
  if (!is(node, "Reshape")) return std::nullopt;
  const Node* turn = editor.made_by(node.inputs[0]);
  const Node* part = is(turn, "Transpose") ? editor.made_by(turn->inputs[0]) : nullptr;
  if (!is(part, "Reshape")) return std::nullopt;
  const auto& in = editor.dims(part->inputs[0]);
  const auto& parted = editor.dims(part->outputs[0]);
  if (in.size() < 2 || editor.dims(node.outputs[0]) != in || parted.size() < 3) return std::nullopt;
  // The dims behind the channels may be joined into one in between.
  const auto product = [](const Dims& dims, std::size_t from) {
    return std::accumulate(dims.begin() + static_cast<std::ptrdiff_t>(from), dims.end(), std::int64_t{1}, std::multiplies<>());
  };
  if (parted[0] != in[0] || parted[1] * parted[2] != in[1] || product(parted, 3) != product(in, 2)) return std::nullopt;
  std::vector<std::int64_t> expected(parted.size());
  std::iota(expected.begin(), expected.end(), 0);
  std::swap(expected[1], expected[2]);
  if (turn->integers("perm") != expected) return std::nullopt;
  ChannelMap channels;
  for (std::int64_t b = 0; b < parted[2]; ++b) {
    for (std::int64_t a = 0; a < parted[1]; ++a) channels.push_back({part->inputs[0], a * parted[2] + b});
  }
  return channels;
}

}  // namespace

std::vector<ChannelMove> channel_moves(const GraphEditor& editor, const Node& node) {
  if (node.outputs.empty() || node.outputs[0] == no_value || node.input(0) == no_value || !node.post.empty()) return {};
  if (!moves_type(editor.type(node.inputs[0]).type)) return {};
  for (const auto value : {node.inputs[0], node.outputs[0]}) {
    if (editor.dims(value).size() >= 2 && editor.dims(value)[1] > most_channels) return {};
  }
  if (is(node, "Split")) return split_moves(editor, node);
  auto channels = concat_map(editor, node);
  if (!channels) channels = slice_map(editor, node);
  if (!channels) channels = gather_map(editor, node);
  if (!channels) channels = shuffle_map(editor, node);
  if (!channels || channels->empty() || editor.dims(node.outputs[0]).size() < 2) return {};
  return {{node.outputs[0], std::move(*channels)}};
}

}  // namespace mien::runtime
