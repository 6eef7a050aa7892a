// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "mien/runtime/engine/format.h"

namespace mien::runtime::engine {

/// y = left op right for row-major f32 or bf16 values, where `right` broadcasts to the shape of the others in any way: oneDNN has
/// fast code for the common ways only.
class BroadcastBinary {
 public:
  /// @param right  dims of the second operand, as many as `dims`, each equal to that of the result or 1; no dim is 0
  BroadcastBinary(dnnl::algorithm kind, Storage storage, const Dims& dims, const Dims& right);
  void run(const std::byte* left, const std::byte* right, std::byte* result) const;

 private:
  dnnl::algorithm kind_;
  Storage storage_;
  Dims dims_, strides_;  ///< neighbouring dims along which `right` goes on in the same way are one
};

}  // namespace mien::runtime::engine
