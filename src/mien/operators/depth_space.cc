// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// DepthToSpace and SpaceToDepth.
#include <algorithm>

#include "mien/operators/checks.h"
#include "mien/operators/number_types.h"
#include "mien/operators/operator_groups.h"

namespace mien::operators {

namespace {

constexpr std::int64_t max_block = 1 << 20;

std::int64_t checked_block(const ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  expect_rank(ctx, 0, 4, 4);
  const std::int64_t block = ctx.node.integer("blocksize", 0);
  if (block < 1 || block > max_block) ctx.fail("attribute 'blocksize' is missing or not a size: " + std::to_string(block));
  return block;
}

void infer_depth_to_space(ShapeContext& ctx) {
  const std::int64_t block = checked_block(ctx);
  const std::string mode = ctx.node.text("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") ctx.fail("attribute 'mode' is '" + mode + "', expected DCR or CRD");
  const auto& [type, x] = ctx.input(0);
  if (x[1] % (block * block) != 0)
    ctx.fail(std::to_string(x[1]) + " channels cannot be divided by the block's " + std::to_string(block * block) + " elements");
  ctx.outputs[0] = {type, {x[0], x[1] / (block * block), checked_product(ctx, x[2], block), checked_product(ctx, x[3], block)}};
}

void infer_space_to_depth(ShapeContext& ctx) {
  const std::int64_t block = checked_block(ctx);
  const auto& [type, x] = ctx.input(0);
  if (x[2] % block != 0 || x[3] % block != 0)
    ctx.fail("the input " + graph::text_of(x) + " cannot be divided into blocks of " + std::to_string(block));
  ctx.outputs[0] = {type, {x[0], checked_product(ctx, x[1], block * block), x[2] / block, x[3] / block}};
}

/// Both operators move each element between (channel in depth, row, column) and (channel, row * block + i, column * block + j).
/// visit(deep index, wide index) for every element; `wide` are the dims of the tensor with the larger pictures.
template <typename Visit>
void visit_blocks(const Dims& wide, std::int64_t block, bool column_first, Visit visit) {
  const std::int64_t channels = wide[1], height = wide[2] / block, width = wide[3] / block, depth = channels * block * block;
  std::int64_t at = 0;
  for (std::int64_t n = 0; n < wide[0]; ++n)
    for (std::int64_t c = 0; c < channels; ++c)
      for (std::int64_t y = 0; y < wide[2]; ++y)
        for (std::int64_t x = 0; x < wide[3]; ++x, ++at) {
          const std::int64_t tile = y % block * block + x % block;
          const std::int64_t deep = column_first ? c * block * block + tile : tile * channels + c;
          visit(((n * depth + deep) * height + y / block) * width + x / block, at);
        }
}

void evaluate_depth_to_space(EvaluateContext& ctx) {
  const bool column_first = ctx.node.text("mode", "DCR") == "CRD";
  with_type(ctx.inputs[0]->type(), [&]<typename T>() {
    const T* x = ctx.inputs[0]->values<T>().data();
    T* y = ctx.outputs[0].values<T>().data();
    visit_blocks(ctx.outputs[0].dims(), ctx.node.integer("blocksize", 1), column_first,
                 [=](std::int64_t deep, std::int64_t wide) { y[wide] = x[deep]; });
  });
}

void evaluate_space_to_depth(EvaluateContext& ctx) {
  with_type(ctx.inputs[0]->type(), [&]<typename T>() {
    const T* x = ctx.inputs[0]->values<T>().data();
    T* y = ctx.outputs[0].values<T>().data();
    visit_blocks(ctx.inputs[0]->dims(), ctx.node.integer("blocksize", 1), false,
                 [=](std::int64_t deep, std::int64_t wide) { y[deep] = x[wide]; });
  });
}

}  // namespace

std::vector<Operator> depth_space_operators() {
  return {{"DepthToSpace", 1, infer_depth_to_space, evaluate_depth_to_space},
          {"SpaceToDepth", 1, infer_space_to_depth, evaluate_space_to_depth}};
}

}  // namespace mien::operators
