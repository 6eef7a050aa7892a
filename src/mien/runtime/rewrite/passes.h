// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/runtime/rewrite/graph_editor.h"

namespace mien::runtime {

// The passes behind simplify(), specialise() and fuse(). Each takes time linear in the size of the graph.

/// Evaluates nodes whose inputs are all constant. In a typed graph (`editor.typed()`) floats are evaluated only where the result
/// is small or not larger than what it is made from, since every shape holds its own copy. Without `dequantise` DequantizeLinear
/// stays, so that join_quantised sees the bytes of weights.
void fold_constants(GraphEditor& editor, Meter* meter = nullptr, bool dequantise = true);
/// Whether fold_constants evaluates a node, given the types of its constant inputs and of its results.
bool worth_folding(const graph::Node& node, const std::vector<operators::TensorType>& inputs,
                   const std::vector<operators::TensorType>& outputs, bool per_shape);
/// The constant results of a node with constant inputs.
std::vector<graph::Tensor> evaluate_constants(const graph::Graph& graph, const graph::Node& node);

/// Removes nodes that change nothing; joins Transpose behind Transpose and Reshape behind Reshape. Sees more in typed graphs.
void remove_no_ops(GraphEditor& editor);
/// Nodes between DequantizeLinear and QuantizeLinear become nodes on bytes: QLinearConv, QLinearMatMul, QGemm, QLinearAdd,
/// QLinearMul and QLinearGlobalAveragePool, with a clip of bytes behind them for Relu and Clip; mien.Table for functions of one
/// byte; and those that only move elements. Needs no types.
void join_quantised(GraphEditor& editor);
/// Gemm with constant second operand and bias becomes mien.Linear.
void gemm_to_linear(GraphEditor& editor);
/// BatchNormalization and arithmetic with constants (one per channel, or one in all) go into the weights of the Conv,
/// ConvTranspose or mien.Linear before them; another BatchNormalization becomes mien.ScaleShift.
void fold_scales(GraphEditor& editor);
/// Pad in front of a convolution or pooling goes into its pads.
void merge_pads(GraphEditor& editor);

// For typed graphs:

/// MatMul with a constant matrix becomes mien.Linear; a vector added behind a mien.Linear becomes its bias.
void matmul_to_linear(GraphEditor& editor);
/// Activations that exporters spell out become Identity with one post operation.
void join_activations(GraphEditor& editor);
/// Normalisation over the last axis becomes mien.LayerNorm.
void join_layer_norm(GraphEditor& editor);
/// Averages over height and width become mien.GlobalAverage.
void join_global_average(GraphEditor& editor);
/// Concat, Split, Slice, Gather and shuffles of channels become mien.ChannelGather, as few as possible.
void join_channel_moves(GraphEditor& editor);
/// A number by which an operand of a MatMul is multiplied becomes a post operation of the product, as in attention.
void move_factors_behind_products(GraphEditor& editor);
/// Elementwise nodes become post operations of the node before them.
void attach_post_operations(GraphEditor& editor);

}  // namespace mien::runtime
