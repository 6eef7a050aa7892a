// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/graph/graph.h"

namespace mien::exporting {

/// Folds each BatchNormalization into the Conv, ConvTranspose or Gemm before it, when that has constant weights and feeds
/// nothing else; others stay. A convolution that gets a bias calls it after its weight ("conv1.weight" -> "conv1.bias").
/// Returns how many it folded.
int fold_batch_norms(graph::Graph& graph);

/// Drops values that no node, input or output uses; ids change.
void drop_unused_values(graph::Graph& graph);

}  // namespace mien::exporting
