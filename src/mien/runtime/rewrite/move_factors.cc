// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/node_facts.h"
#include "mien/runtime/rewrite/passes.h"

namespace mien::runtime {

using graph::Node;
using graph::PostOp;
using graph::ValueId;

namespace {

/// A value times a number.
struct Multiple {
  ValueId data = graph::no_value;
  float factor = 1;
};

std::optional<Multiple> multiple(const GraphEditor& editor, ValueId value) {
  const Node* node = editor.made_by(value);
  if ((!is(node, "Mul") && !is(node, "Div")) || !node->post.empty()) return std::nullopt;
  const auto operand = constant_operand(editor, *node);
  if (!operand || operand->constant->size() != 1 || editor.type(operand->data) != editor.type(value)) return std::nullopt;
  const float number = operand->constant->floats()[0];
  if (is(node, "Mul")) return Multiple{operand->data, number};
  return operand->constant_first ? std::nullopt : std::optional(Multiple{operand->data, 1 / number});
}

void move_factor(GraphEditor& editor, std::int32_t index, std::size_t which) {
  const Node& product = editor.node(index);
  const auto value = product.inputs[which];
  if (editor.sole_reader(value) != index) return;
  const auto found = multiple(editor, value);
  if (!found) return;
  Node merged = product;
  merged.inputs[which] = found->data;
  merged.post.insert(merged.post.begin(), {PostOp::Kind::linear, found->factor, 0, graph::no_value});
  editor.replace(index, std::move(merged));
}

}  // namespace

void move_factors_behind_products(GraphEditor& editor) {
  for (const auto index : editor.order()) {
    if (!editor.alive(index) || !is(editor.node(index), "MatMul") || editor.node(index).inputs.size() != 2) continue;
    for (const std::size_t which : {0u, 1u}) move_factor(editor, index, which);
  }
}

}  // namespace mien::runtime
