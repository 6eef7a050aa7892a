// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/graph_editor.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mien::runtime {

using graph::no_value;
using graph::Node;
using graph::Tensor;
using graph::ValueId;

std::vector<ValueId> operands_of(const Node& node) {
  std::vector<ValueId> operands;
  for (const auto value : node.inputs) {
    if (value != no_value) operands.push_back(value);
  }
  for (const auto& post : node.post) {
    if (post.other != no_value) operands.push_back(post.other);
  }
  return operands;
}

GraphEditor::GraphEditor(graph::Graph& graph, std::vector<operators::TensorType>* types) : graph_(graph), types_(types) {
  grow();
  position_.resize(graph_.nodes.size());
  std::iota(position_.begin(), position_.end(), 0);
  dead_.assign(graph_.nodes.size(), false);
  for (const auto& port : graph_.outputs) use(port.value).output = true;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(graph_.nodes.size()); ++i) {
    link(i);
    suspects_.push_back(i);
  }
  kill_unneeded();
}

void GraphEditor::grow() {
  uses_.resize(graph_.values.size());
  if (types_) types_->resize(graph_.values.size());
}

void GraphEditor::link(std::int32_t index) {
  const auto& node = graph_.nodes[static_cast<std::size_t>(index)];
  for (const auto value : operands_of(node)) {
    auto& used = use(value);
    ++used.reads;
    used.reader_sum += index;
    used.readers.push_back(index);
  }
  for (const auto value : node.outputs) {
    if (value != no_value) use(value).maker = index;
  }
}

void GraphEditor::drop_read(ValueId value, std::int32_t index) {
  auto& used = use(value);
  --used.reads;
  used.reader_sum -= index;
  if (used.reads > 0 || used.output) return;
  if (used.maker >= 0)
    suspects_.push_back(used.maker);
  else
    graph_.values[static_cast<std::size_t>(value)].constant.reset();  // now, or folding would hold all weights twice
}

void GraphEditor::unlink(std::int32_t index) {
  const auto& node = graph_.nodes[static_cast<std::size_t>(index)];
  for (const auto value : operands_of(node)) drop_read(value, index);
  for (const auto value : node.outputs) {
    if (value != no_value && use(value).maker == index) use(value).maker = -1;
  }
}

bool GraphEditor::needed(const Node& node, std::int32_t index) const {
  return std::any_of(node.outputs.begin(), node.outputs.end(), [&](ValueId value) {
    return value != no_value && use(value).maker == index && (use(value).reads > 0 || use(value).output);
  });
}

void GraphEditor::kill_unneeded() {
  while (!suspects_.empty()) {
    const auto index = suspects_.back();
    suspects_.pop_back();
    auto& node = graph_.nodes[static_cast<std::size_t>(index)];
    if (dead_[static_cast<std::size_t>(index)] || needed(node, index)) continue;
    unlink(index);
    dead_[static_cast<std::size_t>(index)] = true;
    node = Node{};
  }
}

std::vector<std::int32_t> GraphEditor::order() const {
  std::vector<std::int32_t> living;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(graph_.nodes.size()); ++i) {
    if (alive(i)) living.push_back(i);
  }
  std::sort(living.begin(), living.end(), [&](auto a, auto b) { return before(a, b); });
  return living;
}

bool GraphEditor::before(std::int32_t a, std::int32_t b) const {
  return std::pair(position_[static_cast<std::size_t>(a)], a) < std::pair(position_[static_cast<std::size_t>(b)], b);
}

std::int32_t GraphEditor::maker(ValueId value) const { return value == no_value ? -1 : use(value).maker; }

const Node* GraphEditor::made_by(ValueId value) const {
  const auto index = maker(value);
  return index < 0 ? nullptr : &node(index);
}

std::int64_t GraphEditor::reads(ValueId value) const { return use(value).reads; }

std::int32_t GraphEditor::sole_reader(ValueId value) const {
  const auto& used = use(value);
  return used.reads == 1 && !used.output ? static_cast<std::int32_t>(used.reader_sum) : -1;
}

