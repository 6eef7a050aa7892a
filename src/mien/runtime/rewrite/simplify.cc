// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/passes.h"
#include "mien/runtime/rewrite/rewrite.h"

namespace mien::runtime {

void simplify(graph::Graph& graph, Meter* meter) {
  graph::sort_nodes(graph);
  GraphEditor editor(graph);
  fold_constants(editor, meter, /*dequantise=*/false);
  remove_no_ops(editor);
  join_quantised(editor);
  fold_constants(editor, meter);
  merge_pads(editor);
  gemm_to_linear(editor);
  fold_scales(editor);
  editor.finish();
}

void fuse(TypedGraph& typed) {
  GraphEditor editor(typed);
  join_activations(editor);
  join_layer_norm(editor);
  join_global_average(editor);
  matmul_to_linear(editor);
  join_channel_moves(editor);
  move_factors_behind_products(editor);
  attach_post_operations(editor);
  editor.finish();
}

}  // namespace mien::runtime
