// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/channel_affine.h"

#include <algorithm>
#include <cmath>

#include "mien/runtime/rewrite/node_facts.h"

namespace mien::runtime {

using graph::Node;
using graph::Tensor;

namespace {

bool all_finite(const ChannelAffine& affine) {
  const auto finite = [](double value) { return std::isfinite(static_cast<float>(value)); };
  return std::all_of(affine.scale.begin(), affine.scale.end(), finite) &&
         std::all_of(affine.shift.begin(), affine.shift.end(), finite);
}

/// The axis of a tensor of this rank along which the constant varies; nullopt when it varies along several or adds dims.
std::optional<std::size_t> axis_of(const graph::Dims& dims, std::size_t rank) {
  if (dims.size() > rank) return std::nullopt;
  std::optional<std::size_t> axis;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 1) continue;
    if (axis) return std::nullopt;
    axis = rank - dims.size() + i;
  }
  return axis ? axis : 1;  // one element: any axis will do
}

void set(ChannelAffine& affine, const Node& node, bool constant_first, const std::vector<float>& values) {
  for (const double value : values) {
    double scale = 1, shift = 0;
    if (is(node, "Mul")) scale = value;
    if (is(node, "Div")) scale = 1 / value;
    if (is(node, "Add")) shift = value;
    if (is(node, "Sub")) shift = constant_first ? value : -value;
    if (is(node, "Sub") && constant_first) scale = -1;
    affine.scale.push_back(scale);
    affine.shift.push_back(shift);
  }
}

}  // namespace

std::optional<ChannelAffine> batch_norm_affine(const GraphEditor& editor, const Node& node) {
  if (!is(node, "BatchNormalization") || node.inputs.size() != 5 || node.integer("training_mode", 0) != 0) return std::nullopt;
  for (std::size_t i = 1; i < node.outputs.size(); ++i) {
    if (node.outputs[i] != graph::no_value && (editor.reads(node.outputs[i]) > 0 || editor.is_output(node.outputs[i])))
      return std::nullopt;
  }
  std::vector<float> parameters[4];
  for (std::size_t i = 0; i < 4; ++i) {
    const Tensor* tensor = editor.constant(node.inputs[i + 1]);
    if (!tensor || tensor->type() != graph::DataType::f32 || tensor->dims().size() != 1) return std::nullopt;
    parameters[i] = tensor->floats();
    if (parameters[i].size() != parameters[0].size()) return std::nullopt;
  }
  const auto& [factor, offset, mean, variance] = parameters;
  const double epsilon = node.real("epsilon", 1e-5f);
  ChannelAffine affine;
  affine.data = node.inputs[0];
  for (std::size_t c = 0; c < factor.size(); ++c) {
    affine.scale.push_back(factor[c] / std::sqrt(variance[c] + epsilon));
    affine.shift.push_back(offset[c] - mean[c] * affine.scale.back());
  }
  return all_finite(affine) ? std::optional(std::move(affine)) : std::nullopt;
}

std::optional<ChannelAffine> arithmetic_affine(const GraphEditor& editor, const Node& node, std::size_t rank) {
  if (!is(node, "Add") && !is(node, "Sub") && !is(node, "Mul") && !is(node, "Div")) return std::nullopt;
  const auto operand = constant_operand(editor, node);
  if (!operand || (is(node, "Div") && operand->constant_first)) return std::nullopt;
  const auto axis = axis_of(operand->constant->dims(), rank);
  if (!axis) return std::nullopt;
  ChannelAffine affine;
  affine.data = operand->data;
  affine.axis = *axis;
  set(affine, node, operand->constant_first, operand->constant->floats());
  return all_finite(affine) ? std::optional(std::move(affine)) : std::nullopt;
}

}  // namespace mien::runtime
