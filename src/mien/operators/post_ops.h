// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mien/operators/operators.h"

namespace mien::operators {

/// y = f(x; alpha, beta) of an elementwise post operation (every kind but prelu, add and multiply).
float apply_elementwise(const graph::PostOp& op, float x);

/// Applies the post operations of the node to its first output (f32; u8 and i8 for clips, whose bounds are bytes then), in order.
/// operands[i] belongs to node.post[i]. Throws
/// Error{bad_file} that names the node when an operand is absent or does not fit.
void apply_post_ops(const Node& node, Tensor& result, const std::vector<const Tensor*>& operands);

}  // namespace mien::operators
