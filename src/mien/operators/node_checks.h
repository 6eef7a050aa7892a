// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

#include "mien/operators/checks.h"
#include "mien/operators/operators.h"

namespace mien::operators {

// Checks for operators that move, compare or reduce values; checks.h has those that all operators share.

/// Most elements that an operator makes out of a shape alone (Expand, Tile, ConstantOfShape, ...): a small file could otherwise
/// ask for all memory.
inline constexpr std::int64_t max_created_elements = std::int64_t{1} << 28;

/// Most dims of a tensor; far above what networks have.
inline constexpr std::size_t max_rank = 64;

/// Sets the type of output `i`, which the node may leave out. Fails on too many or negative dims and on more than `limit`
/// elements, so before anything is allocated.
void set_output(ShapeContext& ctx, std::size_t i, DataType type, Dims dims, std::int64_t limit = max_output_elements);

/// The output has the type of input 0.
void infer_same(ShapeContext& ctx);
/// The same for operators that know f32 alone, or every type but boolean.
void infer_same_float(ShapeContext& ctx);
void infer_same_number(ShapeContext& ctx);

void require_number(const ShapeContext& ctx, std::size_t i);   ///< any type but boolean
void require_integer(const ShapeContext& ctx, std::size_t i);  ///< no f32 and no boolean
void require_index(const ShapeContext& ctx, std::size_t i);    ///< i32 or i64
void require_same_type(const ShapeContext& ctx, std::size_t i, std::size_t j);
void require_one_element(const ShapeContext& ctx, std::size_t i);

/// Values of an integer input that must be known before the network runs. Fails where the input is no list of integers.
std::vector<std::int64_t> known_integers(const ShapeContext& ctx, std::size_t i);
std::vector<std::int64_t> known_integers(const EvaluateContext& ctx, std::size_t i);
/// The same for an input of exactly one value.
std::int64_t known_integer(const ShapeContext& ctx, std::size_t i);
std::int64_t known_integer(const EvaluateContext& ctx, std::size_t i);

/// The element type that an attribute names by ONNX's number; f16, bf16 and f64 mean f32 here. Fails on other numbers.
DataType type_attribute(const ShapeContext& ctx, const std::string& key);

/// An axis of [-rank, rank) as one of [0, rank); fails on any other.
template <typename Context>
std::size_t axis_of(const Context& ctx, std::int64_t axis, std::size_t rank) {
  const auto n = static_cast<std::int64_t>(rank);
  if (axis < -n || axis >= n) ctx.fail(fmt::format("axis {} is outside of a tensor with {} dims", axis, rank));
  return static_cast<std::size_t>(axis < 0 ? axis + n : axis);
}

/// Integers that older opsets give as attribute `key` and newer ones as input `i`; empty when neither is there.
template <typename Context>
std::vector<std::int64_t> integers_of(const Context& ctx, std::size_t i, const std::string& key) {
  return ctx.has(i) ? known_integers(ctx, i) : ctx.node.integers(key);
}

/// Axes as integers_of() finds them, each as one of [0, rank); fails where one stands there twice.
template <typename Context>
std::vector<std::size_t> axes_of(const Context& ctx, std::size_t i, std::size_t rank) {
  std::vector<std::size_t> result;
  std::vector<bool> seen(rank);
  for (const auto axis : integers_of(ctx, i, "axes")) {
    result.push_back(axis_of(ctx, axis, rank));
    if (seen[result.back()]) ctx.fail(fmt::format("axis {} is given twice", axis));
    seen[result.back()] = true;
  }
  return result;
}

}  // namespace mien::operators
