// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/runtime/engine/builder.h"

namespace mien::runtime::engine {

/// A node's post operations as oneDNN takes them, and where the result goes.
struct PostOps {
  dnnl::post_ops ops;
  std::vector<Argument> arguments;  ///< second operands
  Operand result;                   ///< new memory, or that of an operand which the result is added onto
  std::string text;                 ///< " + relu"
  std::vector<float> slopes = {};   ///< one a channel, for emit_slopes; none when empty
};

/// @param format  of the result; its scale is applied last
/// @param in_place_add  the primitive may add onto its destination
PostOps make_post_ops(Builder& builder, const Node& node, const Format& format, bool in_place_add = true);

/// How a primitive sees a result [..., columns] that stands for a matrix: as [rows, columns], or as one row of pixels,
/// [1, columns, 1, rows] with channels innermost.
enum class MatrixView : std::uint8_t { matrix, pixels };
/// The same for such a primitive. Second operands have the shape of the result or vary along its last dim only.
PostOps make_matrix_post_ops(Builder& builder, const Node& node, const Format& format, MatrixView view);
dnnl::memory::desc describe_matrix(std::int64_t rows, std::int64_t columns, Storage storage, MatrixView view);

/// Applies the slopes, for which oneDNN's convolutions and products have no fast code, once the primitive has been emitted.
void emit_slopes(Builder& builder, const PostOps& post);
/// The node's last post operation is slopes: its result must be in floats.
bool has_slopes(const Node& node);

/// Only the elementwise function of one activation, for primitives that do nothing else.
void append_activation(dnnl::post_ops& ops, const graph::PostOp& post);
/// Changes each number by itself, with nothing but constants.
bool is_activation(const graph::PostOp& post);
/// One step a function, each over the result of the one before.
void emit_activations(Builder& b, const std::string& name, const dnnl::post_ops& functions, Operand source,
                      const Operand& result);
const char* name_of(graph::PostOp::Kind kind);

}  // namespace mien::runtime::engine
