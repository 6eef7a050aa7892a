// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

#include "mien/base/error.h"
#include "mien/runtime/engine/format.h"

namespace mien::runtime::engine {

// What kernels that compute in floats need to read and write either storage.

/// A bfloat16 is the upper half of a float.
struct Bf16 {
  std::uint16_t bits;
};
inline float to_float(float v) { return v; }
inline float to_float(Bf16 v) { return std::bit_cast<float>(static_cast<std::uint32_t>(v.bits) << 16); }
inline float to_float(std::int8_t v) { return v; }
inline float to_float(std::uint8_t v) { return v; }
inline void store(float v, float& to) { to = v; }
inline void store(float v, Bf16& to) {  // round to nearest, ties to even; a NaN stays one
  const auto bits = std::bit_cast<std::uint32_t>(v);
  const auto rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  to.bits = static_cast<std::uint16_t>(v == v ? rounded : (bits >> 16) | 0x40);
}

/// Calls `f` with a null pointer of the element type that the storage means.
template <typename F>
void with_float(Storage storage, F f) {
  if (storage == Storage::bf16) return f(static_cast<Bf16*>(nullptr));
  if (storage == Storage::f32) return f(static_cast<float*>(nullptr));
  throw Error(ErrorCode::usage, "kernels compute in f32 and bf16");
}

}  // namespace mien::runtime::engine
