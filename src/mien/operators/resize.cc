// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Resize and Upsample. Every interpolation is separable: one axis after the other.
#include <algorithm>
#include <cmath>

#include "mien/operators/checks.h"
#include "mien/operators/number_types.h"
#include "mien/operators/operator_groups.h"
#include "mien/operators/resize_sampling.h"

namespace mien::operators {

namespace {

/// What the model asks for, for every axis of the input.
struct ResizePlan {
  ResizeOptions options;
  Dims out;
  std::vector<float> scales;
};

void expect_one_of(const ShapeContext& ctx, const std::string& key, const std::string& value,
                   std::initializer_list<const char*> known) {
  std::string names;
  for (const char* name : known) {
    if (value == name) return;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  ctx.fail("attribute '" + key + "' is '" + value + "', supported are " + names);
}

ResizeOptions options_of(const ShapeContext& ctx, bool legacy) {
  ResizeOptions options;
  const Node& node = ctx.node;
  const std::string mode = node.text("mode", "nearest");
  if (legacy) {
    expect_one_of(ctx, "mode", mode, {"nearest", "linear", "bilinear"});
    options.coordinates = "asymmetric";
    options.rounding = "simple";
  } else {
    expect_one_of(ctx, "mode", mode, {"nearest", "linear", "cubic"});
    options.coordinates = node.text("coordinate_transformation_mode", options.coordinates);
    options.rounding = node.text("nearest_mode", options.rounding);
    expect_one_of(ctx, "coordinate_transformation_mode", options.coordinates,
                  {"half_pixel", "pytorch_half_pixel", "tf_half_pixel_for_nn", "asymmetric", "align_corners"});
    expect_one_of(ctx, "nearest_mode", options.rounding, {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"});
    options.cubic_a = node.real("cubic_coeff_a", options.cubic_a);
    options.exclude_outside = node.integer("exclude_outside", 0) != 0;
    if (node.integer("antialias", 0) != 0) ctx.fail("antialias is not supported; export the model with antialias=0");
  }
  if (mode == "linear" || mode == "bilinear") options.interpolation = Interpolation::linear;
  if (mode == "cubic") options.interpolation = Interpolation::cubic;
  return options;
}

/// The axes that scales or sizes speak of: all, or those of the attribute (opset 18).
std::vector<std::size_t> resized_axes(const ShapeContext& ctx, std::size_t rank) {
  std::vector<std::size_t> axes;
  if (ctx.opset >= 18 && ctx.node.has("axes")) {
    for (const auto axis : ctx.node.integers("axes")) {
      axes.push_back(checked_axis(ctx, axis, rank));
      if (std::count(axes.begin(), axes.end(), axes.back()) > 1) ctx.fail("attribute 'axes' names an axis twice");
    }
    return axes;
  }
  for (std::size_t i = 0; i < rank; ++i) axes.push_back(i);
  return axes;
}

void expect_count(const ShapeContext& ctx, std::size_t input, std::size_t count) {
  expect_dims(ctx, input, {static_cast<std::int64_t>(count)}, "the sizes or scales");
}

std::int64_t scaled(const ShapeContext& ctx, std::int64_t in, float scale) {
  if (!(scale > 0) || !std::isfinite(scale)) ctx.fail("a scale is " + std::to_string(scale) + ", expected a positive number");
  const float out = std::floor(static_cast<float>(in) * scale);
  if (out > static_cast<float>(max_output_elements))
    ctx.fail("a scale of " + std::to_string(scale) + " makes an axis of " + std::to_string(in) + " too large");
  return static_cast<std::int64_t>(out);
}

void plan_scales(const ShapeContext& ctx, std::size_t input, ResizePlan& plan) {
  const Dims& in = ctx.input(0).dims;
  const auto axes = resized_axes(ctx, in.size());
  expect_type(ctx, input, {DataType::f32});
  expect_count(ctx, input, axes.size());
  const auto scales = ctx.constant(input).values<float>();
  for (std::size_t i = 0; i < axes.size(); ++i) {
    plan.scales[axes[i]] = scales[i];
    plan.out[axes[i]] = scaled(ctx, in[axes[i]], scales[i]);
  }
}

/// One scale for all axes, so that none exceeds its size or none stays below it.
void keep_aspect_ratio(const ShapeContext& ctx, const std::vector<std::size_t>& axes, bool larger, ResizePlan& plan) {
  const Dims& in = ctx.input(0).dims;
  float scale = plan.scales[axes[0]];
  for (const auto axis : axes) scale = larger ? std::max(scale, plan.scales[axis]) : std::min(scale, plan.scales[axis]);
  for (const auto axis : axes) {
    plan.scales[axis] = scale;
    plan.out[axis] = static_cast<std::int64_t>(std::round(scale * static_cast<float>(in[axis])));
  }
}

void plan_sizes(const ShapeContext& ctx, std::size_t input, ResizePlan& plan) {
  const Dims& in = ctx.input(0).dims;
  const auto axes = resized_axes(ctx, in.size());
  expect_type(ctx, input, {DataType::i64});
  expect_count(ctx, input, axes.size());
  const auto sizes = ctx.constant(input).values<std::int64_t>();
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (sizes[i] < 1 || sizes[i] > max_output_elements)
      ctx.fail("a size is " + std::to_string(sizes[i]) + ", expected 1 to 2^34");
    if (in[axes[i]] < 1) ctx.fail("the input " + graph::text_of(in) + " has an empty axis");
    plan.out[axes[i]] = sizes[i];
    plan.scales[axes[i]] = static_cast<float>(sizes[i]) / static_cast<float>(in[axes[i]]);
  }
  const std::string policy = ctx.opset >= 18 ? ctx.node.text("keep_aspect_ratio_policy", "stretch") : "stretch";
  expect_one_of(ctx, "keep_aspect_ratio_policy", policy, {"stretch", "not_larger", "not_smaller"});
  if (policy != "stretch" && !axes.empty()) keep_aspect_ratio(ctx, axes, policy == "not_smaller", plan);
}

bool is_given(const ShapeContext& ctx, std::size_t input) { return ctx.has(input) && ctx.input(input).dims != Dims{0}; }

ResizePlan resize_plan(const ShapeContext& ctx, bool legacy) {
  const Dims& in = ctx.input(0).dims;
  ResizePlan plan{options_of(ctx, legacy), in, std::vector<float>(in.size(), 1.0f)};
  if (legacy)
    plan_scales(ctx, 1, plan);
  else if (is_given(ctx, 2) == is_given(ctx, 3))
    ctx.fail("expected either scales (input 2) or sizes (input 3)");
  else if (is_given(ctx, 2))
    plan_scales(ctx, 2, plan);
  else
    plan_sizes(ctx, 3, plan);
  if (plan.options.interpolation != Interpolation::nearest) expect_type(ctx, 0, {DataType::f32});
  return plan;
}

bool is_legacy(const Node& node, int opset) { return node.op == "Upsample" || opset < 11; }

void infer_resize(ShapeContext& ctx) {
  const bool legacy = is_legacy(ctx.node, ctx.opset);
  if (legacy)
    expect_arity(ctx, 2, 2);
  else
    expect_arity(ctx, 1, 4);
  ctx.outputs[0] = {ctx.input(0).type, resize_plan(ctx, legacy).out};
}

/// One axis of values [outer, in, inner] resampled; gives [outer, out, inner].
template <typename T>
std::vector<T> resample(const std::vector<T>& values, std::int64_t in, std::int64_t inner, const AxisSampling& sampling) {
  const auto out = static_cast<std::int64_t>(sampling.positions.size()) / sampling.taps;
  const std::int64_t outer = static_cast<std::int64_t>(values.size()) / in / inner;
  std::vector<T> result(static_cast<std::size_t>(outer * out * inner));
  for (std::int64_t a = 0; a < outer; ++a)
    for (std::int64_t o = 0; o < out; ++o) {
      T* to = result.data() + (a * out + o) * inner;
      for (std::int64_t t = 0; t < sampling.taps; ++t) {
        const T* from = values.data() + (a * in + sampling.positions[static_cast<std::size_t>(o * sampling.taps + t)]) * inner;
        if (sampling.weights.empty()) {
          std::copy_n(from, inner, to);
          continue;
        }
        const float weight = sampling.weights[static_cast<std::size_t>(o * sampling.taps + t)];
        for (std::int64_t i = 0; i < inner; ++i) to[i] = static_cast<T>(to[i] + weight * static_cast<float>(from[i]));
      }
    }
  return result;
}

void evaluate_resize(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  if (ctx.outputs[0].dims() == x.dims()) {  // whatever the scales: so does ONNX Runtime
    std::copy_n(x.raw(), x.bytes(), ctx.outputs[0].raw());
    return;
  }
  if (ctx.outputs[0].size() == 0) return;
  const ResizePlan plan = resize_plan(shape_context(ctx), is_legacy(ctx.node, ctx.opset));
  with_type(x.type(), [&]<typename T>() {
    std::vector<T> values(x.values<T>().begin(), x.values<T>().end());
    Dims dims = x.dims();
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      if (plan.scales[axis] == 1 && plan.out[axis] == dims[axis]) continue;
      const auto sampling = sample_axis(plan.options, dims[axis], plan.out[axis], plan.scales[axis]);
      values = resample(values, dims[axis], count_between(dims, axis + 1, dims.size()), sampling);
      dims[axis] = plan.out[axis];
    }
    std::copy(values.begin(), values.end(), ctx.outputs[0].values<T>().begin());
  });
}

}  // namespace

std::vector<Operator> resize_operators() {
  return {{"Resize", 10, infer_resize, evaluate_resize}, {"Upsample", 9, infer_resize, evaluate_resize}};
}

}  // namespace mien::operators
