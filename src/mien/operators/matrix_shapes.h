// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "mien/operators/operators.h"

namespace mien::operators {

/// A product of stacks of matrices as NumPy's matmul means it: a [..., rows, depth], b [..., depth, columns]; a one-dimensional a
/// is one row, a one-dimensional b one column, and leading dims broadcast.
struct MatrixProduct {
  std::int64_t rows = 1, depth = 1, columns = 1;
  Dims result;                             ///< dims of the product
  std::vector<std::int64_t> a_at, b_at;    ///< for each matrix of the result, which matrix of a and of b
};

/// Fails when the dims do not fit. `listed`: fills a_at and b_at, which evaluation needs (not when the
/// result is empty).
MatrixProduct matrix_product(const ShapeContext& ctx, const Dims& a, const Dims& b, bool listed = false);

/// Calls row(a_at, b_at, y_at) for every row of every matrix of the result: the elements at which the row of a, the matrix of b
/// and the row of the result begin.
template <typename Row>
void for_each_product_row(const MatrixProduct& product, Row row) {
  for (std::size_t m = 0; m < product.a_at.size(); ++m)
    for (std::int64_t r = 0; r < product.rows; ++r)
      row((product.a_at[m] * product.rows + r) * product.depth, product.b_at[m] * product.depth * product.columns,
          (static_cast<std::int64_t>(m) * product.rows + r) * product.columns);
}

}  // namespace mien::operators
