// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "mien/runtime/rewrite/graph_editor.h"

namespace mien::runtime {

/// y = scale[c] * x + shift[c] for every channel c. One element stands for all channels.
struct ChannelAffine {
  std::vector<double> scale;
  std::vector<double> shift;
  graph::ValueId data = graph::no_value;  ///< x
  std::size_t axis = 1;                   ///< of the channels; meaningless when one element stands for all
  std::size_t size() const { return scale.size(); }
};

/// What an inference BatchNormalization with constant parameters computes; nullopt for another node, and when a factor is not
/// finite.
std::optional<ChannelAffine> batch_norm_affine(const GraphEditor& editor, const graph::Node& node);

/// What Add, Sub, Mul or Div with one constant operand computes on a tensor of this rank, when the constant has one element or
/// varies along one axis only; nullopt otherwise.
std::optional<ChannelAffine> arithmetic_affine(const GraphEditor& editor, const graph::Node& node, std::size_t rank);

}  // namespace mien::runtime
