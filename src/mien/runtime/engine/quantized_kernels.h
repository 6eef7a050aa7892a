// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mien/runtime/engine/format.h"

namespace mien::runtime::engine {

// Kernels on the bytes of quantised files. They round as the reference operators do (half to even, before the zero point is
// added), operation by operation in f32, and so give the same bytes.

/// A byte q stands for (q - zero) * scale.
struct ByteCode {
  DataType type = DataType::u8;  ///< u8 or i8
  std::int32_t zero = 0;
  float scale = 1;
};

/// What a byte may become: its zero point is added to a rounded number, which is then bounded.
struct ByteBounds {
  std::int32_t low = 0, high = 255;
};
/// All that the type holds.
ByteBounds bounds_of(DataType type);

/// q = x / scale, for f32 or bf16 numbers.
void quantise(const std::byte* source, Storage from, const ByteCode& code, std::byte* result, std::int64_t count);
/// The same for row-major images [images, channels, pixels], written with the channels innermost.
void quantise_to_pixels(const std::byte* source, Storage from, const ByteCode& code, std::byte* result, std::int64_t images,
                        std::int64_t channels, std::int64_t pixels);
/// x = (q - zero) * scale, into f32 or bf16.
void dequantise(const std::byte* source, const ByteCode& code, std::byte* result, Storage to, std::int64_t count);

/// Every byte becomes its entry.
using ByteTable = std::array<std::uint8_t, 256>;
void look_up(const std::byte* source, const ByteTable& table, std::byte* result, std::int64_t count);

/// Sum or product of two tensors of one shape: (a - zero) * left + (b - zero) * right, or (a - zero) * (b - zero) * left.
struct ByteBinary {
  DataType type = DataType::u8;
  std::int32_t left_zero = 0, right_zero = 0, zero = 0;
  float left = 1, right = 1;
  ByteBounds bounds;
  bool multiply = false;
  /// 0: a byte of the right operand for each of the left; else `period` bytes serve the left ones again and again, or, where
  /// `block` is not 0, `block` left ones, and the next `period` bytes the next block.
  std::int64_t period = 0, block = 0;
};
void run(const ByteBinary& binary, const std::byte* left, const std::byte* right, std::byte* result, std::int64_t count);

/// Sums [pixels, channels] in f32 times a factor a channel, as bytes or (type f32) as numbers.
struct ByteSums {
  std::int64_t pixels = 0, channels = 0;
  std::vector<float> factors;  ///< one a channel
  DataType type = DataType::u8;
  std::int32_t zero = 0;
  ByteBounds bounds;
};
void run(const ByteSums& sums, const float* source, std::byte* result);

/// Mean over the pixels of [images, pixels, channels]: the sum of q - zero, times the factor.
struct ByteMean {
  std::int64_t images = 0, pixels = 0, channels = 0;
  ByteCode from;  ///< the scale is not looked at
  DataType type = DataType::u8;
  float factor = 1;
  std::int32_t zero = 0;
};
void run(const ByteMean& mean, const std::byte* source, std::byte* result);

}  // namespace mien::runtime::engine
