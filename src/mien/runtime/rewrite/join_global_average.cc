// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mien/runtime/rewrite/node_facts.h"
#include "mien/runtime/rewrite/passes.h"

namespace mien::runtime {

using graph::Dims;
using graph::no_value;
using graph::Node;

namespace {

/// ReduceMean over exactly the last two of four dims.
bool averages_picture(const GraphEditor& editor, const Node& node) {
  if (!is(node, "ReduceMean")) return false;
  auto axes = axes_of(editor, node, 1, 4);
  if (!axes) return false;
  std::sort(axes->begin(), axes->end());
  return *axes == std::vector<std::int64_t>{2, 3};
}

/// AveragePool with one window, the whole picture.
bool pools_picture(const GraphEditor& editor, const Node& node) {
  if (!is(node, "AveragePool")) return false;
  const auto& in = editor.dims(node.inputs[0]);
  const auto& out = editor.dims(node.outputs[0]);
  const auto pads = node.integers("pads");
  return node.integers("kernel_shape") == std::vector<std::int64_t>{in[2], in[3]} && out[2] == 1 && out[3] == 1 &&
         std::all_of(pads.begin(), pads.end(), [](auto pad) { return pad == 0; });
}

void convert(GraphEditor& editor, std::int32_t index) {
  const Node& node = editor.node(index);
  if (node.input(0) == no_value || node.outputs.size() != 1 || !node.post.empty()) return;
  if (editor.dims(node.inputs[0]).size() != 4 || editor.type(node.inputs[0]).type != graph::DataType::f32) return;
  const bool reduces = averages_picture(editor, node);
  if (!reduces && !is(node, "GlobalAveragePool") && !pools_picture(editor, node)) return;
  Node average = mien_node("GlobalAverage", node.name, {node.inputs[0]}, node.outputs[0]);
  average.attributes["keep"] = reduces ? node.integer("keepdims", 1) : std::int64_t{1};
  editor.replace(index, std::move(average));
}

/// Flatten, Squeeze or Reshape from [N,C,1,1] to [N,C] behind an average.
void drop_picture_dims(GraphEditor& editor, std::int32_t index) {
  const Node& node = editor.node(index);
  if (!is(node, "Flatten") && !is(node, "Squeeze") && !is(node, "Reshape")) return;
  const Node* average = editor.made_by(node.input(0));
  if (!is_mien(average, "GlobalAverage") || editor.sole_reader(node.inputs[0]) != index || !average->post.empty()) return;
  const auto& in = editor.dims(node.inputs[0]);
  if (in.size() != 4 || editor.dims(node.outputs[0]) != Dims{in[0], in[1]}) return;
  Node joined = *average;
  joined.outputs = node.outputs;
  joined.attributes["keep"] = std::int64_t{0};
  editor.replace(index, std::move(joined));
}

}  // namespace

void join_global_average(GraphEditor& editor) {
  for (const auto index : editor.order()) {
    if (!editor.alive(index)) continue;
    convert(editor, index);
    drop_picture_dims(editor, index);
  }
}

}  // namespace mien::runtime
