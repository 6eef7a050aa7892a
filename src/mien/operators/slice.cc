// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "mien/operators/broadcasting.h"
#include "mien/operators/movement.h"
#include "mien/operators/node_checks.h"

namespace mien::operators {

namespace {

/// What is taken of one dim: `count` elements from `start` on, `step` apart.
struct Range {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::int64_t count = 0;
};

/// numpy's start:end:step of a dim, for any values of the three but a step of 0.
Range range_of(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t dim) {
  const auto bounded = [&](std::int64_t place) {
    if (place < 0) place += dim;
    return step > 0 ? std::clamp<std::int64_t>(place, 0, dim) : std::clamp<std::int64_t>(place, -1, dim - 1);
  };
  start = bounded(start);
  end = bounded(end);
  const std::int64_t distance = step > 0 ? end - start : start - end;  // within -dim ... dim
  if (distance <= 0 || dim == 0) return {0, 1, 0};
  const auto stride = step > 0 ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
  const auto count = static_cast<std::int64_t>((static_cast<std::uint64_t>(distance) - 1) / stride) + 1;
  return {start, count > 1 ? step : 1, count};
}

template <typename Context>
std::vector<Range> ranges_of(const Context& ctx, const Dims& dims) {
  const auto starts = integers_of(ctx, 1, "starts");
  const auto ends = integers_of(ctx, 2, "ends");
  std::vector<std::size_t> axes = axes_of(ctx, 3, dims.size());
  if (axes.empty() && !ctx.has(3) && !ctx.node.has("axes")) {
    if (starts.size() > dims.size())
      ctx.fail(fmt::format("{} starts for a tensor with {} dims", starts.size(), dims.size()));
    axes.resize(starts.size());
    std::iota(axes.begin(), axes.end(), std::size_t{0});
  }
  const auto steps = ctx.has(4) ? known_integers(ctx, 4) : std::vector<std::int64_t>(starts.size(), 1);
  if (starts.size() != ends.size() || starts.size() != axes.size() || starts.size() != steps.size())
    ctx.fail(fmt::format("{} starts, {} ends, {} axes and {} steps are given, expected as many of each", starts.size(),
                         ends.size(), axes.size(), steps.size()));
  std::vector<Range> ranges;
  for (const auto dim : dims) ranges.push_back({0, 1, dim});
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (steps[i] == 0) ctx.fail("a step of 0");
    ranges[axes[i]] = range_of(starts[i], ends[i], steps[i], dims[axes[i]]);
  }
  return ranges;
}

void infer_slice(ShapeContext& ctx) {
  expect_arity(ctx, 1, 5);
  if (!ctx.has(1) && !ctx.node.has("starts")) ctx.fail("the starts are missing: expected input 1 or the attribute 'starts'");
  const auto& x = ctx.input(0);
  Dims dims;
  for (const Range& range : ranges_of(ctx, x.dims)) dims.push_back(range.count);
  set_output(ctx, 0, x.type, dims);
}

void evaluate_slice(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  Tensor& y = ctx.outputs[0];
  if (y.size() == 0) return;
  const Dims strides = strides_of(x.dims());
  const auto ranges = ranges_of(ctx, x.dims());
  std::int64_t first = 0;
  Dims read;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    first += ranges[i].start * strides[i];
    read.push_back(ranges[i].step * strides[i]);
  }
  const auto size = graph::element_size(x.type());
  strided_copy(x.raw() + first * static_cast<std::int64_t>(size), read, y.raw(), strides_of(y.dims()), y.dims(), size);
}

}  // namespace

std::vector<Operator> slice_operators() { return {{"Slice", 1, infer_slice, evaluate_slice}}; }

}  // namespace mien::operators
