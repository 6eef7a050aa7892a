// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "mien/operators/operators.h"

namespace mien::operators {

// Quantised values stand for (q - zero point) * scale. Scales and zero points hold one value, or one for each of `count` slices
// (channels, columns).

/// Rounds half to even, adds the zero point and saturates to u8 or i8; NaN becomes the zero point.
template <typename T>
T quantized(float value, std::int32_t zero) {
  constexpr auto least = static_cast<float>(std::numeric_limits<T>::lowest()),
                 most = static_cast<float>(std::numeric_limits<T>::max());
  if (std::isnan(value)) return static_cast<T>(zero);
  return static_cast<T>(std::clamp(std::nearbyint(value) + static_cast<float>(zero), least, most));
}

/// Input i is an f32 scale: one value, or `count` where that is not 0.
void expect_scale(const ShapeContext& ctx, std::size_t i, std::int64_t count = 0);
/// Input i, when given, is the zero point of values of `type`, in as many values.
void expect_zero_point(const ShapeContext& ctx, std::size_t i, DataType type, std::int64_t count = 0);
/// Input i is quantised: u8 or i8.
void expect_quantized(const ShapeContext& ctx, std::size_t i);

/// A zero point as numbers; {0} where it is left out.
std::vector<std::int32_t> zero_points(const EvaluateContext& ctx, std::size_t i);
/// The value of input i, which holds one.
float single_scale(const EvaluateContext& ctx, std::size_t i);

/// values - zero points; element i belongs to zero point (i / inner) mod their number. Unsigned, because sums of products may
/// wrap around.
std::vector<std::uint32_t> centred(const Tensor& values, const std::vector<std::int32_t>& zeros, std::int64_t inner);

/// Sums (int32 in two's complement) times multiplier (i / inner) mod their number, as u8 or i8 with a zero point.
void requantize(std::span<const std::uint32_t> sums, std::span<const float> multipliers, std::int64_t inner, std::int32_t zero,
                Tensor& y);

}  // namespace mien::operators
