// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "mien/runtime/rewrite/node_facts.h"
#include "mien/runtime/rewrite/passes.h"

namespace mien::runtime {

using graph::no_value;
using graph::Node;
using graph::ValueId;

namespace {

using Permutation = std::vector<std::int64_t>;

bool only_first_output_needed(const GraphEditor& editor, const Node& node) {
  for (std::size_t i = 1; i < node.outputs.size(); ++i) {
    const auto value = node.outputs[i];
    if (value != no_value && (editor.reads(value) > 0 || editor.is_output(value))) return false;
  }
  return true;
}

/// Dropout keeps everything unless the file asks for training and for something to drop.
bool is_inference_dropout(const GraphEditor& editor, const Node& node) {
  if (!is(node, "Dropout") || !only_first_output_needed(editor, node)) return false;
  if (node.input(2) == no_value) return true;
  const float* ratio = editor.scalar(node.input(1));
  if (ratio && *ratio == 0) return true;
  const auto training = constant_integers(editor, node.input(2));
  return training && training->size() == 1 && training->front() == 0;
}

bool is_identity_permutation(const Permutation& permutation) {
  for (std::size_t i = 0; i < permutation.size(); ++i) {
    if (permutation[i] != static_cast<std::int64_t>(i)) return false;
  }
  return !permutation.empty();
}

bool joins_one_value(const Node& node) {
  static constexpr std::array<std::string_view, 5> names{"Concat", "Sum", "Max", "Min", "Mean"};
  return node.inputs.size() == 1 && std::any_of(names.begin(), names.end(), [&](auto name) { return is(node, name); });
}

bool pads_nothing(const GraphEditor& editor, const Node& node) {
  if (!is(node, "Pad")) return false;
  const auto pads = node.has("pads") ? std::optional(node.integers("pads")) : constant_integers(editor, node.input(1));
  return pads && !pads->empty() && std::all_of(pads->begin(), pads->end(), [](auto pad) { return pad == 0; });
}

/// Nodes that keep values and their order, so that equal types mean equal tensors.
bool keeps_values(const GraphEditor& editor, const Node& node) {
  static constexpr std::array<std::string_view, 6> names{"Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Expand"};
  if (std::any_of(names.begin(), names.end(), [&](auto name) { return is(node, name); })) return true;
  if (!is(node, "Slice")) return false;
  const auto steps = constant_integers(editor, node.input(4));
  return node.input(4) == no_value || (steps && std::all_of(steps->begin(), steps->end(), [](auto step) { return step == 1; }));
}

bool changes_nothing(const GraphEditor& editor, const Node& node) {
  if (!node.post.empty() || node.input(0) == no_value) return false;
  if (is(node, "Identity") || is_inference_dropout(editor, node) || joins_one_value(node) || pads_nothing(editor, node))
    return true;
  if (is(node, "Transpose")) return is_identity_permutation(node.integers("perm"));
  return editor.typed() && keeps_values(editor, node) && editor.type(node.input(0)) == editor.type(node.outputs[0]);
}

/// Transpose behind Transpose: one Transpose.
void join_transposes(GraphEditor& editor, std::int32_t index) {
  const Node& outer = editor.node(index);
  const Node* inner = editor.made_by(outer.input(0));
  if (!is(outer, "Transpose") || !is(inner, "Transpose")) return;
  const auto first = inner->integers("perm"), second = outer.integers("perm");
  if (first.empty() || first.size() != second.size()) return;
  Permutation joined;
  for (const auto axis : second) {
    if (axis < 0 || axis >= static_cast<std::int64_t>(first.size())) return;
    joined.push_back(first[static_cast<std::size_t>(axis)]);
  }
  Node node = outer;
  node.inputs = {inner->inputs[0]};
  node.attributes["perm"] = joined;
  editor.replace(index, std::move(node));
}

/// Reshape behind Reshape: the first one does not matter unless the second copies a dim from it.
void join_reshapes(GraphEditor& editor, std::int32_t index) {
  const Node& outer = editor.node(index);
  const Node* inner = editor.made_by(outer.input(0));
  const bool inner_reshapes = is(inner, "Reshape") || is(inner, "Flatten") || is(inner, "Squeeze") || is(inner, "Unsqueeze");
  if (!is(outer, "Reshape") || !inner_reshapes) return;
  const auto shape = constant_integers(editor, outer.input(1));
  if (!shape || std::find(shape->begin(), shape->end(), 0) != shape->end()) return;
  Node node = outer;
  node.inputs[0] = inner->inputs[0];
  editor.replace(index, std::move(node));
}

}  // namespace

void remove_no_ops(GraphEditor& editor) {
  for (const auto index : editor.order()) {
    if (!editor.alive(index)) continue;
    join_transposes(editor, index);
    join_reshapes(editor, index);
    if (changes_nothing(editor, editor.node(index))) editor.bypass(index, editor.node(index).inputs[0]);
  }
}

}  // namespace mien::runtime
