// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mien/graph/graph.h"
#include "mien/operators/operators.h"
#include "mien/runtime/rewrite/budget.h"

namespace mien::runtime {

/// A graph whose shapes are all known: one type a value.
struct TypedGraph {
  graph::Graph graph;
  std::vector<operators::TensorType> types;  ///< by ValueId; meaningless for values that nothing makes or reads
};

/// Before shapes are known, once a model, on a graph as it was read: sorts the nodes, removes those that change nothing, folds
/// nodes with constant inputs, makes nodes on bytes of what stands between DequantizeLinear and QuantizeLinear (QLinearConv and
/// its kin, with clips of bytes behind them, and mien.Table(x, entries [256]): every byte becomes its entry), puts Pad into the
/// pads of what follows, makes mien.Linear(x [...,K], weights [K,N], bias [N] or left out; transposed = 1: weights [N,K]) of Gemm
/// with constant weights, folds BatchNormalization and arithmetic by channel into the layer before it, and makes
/// mien.ScaleShift(x, scale [C], shift [C]) of another BatchNormalization. Weights that are read twice are copied, never changed.
/// Throws Error{bad_file} that names a node.
/// @param meter  is charged for what is folded; null: no limit
void simplify(graph::Graph& graph, Meter* meter = nullptr);

/// For given input types: infers every type, evaluates what is constant under these shapes (Shape, Gather, Concat, ... of shape
/// arithmetic), drops what leads nowhere. Throws Error{bad_file} that names the node.
/// @param meter  is charged for every node, before it is evaluated; null: no limit
TypedGraph specialise(const graph::Graph& graph, const std::vector<operators::TensorType>& input_types, Meter* meter = nullptr);

/// Joins nodes of a typed graph into larger ones that the engine runs in one go. Values keep their meaning: evaluating the
/// result with operators::evaluate gives the same numbers up to rounding. Makes these operators of domain "mien" and post
/// operations:
///  - activations and arithmetic with constants, one a channel or one in all, behind Conv, ConvTranspose, Gemm, MatMul and
///    mien.Linear, and a sum or product with another value of the same shape. The channels are dim 1 behind convolutions, the
///    last dim behind products; constants have the rank of the result with ones elsewhere. Of two layers that meet in a sum the
///    later one takes it;
///  - slopes, one a channel, behind the same nodes, always as the last post operation;
///  - a number by which an operand of MatMul is multiplied, behind the MatMul;
///  - activations and arithmetic with one number behind Add, Mul, mien.ScaleShift;
///  - an activation that the exporter spells out and that follows none of these is Identity with post operations, or
///  mien.Gelu(x);
///  - mien.Linear also for MatMul with a constant matrix, with the vector that is added behind it as its bias;
///  - mien.ChannelGather(inputs...; input, channel): chains of Concat, Split, Slice, Gather and channel shuffles (Reshape,
///  Transpose,
///    Reshape) along dim 1. Channel c of the result is channel `channel[c]` of input number `input[c]`;
///  - mien.LayerNorm(x, scale [D], bias [D]; axis = -1, epsilon), from LayerNormalization and spelled out;
///  - mien.GlobalAverage(x; keep) for GlobalAveragePool, AveragePool and ReduceMean over height and width; keep = 0: [N,C].
void fuse(TypedGraph& typed);

}  // namespace mien::runtime
