// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "mien/operators/operators.h"

namespace mien::operators {

/// Row-major strides in elements.
Dims strides_of(const Dims& dims);

/// numpy's rule: shapes are aligned at their last dim, a dim of 1 repeats. Nullopt where two dims differ and neither is 1.
std::optional<Dims> broadcast_dims(const Dims& a, const Dims& b);

/// Strides with which a tensor of shape `dims` is read as one of shape `to`: 0 along the dims that repeat. `to` must be a
/// shape that `dims` broadcasts to.
Dims broadcast_strides(const Dims& dims, const Dims& to);

/// A loop over `dims` that N tensors follow, each with its own strides (in elements).
template <std::size_t N>
struct StridedLoop {
  Dims dims;
  std::array<Dims, N> strides;
};

/// The same loop with dims of 1 dropped and with neighbouring dims that every tensor walks as one merged; at least one dim stays.
/// [N,C,H,W] with a bias of [C,1,1] becomes N, C, H*W.
template <std::size_t N>
StridedLoop<N> merged(const Dims& dims, const std::array<Dims, N>& strides) {
  StridedLoop<N> result;
  const auto continues = [&](std::size_t axis) {
    if (result.dims.empty()) return false;
    for (std::size_t n = 0; n < N; ++n)
      if (result.strides[n].back() != strides[n][axis] * dims[axis]) return false;
    return true;
  };
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    if (dims[axis] == 1) continue;
    const bool merge = continues(axis);
    if (merge) result.dims.back() *= dims[axis];
    else result.dims.push_back(dims[axis]);
    for (std::size_t n = 0; n < N; ++n) {
      if (merge) result.strides[n].back() = strides[n][axis];
      else result.strides[n].push_back(strides[n][axis]);
    }
  }
  if (!result.dims.empty()) return result;
  result.dims = {1};
  result.strides.fill({0});
  return result;
}

/// Calls `row(offsets)` for every index of all dims but the last; `offsets` are in elements, one a tensor. The loop must have
/// at least one dim and no dim of 0.
template <std::size_t N, typename Row>
void for_each_row(const StridedLoop<N>& loop, Row&& row) {
  const std::size_t outer = loop.dims.size() - 1;
  Dims index(outer, 0);
  std::array<std::int64_t, N> offsets{};
  while (true) {
    row(offsets);
    std::size_t axis = outer;
    while (axis > 0) {
      --axis;
      for (std::size_t n = 0; n < N; ++n) offsets[n] += loop.strides[n][axis];
      if (++index[axis] < loop.dims[axis]) break;
      for (std::size_t n = 0; n < N; ++n) offsets[n] -= loop.strides[n][axis] * loop.dims[axis];
      index[axis] = 0;
      if (axis == 0) return;
    }
    if (outer == 0) return;
  }
}

/// y = f(a, b) with broadcasting; a, b hold values of type In, y of type Out and of the shape that both broadcast to. y may be
/// a or b where that has the shape of the result. The inner loops are contiguous or constant in each operand.
template <typename In, typename Out, typename F>
void broadcast_map(const Tensor& a, const Tensor& b, Tensor& y, F f) {
  if (y.size() == 0) return;
  const auto loop = merged<3>(y.dims(), {strides_of(y.dims()), broadcast_strides(a.dims(), y.dims()),
                                         broadcast_strides(b.dims(), y.dims())});
  const auto count = loop.dims.back();
  const bool a_varies = loop.strides[1].back() != 0;
  const bool b_varies = loop.strides[2].back() != 0;
  for_each_row(loop, [&](const std::array<std::int64_t, 3>& at) {
    Out* to = y.values<Out>().data() + at[0];
    const In* left = a.values<In>().data() + at[1];
    const In* right = b.values<In>().data() + at[2];
    if (a_varies && b_varies) {
      for (std::int64_t i = 0; i < count; ++i) to[i] = f(left[i], right[i]);
    } else if (a_varies) {
      const In fixed = *right;
      for (std::int64_t i = 0; i < count; ++i) to[i] = f(left[i], fixed);
    } else {
      const In fixed = *left;
      for (std::int64_t i = 0; i < count; ++i) to[i] = f(fixed, right[b_varies ? i : 0]);
    }
  });
}

/// Copies a block of `dims` elements of `element_size` bytes (1, 2, 4 or 8) between two layouts; strides in elements, of either
/// sign. The pointers stand at the block's first element. A block without elements copies nothing.
void strided_copy(const std::byte* from, const Dims& from_strides, std::byte* to, const Dims& to_strides, const Dims& dims,
                  std::size_t element_size);

}  // namespace mien::operators
