// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "mien/operators/broadcasting.h"
#include "mien/operators/node_checks.h"
#include "mien/operators/number_types.h"
#include "mien/operators/operator_groups.h"

namespace mien::operators {

namespace {

/// For each axis whether it is reduced. Without axes all are, or none where the attribute noop_with_empty_axes says so.
template <typename Context>
std::vector<bool> reduced_axes(const Context& ctx, std::size_t rank) {
  const auto axes = integers_of(ctx, 1, "axes");
  if (axes.empty()) return std::vector<bool>(rank, ctx.node.integer("noop_with_empty_axes", 0) == 0);
  std::vector<bool> reduced(rank);
  for (const auto axis : axes) reduced[axis_of(ctx, axis, rank)] = true;
  return reduced;
}

void infer_reduction(ShapeContext& ctx) {
  expect_arity(ctx, 1, 2);
  require_number(ctx, 0);
  const auto& x = ctx.input(0);
  const bool keep = ctx.node.integer("keepdims", 1) != 0;
  const auto reduced = reduced_axes(ctx, x.dims.size());
  Dims dims;
  for (std::size_t i = 0; i < x.dims.size(); ++i) {
    if (!reduced[i]) dims.push_back(x.dims[i]);
    else if (keep) dims.push_back(1);
  }
  set_output(ctx, 0, x.type, dims);
}

void infer_mean(ShapeContext& ctx) {
  infer_reduction(ctx);
  const auto& x = ctx.input(0);
  if (x.type != DataType::f32 && graph::element_count(x.dims) == 0) ctx.fail("the mean of no integers");
}

/// Sums of f32 are double, those of integers wrap in 64 bits.
template <typename T>
using Accumulator = std::conditional_t<std::is_floating_point_v<T>, double,
                                       std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;

// A reduction is start, step(sum, value) and finish(sum, count) -> value.

struct Sum {
  template <typename T> static Accumulator<T> start() { return 0; }
  template <typename A> static A step(A sum, A value) { return add(sum, value); }
  template <typename A> static A finish(A sum, std::int64_t) { return sum; }
};

struct Mean : Sum {
  template <typename A> static A finish(A sum, std::int64_t count) { return sum / static_cast<A>(count); }
};

struct Product {
  template <typename T> static Accumulator<T> start() { return 1; }
  template <typename A> static A step(A product, A value) { return multiply(product, value); }
  template <typename A> static A finish(A product, std::int64_t) { return product; }
};

struct Largest {
  template <typename T> static Accumulator<T> start() {
    return std::is_floating_point_v<T> ? -std::numeric_limits<Accumulator<T>>::infinity() : std::numeric_limits<T>::lowest();
  }
  template <typename A> static A step(A best, A value) { return larger(best, value); }
  template <typename A> static A finish(A best, std::int64_t) { return best; }
};

struct Smallest {
  template <typename T> static Accumulator<T> start() {
    return std::is_floating_point_v<T> ? std::numeric_limits<Accumulator<T>>::infinity() : std::numeric_limits<T>::max();
  }
  template <typename A> static A step(A best, A value) { return smaller(best, value); }
  template <typename A> static A finish(A best, std::int64_t) { return best; }
};

struct AbsoluteSum : Sum {
  template <typename A> static A step(A sum, A value) { return value < A{0} ? subtract(sum, value) : add(sum, value); }
};

struct SquareSum : Sum {
  template <typename A> static A step(A sum, A value) { return add(sum, multiply(value, value)); }
};

struct Norm : SquareSum {
  template <typename A> static A finish(A sum, std::int64_t) { return number_cast<A>(std::sqrt(static_cast<double>(sum))); }
};

struct LogSum : Sum {
  template <typename A> static A finish(A sum, std::int64_t) { return number_cast<A>(std::log(static_cast<double>(sum))); }
};

/// The elements that one output reduces are the block `inner`; the blocks start at the places of `outer`.
struct Blocks {
  StridedLoop<2> outer;  ///< strides of the input and of the output
  StridedLoop<1> inner;
  std::int64_t count = 1;
};

Blocks blocks_of(const Dims& dims, const std::vector<bool>& reduced) {
  const Dims strides = strides_of(dims);
  Dims kept, kept_strides, gone, gone_strides;
  Blocks blocks;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    (reduced[i] ? gone : kept).push_back(dims[i]);
    (reduced[i] ? gone_strides : kept_strides).push_back(strides[i]);
  }
  blocks.outer = merged<2>(kept, {kept_strides, strides_of(kept)});
  if (std::ranges::find(gone, 0) != gone.end()) {
    blocks.count = 0;
    return blocks;
  }
  blocks.count = count_between(gone, 0, gone.size());
  blocks.inner = merged<1>(gone, {gone_strides});
  return blocks;
}

/// Calls value(place) for each value of a block that starts at `first`.
template <typename F>
void for_each_value(const Blocks& blocks, std::int64_t first, F&& value) {
  if (blocks.count == 0) return;
  for_each_row(blocks.inner, [&](const std::array<std::int64_t, 1>& at) {
    for (std::int64_t i = 0; i < blocks.inner.dims.back(); ++i) value(first + at[0] + i * blocks.inner.strides[0].back());
  });
}

/// Calls block(first place of the input, place of the output) for each output.
template <typename F>
void for_each_block(const Blocks& blocks, F&& block) {
  for_each_row(blocks.outer, [&](const std::array<std::int64_t, 2>& at) {
    for (std::int64_t i = 0; i < blocks.outer.dims.back(); ++i)
      block(at[0] + i * blocks.outer.strides[0].back(), at[1] + i * blocks.outer.strides[1].back());
  });
}

template <typename T, typename R>
void reduce(const Tensor& x, Tensor& y, const Blocks& blocks) {
  const T* from = x.values<T>().data();
  T* to = y.values<T>().data();
  for_each_block(blocks, [&](std::int64_t first, std::int64_t place) {
    Accumulator<T> sum = R::template start<T>();
    for_each_value(blocks, first, [&](std::int64_t i) { sum = R::step(sum, static_cast<Accumulator<T>>(from[i])); });
    to[place] = number_cast<T>(R::finish(sum, blocks.count));
  });
}

template <typename R>
void evaluate_reduction(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  if (ctx.outputs[0].size() == 0) return;
  const auto blocks = blocks_of(x.dims(), reduced_axes(ctx, x.dims().size()));
  with_type(x.type(), [&]<typename T>() { reduce<T, R>(x, ctx.outputs[0], blocks); });
}

/// log(sum(exp(x))), shifted by the largest value so that nothing overflows.
template <typename T>
double log_sum_exp(const T* values, const Blocks& blocks, std::int64_t first) {
  double largest = -std::numeric_limits<double>::infinity();
  for_each_value(blocks, first, [&](std::int64_t i) { largest = larger(largest, static_cast<double>(values[i])); });
  if (!std::isfinite(largest)) return largest;
  double sum = 0;
  for_each_value(blocks, first, [&](std::int64_t i) { sum += std::exp(static_cast<double>(values[i]) - largest); });
  return largest + std::log(sum);
}

void evaluate_log_sum_exp(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  if (ctx.outputs[0].size() == 0) return;
  const auto blocks = blocks_of(x.dims(), reduced_axes(ctx, x.dims().size()));
  with_type(x.type(), [&]<typename T>() {
    for_each_block(blocks, [&](std::int64_t first, std::int64_t place) {
      const double value = log_sum_exp(x.values<T>().data(), blocks, first);
      ctx.outputs[0].values<T>()[static_cast<std::size_t>(place)] = number_cast<T>(value);
    });
  });
}

void infer_lp_normalization(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  axis_of(ctx, ctx.node.integer("axis", -1), ctx.input(0).dims.size());
  const auto p = ctx.node.integer("p", 2);
  if (p != 1 && p != 2) ctx.fail(fmt::format("attribute 'p' is {}, expected 1 or 2", p));
  infer_same_float(ctx);
}

/// x / |x| along one axis; lines of norm 0 become 0.
void evaluate_lp_normalization(EvaluateContext& ctx) {
  const auto x = ctx.inputs[0]->values<float>();
  const auto y = ctx.outputs[0].values<float>();
  if (x.empty()) return;
  const auto& dims = ctx.inputs[0]->dims();
  std::vector<bool> reduced(dims.size());
  reduced[axis_of(ctx, ctx.node.integer("axis", -1), dims.size())] = true;
  const bool squares = ctx.node.integer("p", 2) == 2;
  const auto blocks = blocks_of(dims, reduced);
  for_each_block(blocks, [&](std::int64_t first, std::int64_t) {
    double norm = 0;
    for_each_value(blocks, first, [&](std::int64_t i) {
      const double value = x[static_cast<std::size_t>(i)];
      norm += squares ? value * value : std::abs(value);
    });
    if (squares) norm = std::sqrt(norm);
    for_each_value(blocks, first, [&](std::int64_t i) {
      const auto at = static_cast<std::size_t>(i);
      y[at] = norm == 0 ? 0.0f : static_cast<float>(x[at] / norm);
    });
  });
}

}  // namespace

std::vector<Operator> reduction_operators() {
  return {{"ReduceSum", 1, infer_reduction, evaluate_reduction<Sum>},
          {"ReduceMean", 1, infer_mean, evaluate_reduction<Mean>},
          {"ReduceMax", 1, infer_reduction, evaluate_reduction<Largest>},
          {"ReduceMin", 1, infer_reduction, evaluate_reduction<Smallest>},
          {"ReduceProd", 1, infer_reduction, evaluate_reduction<Product>},
          {"ReduceL1", 1, infer_reduction, evaluate_reduction<AbsoluteSum>},
          {"ReduceL2", 1, infer_reduction, evaluate_reduction<Norm>},
          {"ReduceSumSquare", 1, infer_reduction, evaluate_reduction<SquareSum>},
          {"ReduceLogSum", 1, infer_reduction, evaluate_reduction<LogSum>},
          {"ReduceLogSumExp", 1, infer_reduction, evaluate_log_sum_exp},
          {"LpNormalization", 1, infer_lp_normalization, evaluate_lp_normalization}};
}

}  // namespace mien::operators
