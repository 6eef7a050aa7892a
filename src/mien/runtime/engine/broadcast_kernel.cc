// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/broadcast_kernel.h"

#include <algorithm>

#include "mien/base/error.h"
#include "mien/runtime/engine/float_storage.h"

namespace mien::runtime::engine {

namespace {

/// One run along the innermost dim; `step` is 1, or 0 where one number of the right serves all.
template <typename T, typename Op>
void run_inner(const T* left, const T* right, T* result, std::int64_t count, std::int64_t step, Op op) {
  if (step == 0) {
    const float value = to_float(*right);
    for (std::int64_t i = 0; i < count; ++i) store(op(to_float(left[i]), value), result[i]);
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

BroadcastBinary::BroadcastBinary(dnnl::algorithm kind, Storage storage, const Dims& dims, const Dims& right)
    : kind_(kind), storage_(storage) {
  const auto steps = row_major_strides(right);
  for (std::size_t d = 0; d < dims.size(); ++d) {
    if (dims[d] == 1) continue;
    const std::int64_t step = right[d] == 1 ? 0 : steps[d];
    const bool goes_on = !dims_.empty() && strides_.back() == step * dims[d];
    if (!goes_on) dims_.push_back(1), strides_.push_back(step);
    dims_.back() *= dims[d];
    strides_.back() = step;
  }
  if (dims_.empty()) dims_ = {1}, strides_ = {0};
  if (strides_.back() > 1) dims_.push_back(1), strides_.push_back(0);
}

void BroadcastBinary::run(const std::byte* left, const std::byte* right, std::byte* result) const {
  const std::int64_t inner = dims_.back(), outer = graph::element_count(dims_) / inner;
  with_float(storage_, [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    with_operation(kind_, [&](auto op) {
#pragma omp parallel for if (outer * inner > 1 << 14)
      for (std::int64_t o = 0; o < outer; ++o) {
        std::int64_t rest = o, at = 0;
        for (std::size_t d = dims_.size() - 1; d-- > 0; rest /= dims_[d]) at += rest % dims_[d] * strides_[d];
        run_inner(reinterpret_cast<const T*>(left) + o * inner, reinterpret_cast<const T*>(right) + at,
                  reinterpret_cast<T*>(result) + o * inner, inner, strides_.back(), op);
      }
    });
  });
}

}  // namespace mien::runtime::engine
