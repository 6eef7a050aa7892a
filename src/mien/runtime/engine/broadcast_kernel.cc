// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/broadcast_kernel.h"

#include <algorithm>

#include "mien/base/error.h"
#include "mien/runtime/engine/float_storage.h"

namespace mien::runtime::engine {

namespace {

/// One run along the innermost dim; a step is 1, or 0 where one number serves all.
template <typename T, typename Op>
void run_inner(const T* left, std::int64_t left_step, const T* right, std::int64_t right_step, T* result, std::int64_t count,
               Op op) {
  if (right_step == 0) {
    const float value = to_float(*right);
    for (std::int64_t i = 0; i < count; ++i) store(op(to_float(left[i]), value), result[i]);
  } else if (left_step == 0) {
    const float value = to_float(*left);
    for (std::int64_t i = 0; i < count; ++i) store(op(value, to_float(right[i])), result[i]);
  } else {
    for (std::int64_t i = 0; i < count; ++i) store(op(to_float(left[i]), to_float(right[i])), result[i]);
  }
}

template <typename F>
void with_operation(dnnl::algorithm kind, F f) {
  using dnnl::algorithm;
  switch (kind) {
    case algorithm::binary_add: return f([](float a, float b) { return a + b; });
    case algorithm::binary_sub: return f([](float a, float b) { return a - b; });
    case algorithm::binary_mul: return f([](float a, float b) { return a * b; });
    case algorithm::binary_div: return f([](float a, float b) { return a / b; });
    case algorithm::binary_max: return f([](float a, float b) { return a < b ? b : a; });
    case algorithm::binary_min: return f([](float a, float b) { return b < a ? b : a; });
    default: throw Error(ErrorCode::usage, "this binary operation does not broadcast");
  }
}

}  // namespace

BroadcastBinary::BroadcastBinary(dnnl::algorithm kind, Storage storage, const Dims& dims, const Dims& left, const Dims& right)
    : kind_(kind), storage_(storage) {
  const auto left_steps = row_major_strides(left), right_steps = row_major_strides(right);
  for (std::size_t d = 0; d < dims.size(); ++d) {
    if (dims[d] == 1) continue;
    const std::int64_t left_step = left[d] == 1 ? 0 : left_steps[d], right_step = right[d] == 1 ? 0 : right_steps[d];
    const bool goes_on =
        !dims_.empty() && left_strides_.back() == left_step * dims[d] && right_strides_.back() == right_step * dims[d];
    if (!goes_on) add_dim(1, left_step, right_step);
    dims_.back() *= dims[d];
    left_strides_.back() = left_step;
    right_strides_.back() = right_step;
  }
  // The loop along the innermost dim takes steps of 0 and 1, and a step of 0 on both sides for a single number only.
  const bool simple = !dims_.empty() && left_strides_.back() <= 1 && right_strides_.back() <= 1 &&
                      left_strides_.back() + right_strides_.back() > 0;
  if (!simple) add_dim(1, 0, 0);
}

void BroadcastBinary::add_dim(std::int64_t size, std::int64_t left_stride, std::int64_t right_stride) {
  dims_.push_back(size);
  left_strides_.push_back(left_stride);
  right_strides_.push_back(right_stride);
}

void BroadcastBinary::run(const std::byte* left, const std::byte* right, std::byte* result) const {
  const std::int64_t inner = dims_.back(), outer = graph::element_count(dims_) / inner;
  with_float(storage_, [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    with_operation(kind_, [&](auto op) {
#pragma omp parallel for if (outer * inner > 1 << 14)
      for (std::int64_t o = 0; o < outer; ++o) {
        std::int64_t rest = o, left_at = 0, right_at = 0;
        for (std::size_t d = dims_.size() - 1; d-- > 0; rest /= dims_[d]) {
          left_at += rest % dims_[d] * left_strides_[d];
          right_at += rest % dims_[d] * right_strides_[d];
        }
        run_inner(reinterpret_cast<const T*>(left) + left_at, left_strides_.back(), reinterpret_cast<const T*>(right) + right_at,
                  right_strides_.back(), reinterpret_cast<T*>(result) + o * inner, inner, op);
      }
    });
  });
}

}  // namespace mien::runtime::engine
