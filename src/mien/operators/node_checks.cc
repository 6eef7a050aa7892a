// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/node_checks.h"

#include <algorithm>

namespace mien::operators {

namespace {

/// Elements of a shape, or more than any limit where they are not countable.
std::int64_t count_of(const Dims& dims) {
  if (std::ranges::find(dims, 0) != dims.end()) return 0;
  std::int64_t count = 1;
  for (const auto dim : dims)
    if (__builtin_mul_overflow(count, dim, &count)) return INT64_MAX;
  return count;
}

template <typename Context>
std::int64_t only_integer(const Context& ctx, std::size_t i) {
  const auto values = known_integers(ctx, i);
  if (values.size() != 1) ctx.fail(fmt::format("input {} must hold one integer and holds {}", i, values.size()));
  return values[0];
}

}  // namespace

void set_output(ShapeContext& ctx, std::size_t i, DataType type, Dims dims, std::int64_t limit) {
  if (dims.size() > max_rank)
    ctx.fail(fmt::format("the output would have {} dims, at most {} are allowed", dims.size(), max_rank));
  if (std::ranges::any_of(dims, [](auto dim) { return dim < 0; }))
    ctx.fail(fmt::format("the output would have the shape {} with a negative dim", graph::text_of(dims)));
  if (count_of(dims) > limit)
    ctx.fail(fmt::format("the output would have the shape {}, more than the {} elements that are allowed here",
                         graph::text_of(dims), limit));
  if (i < ctx.outputs.size()) ctx.outputs[i] = {type, std::move(dims)};
}

void infer_same(ShapeContext& ctx) { set_output(ctx, 0, ctx.input(0).type, ctx.input(0).dims); }

void infer_same_float(ShapeContext& ctx) {
  expect_type(ctx, 0, {DataType::f32});
  infer_same(ctx);
}

void infer_same_number(ShapeContext& ctx) {
  require_number(ctx, 0);
  infer_same(ctx);
}

void require_number(const ShapeContext& ctx, std::size_t i) {
  if (ctx.input(i).type == DataType::boolean) ctx.fail(fmt::format("input {} is boolean, expected numbers", i));
}

void require_integer(const ShapeContext& ctx, std::size_t i) {
  require_number(ctx, i);
  if (ctx.input(i).type == DataType::f32) ctx.fail(fmt::format("input {} is f32, expected integers", i));
}

void require_index(const ShapeContext& ctx, std::size_t i) {
  const auto type = ctx.input(i).type;
  if (type != DataType::i32 && type != DataType::i64)
    ctx.fail(fmt::format("input {} is {}, expected indices of type i32 or i64", i, graph::name_of(type)));
}

void require_same_type(const ShapeContext& ctx, std::size_t i, std::size_t j) {
  if (ctx.input(i).type != ctx.input(j).type)
    ctx.fail(fmt::format("inputs {} and {} must have the same type and have {} and {}", i, j, graph::name_of(ctx.input(i).type),
                         graph::name_of(ctx.input(j).type)));
}

void require_one_element(const ShapeContext& ctx, std::size_t i) {
  if (graph::element_count(ctx.input(i).dims) != 1)
    ctx.fail(fmt::format("input {} must hold one value and has the shape {}", i, graph::text_of(ctx.input(i).dims)));
}

std::vector<std::int64_t> known_integers(const ShapeContext& ctx, std::size_t i) {
  const auto& type = ctx.input(i);
  if (type.type == DataType::f32 || type.dims.size() > 1)
    ctx.fail(fmt::format("input {} must be a list of integers and is {} of shape {}", i, graph::name_of(type.type),
                         graph::text_of(type.dims)));
  return ctx.constant(i).integers();
}

std::vector<std::int64_t> known_integers(const EvaluateContext& ctx, std::size_t i) { return ctx.inputs[i]->integers(); }
std::int64_t known_integer(const ShapeContext& ctx, std::size_t i) { return only_integer(ctx, i); }
std::int64_t known_integer(const EvaluateContext& ctx, std::size_t i) { return only_integer(ctx, i); }

DataType type_attribute(const ShapeContext& ctx, const std::string& key) {
  if (!ctx.node.has(key)) ctx.fail("attribute '" + key + "' is missing");
  switch (const auto number = ctx.node.integer(key, 0)) {  // TensorProto.DataType
    case 1: case 10: case 11: case 16: return DataType::f32;
    case 2: return DataType::u8;
    case 3: return DataType::i8;
    case 4: return DataType::u16;
    case 5: return DataType::i16;
    case 6: return DataType::i32;
    case 7: return DataType::i64;
    case 9: return DataType::boolean;
    case 12: return DataType::u32;
    case 13: return DataType::u64;
    default:
      ctx.fail(fmt::format("attribute '{}' asks for element type {}, which is not supported (text and complex numbers are not)",
                           key, number));
  }
}

}  // namespace mien::operators
