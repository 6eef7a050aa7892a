// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "mien/operators/operators.h"

namespace mien::operators {

// Checks that shape inference shares. Each calls ctx.fail with what was expected and what was found.

/// What inference saw of a node that is now evaluated, for evaluation that needs derived quantities (pads, output sizes) again.
ShapeContext shape_context(const EvaluateContext& ctx);

/// The node gives between `least` and `most` inputs (the first `least` not left out) and at most `outputs` outputs.
void expect_arity(const ShapeContext& ctx, std::size_t least, std::size_t most, std::size_t outputs = 1);
/// Input i has one of these types.
void expect_type(const ShapeContext& ctx, std::size_t i, std::initializer_list<DataType> allowed);
/// Input i, when given, has exactly these dims; `role` names it in the message ("the bias").
void expect_dims(const ShapeContext& ctx, std::size_t i, const Dims& dims, const std::string& role);
/// Input i has at least `least` and at most `most` dims.
void expect_rank(const ShapeContext& ctx, std::size_t i, std::size_t least, std::size_t most);
/// `axis` counted from the end when negative, in [0, rank); fails when out of range.
std::size_t checked_axis(const ShapeContext& ctx, std::int64_t axis, std::size_t rank);
/// a * b, a + b; fail on overflow of int64.
std::int64_t checked_product(const ShapeContext& ctx, std::int64_t a, std::int64_t b);
std::int64_t checked_sum(const ShapeContext& ctx, std::int64_t a, std::int64_t b);
/// The attribute `key` as a list of `count` values, each at least `least`; `otherwise` for all when it is absent.
std::vector<std::int64_t> checked_list(const ShapeContext& ctx, const std::string& key, std::size_t count, std::int64_t otherwise,
                                       std::int64_t least);

/// Product of dims[begin, end).
std::int64_t count_between(const Dims& dims, std::size_t begin, std::size_t end);

}  // namespace mien::operators
