// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/matrix_shapes.h"

#include <algorithm>

#include "mien/operators/checks.h"

namespace mien::operators {

namespace {

/// Size of a leading dim, counted from the innermost; 1 where there is none.
std::int64_t stacked(const Dims& dims, std::size_t from_end) {
  return from_end + 2 < dims.size() ? dims[dims.size() - 3 - from_end] : 1;
}

/// For each stacked matrix of the result, row-major, the matrix of one operand.
std::vector<std::int64_t> matrix_indices(const Dims& stack, const Dims& operand) {
  const std::int64_t count = count_between(stack, 0, stack.size());
  std::vector<std::int64_t> indices(static_cast<std::size_t>(count), 0);
  for (std::int64_t m = 0; m < count; ++m) {
    std::int64_t rest = m, step = 1;
    for (std::size_t d = 0; d < stack.size(); ++d) {
      const std::int64_t size = stack[stack.size() - 1 - d], own = stacked(operand, d);
      if (own != 1) indices[static_cast<std::size_t>(m)] += rest % size * step;
      step *= own;
      rest /= size;
    }
  }
  return indices;
}

}  // namespace

MatrixProduct matrix_product(const ShapeContext& ctx, const Dims& a, const Dims& b, bool listed) {
  const auto mismatch = [&] { ctx.fail("a product of " + graph::text_of(a) + " and " + graph::text_of(b) + " is not possible"); };
  if (a.empty() || b.empty()) mismatch();
  MatrixProduct product;
  product.rows = a.size() == 1 ? 1 : a[a.size() - 2];
  product.depth = a.back();
  product.columns = b.size() == 1 ? 1 : b.back();
  if ((b.size() == 1 ? b[0] : b[b.size() - 2]) != product.depth) mismatch();
  const std::size_t leading = std::max({a.size(), b.size(), std::size_t{2}}) - 2;
  Dims stack(leading);
  for (std::size_t d = 0; d < leading; ++d) {
    const std::int64_t of_a = stacked(a, d), of_b = stacked(b, d);
    if (of_a != of_b && of_a != 1 && of_b != 1) mismatch();
    stack[leading - 1 - d] = of_a == 1 ? of_b : of_a;
  }
  product.result = stack;
  if (a.size() > 1) product.result.push_back(product.rows);
  if (b.size() > 1) product.result.push_back(product.columns);
  if (listed && graph::element_count(product.result) > 0) {
    product.a_at = matrix_indices(stack, a);
    product.b_at = matrix_indices(stack, b);
  }
  return product;
}

}  // namespace mien::operators
