// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "mien/runtime/engine/format.h"

namespace mien::runtime::engine {

/// y = left op right for row-major f32 or bf16 values, which broadcast to the result's shape in any way: oneDNN has fast code for
/// the common ways only, and none where both broadcast.
class BroadcastBinary {
 public:
  /// @param left, right  dims of the operands, as many as `dims`, each equal to that of the result or 1; no dim is 0
  BroadcastBinary(dnnl::algorithm kind, Storage storage, const Dims& dims, const Dims& left, const Dims& right);
  void run(const std::byte* left, const std::byte* right, std::byte* result) const;

 private:
  void add_dim(std::int64_t size, std::int64_t left_stride, std::int64_t right_stride);

  dnnl::algorithm kind_;
  Storage storage_;
  Dims dims_, left_strides_, right_strides_;  ///< neighbouring dims along which both operands go on in the same way are one
};

}  // namespace mien::runtime::engine
