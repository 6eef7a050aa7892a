// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <unordered_map>

#include "mien/runtime/rewrite/channel_moves.h"
#include "mien/runtime/rewrite/node_facts.h"
#include "mien/runtime/rewrite/passes.h"

namespace mien::runtime {

using graph::Node;
using graph::ValueId;

namespace {

struct MovingNode {
  std::int32_t index = -1;
  std::vector<ChannelMove> moves;
};

std::vector<MovingNode> find_moves(const GraphEditor& editor) {
  std::vector<MovingNode> found;
  for (const auto index : editor.order()) {
    auto moves = channel_moves(editor, editor.node(index));
    if (!moves.empty()) found.push_back({index, std::move(moves)});
  }
  return found;
}

/// The operands through which a moving node reads what it moves: those of the first of three nodes for a shuffle.
std::vector<ValueId> moved_operands(const GraphEditor& editor, const Node& node) {
  if (is(node, "Reshape")) return {editor.made_by(editor.made_by(node.inputs[0])->inputs[0])->inputs[0]};
  if (is(node, "Concat")) return node.inputs;
  return {node.inputs[0]};
}

/// True when the values between the three nodes of a shuffle are read by nobody else.
bool stands_alone(const GraphEditor& editor, const MovingNode& node) {
  const Node& last = editor.node(node.index);
  if (!is(last, "Reshape")) return true;
  const auto turn = editor.maker(last.inputs[0]);
  return editor.sole_reader(last.inputs[0]) == node.index && editor.sole_reader(editor.node(turn).inputs[0]) == turn;
}

/// Results that only other moves read: these look through them.
class Transparent {
 public:
  Transparent(const GraphEditor& editor, const std::vector<MovingNode>& nodes) : editor_(editor) {
    for (const auto& node : nodes) {
      if (!stands_alone(editor, node)) continue;
      for (const auto value : moved_operands(editor, editor.node(node.index))) ++reads_by_moves_[value];
    }
  }
  bool operator()(ValueId value) const {
    const auto found = reads_by_moves_.find(value);
    return found != reads_by_moves_.end() && found->second == editor_.reads(value) && !editor_.is_output(value);
  }

 private:
  const GraphEditor& editor_;
  std::unordered_map<ValueId, std::int64_t> reads_by_moves_;
};

/// The channels with those of transparent results replaced by where these come from.
ChannelMap resolved(const ChannelMap& channels, const std::unordered_map<ValueId, ChannelMap>& transparent) {
  ChannelMap result;
  result.reserve(channels.size());
  for (const auto& source : channels) {
    const auto found = transparent.find(source.value);
    result.push_back(found == transparent.end() ? source : found->second[static_cast<std::size_t>(source.channel)]);
  }
  return result;
}

/// True when the channels are all those of one value, in order.
bool is_whole_value(const GraphEditor& editor, const ChannelMap& channels) {
  const auto value = channels.front().value;
  if (static_cast<std::int64_t>(channels.size()) != editor.dims(value)[1]) return false;
  for (std::size_t c = 0; c < channels.size(); ++c) {
    if (channels[c].value != value || channels[c].channel != static_cast<std::int64_t>(c)) return false;
  }
  return true;
}

/// True when hardly any two channels that follow each other in the result do so in their source.
bool is_scattered(const ChannelMap& channels) {
  std::size_t runs = 1;
  for (std::size_t c = 1; c < channels.size(); ++c)
    runs += channels[c].value != channels[c - 1].value || channels[c].channel != channels[c - 1].channel + 1;
  return channels.size() > 8 && runs * 2 > channels.size();
}

/// A part of a shuffled value is made and not looked through: shuffled again and again with the results of further units it
/// would be picked channel by channel from all of their layers.
bool must_be_made(const Node& node, const ChannelMap& channels) {
  return !is(node, "Reshape") && !is(node, "Concat") && is_scattered(channels);
}

/// mien.ChannelGather: channel c of the result is channel `channel[c]` of input number `input[c]`.
Node channel_gather(const std::string& name, const ChannelMove& move) {
  Node node = mien_node("ChannelGather", name, {}, move.result);
  std::unordered_map<ValueId, std::int64_t> number_of;
  std::vector<std::int64_t> input, channel;
  for (const auto& source : move.channels) {
    const auto [found, is_new] = number_of.try_emplace(source.value, static_cast<std::int64_t>(node.inputs.size()));
    if (is_new) node.inputs.push_back(source.value);
    input.push_back(found->second);
    channel.push_back(source.channel);
  }
  node.attributes["input"] = std::move(input);
  node.attributes["channel"] = std::move(channel);
  return node;
}

/// The node that makes a moved result: a mien.ChannelGather, or Identity where an output of the graph is a whole value.
Node mover(const GraphEditor& editor, const std::string& name, const ChannelMove& move) {
  if (!is_whole_value(editor, move.channels) || !editor.is_output(move.result)) return channel_gather(name, move);
  Node node;
  node.op = "Identity";
  node.name = name;
  node.inputs = {move.channels.front().value};
  node.outputs = {move.result};
  return node;
}

/// Puts movers in the place of a node, the first there, the others behind it; those that change nothing disappear.
void write_movers(GraphEditor& editor, std::int32_t index, const std::vector<ChannelMove>& moves) {
  const std::string name = editor.node(index).name;
  std::vector<std::int32_t> written{index};
  for (std::size_t i = 1; i < moves.size(); ++i) written.push_back(editor.insert_behind(index, mover(editor, name, moves[i])));
  editor.replace(index, mover(editor, name, moves[0]));
  for (std::size_t i = 0; i < moves.size(); ++i) {
    if (is_whole_value(editor, moves[i].channels) && !editor.is_output(moves[i].result))
      editor.bypass(written[i], moves[i].channels.front().value);
  }
}

}  // namespace

void join_channel_moves(GraphEditor& editor) {
  const auto nodes = find_moves(editor);
  const Transparent is_transparent(editor, nodes);
  std::unordered_map<ValueId, ChannelMap> transparent;
  std::vector<MovingNode> visible;
  for (const auto& node : nodes) {
    MovingNode kept{node.index, {}};
    for (const auto& move : node.moves) {
      auto channels = resolved(move.channels, transparent);
      const bool looks_through = is_transparent(move.result) && !must_be_made(editor.node(node.index), channels);
      // What is another value under a new name is looked through as well, but others than moves read it too.
      if (looks_through || is_whole_value(editor, channels)) transparent.emplace(move.result, channels);
      if (!looks_through) kept.moves.push_back({move.result, std::move(channels)});
    }
    if (!kept.moves.empty()) visible.push_back(std::move(kept));
  }
  for (const auto& node : visible) {
    if (editor.alive(node.index)) write_movers(editor, node.index, node.moves);
  }
}

}  // namespace mien::runtime
