// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "mien/operators/operators.h"

namespace mien::operators {

/// Calls `f.operator()<T>()` with the C++ type of the elements. Booleans are bytes: a file may hold others than 0 and 1.
template <typename F>
decltype(auto) with_type(DataType type, F&& f) {
  switch (type) {
    case DataType::f32: return f.template operator()<float>();
    case DataType::i8: return f.template operator()<std::int8_t>();
    case DataType::i16: return f.template operator()<std::int16_t>();
    case DataType::u16: return f.template operator()<std::uint16_t>();
    case DataType::i32: return f.template operator()<std::int32_t>();
    case DataType::u32: return f.template operator()<std::uint32_t>();
    case DataType::i64: return f.template operator()<std::int64_t>();
    case DataType::u64: return f.template operator()<std::uint64_t>();
    case DataType::u8:
    case DataType::boolean: break;
  }
  return f.template operator()<std::uint8_t>();
}

/// The type in which integers of type T are computed so that overflow wraps instead of being undefined.
template <typename T>
using Wrapping = std::conditional_t<sizeof(T) < 4, std::uint32_t, std::make_unsigned_t<T>>;

template <typename T>
T add(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) return a + b;
  else return static_cast<T>(static_cast<Wrapping<T>>(a) + static_cast<Wrapping<T>>(b));
}

template <typename T>
T subtract(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) return a - b;
  else return static_cast<T>(static_cast<Wrapping<T>>(a) - static_cast<Wrapping<T>>(b));
}

template <typename T>
T multiply(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) return a * b;
  else return static_cast<T>(static_cast<Wrapping<T>>(a) * static_cast<Wrapping<T>>(b));
}

/// The larger or smaller of two; NaN where either is NaN.
template <typename T>
T larger(T a, T b) { return a > b || a != a ? a : b; }
template <typename T>
T smaller(T a, T b) { return a < b || a != a ? a : b; }

/// Static_cast with the out-of-range cases of float to integer defined as x86 has them: the least value of i32 (types up to 32
/// bits signed) or of i64, cut to the type's width.
template <typename To, typename From>
To number_cast(From value) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    using Wide = std::conditional_t<(sizeof(To) < 4 || std::is_same_v<To, std::int32_t>), std::int32_t, std::int64_t>;
    constexpr double bound = sizeof(Wide) == 4 ? 2147483648.0 : 9223372036854775808.0;
    if constexpr (std::is_same_v<To, std::uint64_t>)
      if (value >= static_cast<From>(bound) && value < static_cast<From>(2 * bound)) return static_cast<To>(value);
    const bool fits = sizeof(Wide) == 4 ? static_cast<double>(value) > -bound - 1 && static_cast<double>(value) < bound
                                        : static_cast<double>(value) >= -bound && static_cast<double>(value) < bound;
    return static_cast<To>(fits ? static_cast<Wide>(value) : std::numeric_limits<Wide>::min());
  } else {
    return static_cast<To>(value);
  }
}

}  // namespace mien::operators
