// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/checks.h"

#include <algorithm>

namespace mien::operators {

ShapeContext shape_context(const EvaluateContext& ctx) {
  ShapeContext result{ctx.node, ctx.opset, {}, ctx.inputs, {}};
  for (const Tensor* input : ctx.inputs) {
    result.inputs.emplace_back();
    if (input) result.inputs.back() = TensorType{input->type(), input->dims()};
  }
  for (const Tensor& output : ctx.outputs) result.outputs.push_back({output.type(), output.dims()});
  return result;
}

void expect_arity(const ShapeContext& ctx, std::size_t least, std::size_t most, std::size_t outputs) {
  if (ctx.inputs.size() > most)
    ctx.fail("has " + std::to_string(ctx.inputs.size()) + " inputs, expected at most " + std::to_string(most));
  for (std::size_t i = 0; i < least; ++i) ctx.input(i);
  for (std::size_t i = outputs; i < ctx.node.outputs.size(); ++i)
    if (ctx.node.outputs[i] != graph::no_value)
      ctx.fail("output " + std::to_string(i) + " is not supported, only the first " + std::to_string(outputs));
}

void expect_type(const ShapeContext& ctx, std::size_t i, std::initializer_list<DataType> allowed) {
  const DataType found = ctx.input(i).type;
  if (std::find(allowed.begin(), allowed.end(), found) != allowed.end()) return;
  std::string names;
  for (const DataType type : allowed) names += (names.empty() ? "" : " or ") + std::string(graph::name_of(type));
  ctx.fail("input " + std::to_string(i) + " is " + graph::name_of(found) + ", expected " + names);
}

void expect_dims(const ShapeContext& ctx, std::size_t i, const Dims& dims, const std::string& role) {
  if (ctx.has(i) && ctx.input(i).dims != dims)
    ctx.fail(role + " (input " + std::to_string(i) + ") is " + graph::text_of(ctx.input(i).dims) + ", expected " +
             graph::text_of(dims));
}

void expect_rank(const ShapeContext& ctx, std::size_t i, std::size_t least, std::size_t most) {
  const Dims& dims = ctx.input(i).dims;
  if (dims.size() >= least && dims.size() <= most) return;
  ctx.fail("input " + std::to_string(i) + " is " + graph::text_of(dims) + ", expected " + std::to_string(least) +
           (least == most ? "" : " to " + std::to_string(most)) + " dims");
}

std::size_t checked_axis(const ShapeContext& ctx, std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count)
    ctx.fail("axis " + std::to_string(axis) + " is out of range for " + std::to_string(rank) + " dims");
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

std::int64_t checked_product(const ShapeContext& ctx, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) ctx.fail("sizes overflow: " + std::to_string(a) + " * " + std::to_string(b));
  return result;
}

std::int64_t checked_sum(const ShapeContext& ctx, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_add_overflow(a, b, &result)) ctx.fail("sizes overflow: " + std::to_string(a) + " + " + std::to_string(b));
  return result;
}

std::vector<std::int64_t> checked_list(const ShapeContext& ctx, const std::string& key, std::size_t count, std::int64_t otherwise,
                                       std::int64_t least) {
  if (!ctx.node.has(key)) return std::vector<std::int64_t>(count, otherwise);
  auto list = ctx.node.integers(key);
  if (list.size() != count)
    ctx.fail("attribute '" + key + "' has " + std::to_string(list.size()) + " values, expected " + std::to_string(count));
  for (const auto value : list)
    if (value < least)
      ctx.fail("attribute '" + key + "' holds " + std::to_string(value) + ", expected at least " + std::to_string(least));
  return list;
}

std::int64_t count_between(const Dims& dims, std::size_t begin, std::size_t end) {
  std::int64_t count = 1;
  for (std::size_t i = begin; i < end; ++i) count *= dims[i];
  return count;
}

}  // namespace mien::operators