bool GraphEditor::is_output(ValueId value) const { return use(value).output; }

const float* GraphEditor::scalar(ValueId value) const {
  const Tensor* tensor = constant(value);
  return tensor && tensor->type() == graph::DataType::f32 && tensor->size() == 1 ? tensor->values<float>().data() : nullptr;
}

Tensor GraphEditor::take_constant(ValueId value) {
  auto& held = graph_.values[static_cast<std::size_t>(value)].constant;
  Tensor tensor = *held;
  if (use(value).reads <= 1 && !use(value).output) held.reset();
  return tensor;
}

ValueId GraphEditor::add_constant(const std::string& name, Tensor tensor) {
  const operators::TensorType type{tensor.type(), tensor.dims()};
  const auto value = graph_.add_constant(name, std::move(tensor));
  grow();
  if (types_) types_->back() = type;
  return value;
}

ValueId GraphEditor::add_value(const std::string& name) {
  const auto value = graph_.add_value(name);
  grow();
  return value;
}

void GraphEditor::replace(std::int32_t index, Node node) {
  const Node old = std::exchange(graph_.nodes[static_cast<std::size_t>(index)], std::move(node));
  link(index);  // before the old node lets go, so that what both read stays alive
  for (const auto value : operands_of(old)) drop_read(value, index);
  kill_unneeded();
}

std::int32_t GraphEditor::insert_behind(std::int32_t index, Node node) {
  const auto added = static_cast<std::int32_t>(graph_.nodes.size());
  graph_.nodes.push_back(std::move(node));
  position_.push_back(position_[static_cast<std::size_t>(index)]);
  dead_.push_back(false);
  link(added);
  return added;
}

void GraphEditor::redirect(ValueId from, ValueId to) {
  for (const auto reader : std::exchange(use(from).readers, {})) {
    if (!alive(reader)) continue;
    auto& node = graph_.nodes[static_cast<std::size_t>(reader)];
    const auto move = [&](ValueId& operand) {
      if (operand != from) return;
      operand = to;
      ++use(to).reads;
      use(to).reader_sum += reader;
      use(to).readers.push_back(reader);
      drop_read(from, reader);
    };
    for (auto& operand : node.inputs) move(operand);
    for (auto& post : node.post) move(post.other);
  }
}

bool GraphEditor::bypass(std::int32_t index, ValueId same) {
  const ValueId result = node(index).outputs[0];
  if (!is_output(result)) {
    redirect(result, same);
    suspects_.push_back(index);
    kill_unneeded();
    return true;
  }
  const auto source = maker(same);
  if (source < 0 || is_output(same)) return false;
  auto& outputs = graph_.nodes[static_cast<std::size_t>(source)].outputs;
  std::replace(outputs.begin(), outputs.end(), same, result);  // the source makes the graph's output itself
  use(result).maker = source;
  use(same).maker = -1;
  redirect(same, result);
  suspects_.push_back(index);
  kill_unneeded();
  return true;
}

void GraphEditor::make_constant(ValueId value, Tensor tensor) {
  if (types_) (*types_)[static_cast<std::size_t>(value)] = {tensor.type(), tensor.dims()};
  graph_.values[static_cast<std::size_t>(value)].constant = std::move(tensor);
  const auto index = std::exchange(use(value).maker, -1);
  if (index < 0) return;
  auto& outputs = graph_.nodes[static_cast<std::size_t>(index)].outputs;
  std::replace(outputs.begin(), outputs.end(), value, no_value);
  suspects_.push_back(index);
  kill_unneeded();
}

void GraphEditor::finish() {
  std::vector<Node> nodes;
  for (const auto index : order()) nodes.push_back(std::move(graph_.nodes[static_cast<std::size_t>(index)]));
  graph_.nodes = std::move(nodes);
  for (std::size_t i = 0; i < graph_.values.size(); ++i) {
    if (uses_[i].reads == 0 && !uses_[i].output) graph_.values[i].constant.reset();
  }
}

}  // namespace mien::runtime
