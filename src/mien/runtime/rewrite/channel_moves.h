// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "mien/runtime/rewrite/graph_editor.h"

namespace mien::runtime {

/// Where a channel (index along dim 1) of a value comes from.
struct ChannelSource {
  graph::ValueId value = graph::no_value;
  std::int64_t channel = 0;
};
using ChannelMap = std::vector<ChannelSource>;

/// One result of a node that only moves channels of float tensors with the same other dims.
struct ChannelMove {
  graph::ValueId result = graph::no_value;
  ChannelMap channels;
};

/// What a node moves, one entry for each result that is needed; empty for other nodes. Knows Concat, Split, Slice and Gather
/// along dim 1, and the shuffle of groups: Reshape, Transpose, Reshape, seen from its last node.
std::vector<ChannelMove> channel_moves(const GraphEditor& editor, const graph::Node& node);

}  // namespace mien::runtime
