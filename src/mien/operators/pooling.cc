// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// MaxPool, AveragePool, GlobalAveragePool, GlobalMaxPool.
#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "mien/operators/checks.h"
#include "mien/operators/operator_groups.h"
#include "mien/operators/windows.h"

namespace mien::operators {

namespace {

Window pooling_window(const ShapeContext& ctx) {
  expect_rank(ctx, 0, 3, 5);
  Window window = window_of(ctx, ctx.input(0).dims, {});
  for (const WindowDim& dim : window)
    if (dim.pad_begin >= dim.reach() || dim.pad_end >= dim.reach())
      ctx.fail("a pad of " + std::to_string(std::max(dim.pad_begin, dim.pad_end)) +
               " is not smaller than the kernel, which reaches over " + std::to_string(dim.reach()) + " positions");
  for (const WindowDim& dim : window)
    if (dim.in < 1) ctx.fail("the input " + graph::text_of(ctx.input(0).dims) + " has an empty spatial dim");
  return window;
}

void infer_pool(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  const Window window = pooling_window(ctx);
  const TensorType& x = ctx.input(0);
  ctx.outputs[0] = {x.type, output_dims(x.dims[0], x.dims[1], window)};
}

void infer_max_pool(ShapeContext& ctx) {
  expect_type(ctx, 0, {DataType::f32, DataType::u8, DataType::i8});
  infer_pool(ctx);
}

void infer_average_pool(ShapeContext& ctx) {
  expect_type(ctx, 0, {DataType::f32});
  infer_pool(ctx);
}

/// Taps [first, second) of the output position o that lie inside the input: a kernel may be far larger than it.
std::pair<std::int64_t, std::int64_t> taps_inside(const WindowDim& dim, std::int64_t o) {
  const std::int64_t start = dim.position(o, 0);
  const std::int64_t first = start >= 0 ? 0 : (-start - 1) / dim.dilation + 1;
  const std::int64_t end = start >= dim.in ? 0 : (dim.in - 1 - start) / dim.dilation + 1;
  return {first, std::min(end, dim.kernel)};
}

/// Calls visit(input index) for every tap of the output position that lies inside the plane.
template <typename Visit>
void visit_window(const Window& window, std::int64_t d, std::int64_t h, std::int64_t w, Visit visit) {
  const WindowDim &depth = window[0], &height = window[1], &width = window[2];
  const auto [d0, d1] = taps_inside(depth, d);
  const auto [h0, h1] = taps_inside(height, h);
  const auto [w0, w1] = taps_inside(width, w);
  for (std::int64_t kd = d0; kd < d1; ++kd)
    for (std::int64_t kh = h0; kh < h1; ++kh) {
      const std::int64_t row = (depth.position(d, kd) * height.in + height.position(h, kh)) * width.in;
      for (std::int64_t kw = w0; kw < w1; ++kw) visit(row + width.position(w, kw));
    }
}

/// pool(plane, d, h, w) for every output element.
template <typename T, typename Pool>
void pool_planes(EvaluateContext& ctx, const Window& window, Pool pool) {
  const Tensor& x = *ctx.inputs[0];
  const std::int64_t planes = x.dims()[0] * x.dims()[1], plane = window[0].in * window[1].in * window[2].in;
  const T* in = x.values<T>().data();
  T* out = ctx.outputs[0].values<T>().data();
  for (std::int64_t p = 0; p < planes; ++p, in += plane)
    for (std::int64_t d = 0; d < window[0].out; ++d)
      for (std::int64_t h = 0; h < window[1].out; ++h)
        for (std::int64_t w = 0; w < window[2].out; ++w) *out++ = pool(in, d, h, w);
}

template <typename T>
void max_pool(EvaluateContext& ctx) {
  const Window window = in_three_dims(pooling_window(shape_context(ctx)));
  pool_planes<T>(ctx, window, [&](const T* plane, std::int64_t d, std::int64_t h, std::int64_t w) {
    T largest = std::numeric_limits<T>::lowest();
    visit_window(window, d, h, w, [&](std::int64_t i) { largest = std::max(largest, plane[i]); });
    return largest;
  });
}

void evaluate_max_pool(EvaluateContext& ctx) {
  switch (ctx.inputs[0]->type()) {
    case DataType::u8: return max_pool<std::uint8_t>(ctx);
    case DataType::i8: return max_pool<std::int8_t>(ctx);
    default: return max_pool<float>(ctx);
  }
}

/// Taps of an output position inside the padded input: what count_include_pad divides by.
double padded_taps(const WindowDim& dim, std::int64_t o) {
  const std::int64_t room = dim.in + dim.pad_end - dim.position(o, 0);
  return static_cast<double>(room < 1 ? 0 : std::min((room - 1) / dim.dilation + 1, dim.kernel));
}

void evaluate_average_pool(EvaluateContext& ctx) {
  const Window window = in_three_dims(pooling_window(shape_context(ctx)));
  const bool with_pads = ctx.node.integer("count_include_pad", 0) != 0;
  pool_planes<float>(ctx, window, [&](const float* plane, std::int64_t d, std::int64_t h, std::int64_t w) {
    double sum = 0;
    double count = 0;
    visit_window(window, d, h, w, [&](std::int64_t i) { sum += plane[i], ++count; });
    if (with_pads) count = padded_taps(window[0], d) * padded_taps(window[1], h) * padded_taps(window[2], w);
    return count == 0 ? 0.0f : static_cast<float>(sum / count);
  });
}

void infer_global(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  expect_type(ctx, 0, {DataType::f32});
  expect_rank(ctx, 0, 3, 5);
  const Dims& x = ctx.input(0).dims;
  if (std::find(x.begin() + 2, x.end(), 0) != x.end()) ctx.fail("the input " + graph::text_of(x) + " has an empty spatial dim");
  Dims dims(x.size(), 1);
  dims[0] = x[0];
  dims[1] = x[1];
  ctx.outputs[0] = {DataType::f32, std::move(dims)};
}

template <typename Reduce>
void reduce_planes(EvaluateContext& ctx, Reduce reduce) {
  const Tensor& x = *ctx.inputs[0];
  const auto plane = static_cast<std::size_t>(count_between(x.dims(), 2, x.dims().size()));
  const auto out = ctx.outputs[0].values<float>();
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = reduce(x.values<float>().subspan(i * plane, plane));
}

void evaluate_global_average(EvaluateContext& ctx) {
  reduce_planes(ctx, [](std::span<const float> plane) {
    double sum = 0;
    for (const float value : plane) sum += value;
    return static_cast<float>(sum / static_cast<double>(plane.size()));
  });
}

void evaluate_global_max(EvaluateContext& ctx) {
  reduce_planes(ctx, [](std::span<const float> plane) { return *std::max_element(plane.begin(), plane.end()); });
}

}  // namespace

std::vector<Operator> pooling_operators() {
  return {{"MaxPool", 1, infer_max_pool, evaluate_max_pool},
          {"AveragePool", 1, infer_average_pool, evaluate_average_pool},
          {"GlobalAveragePool", 1, infer_global, evaluate_global_average},
          {"GlobalMaxPool", 1, infer_global, evaluate_global_max}};
}

}  // namespace mien::operators
