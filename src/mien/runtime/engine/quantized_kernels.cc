// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/quantized_kernels.h"

#include <algorithm>
#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

#include "mien/image/simd.h"
#include "mien/runtime/engine/float_storage.h"

namespace mien::runtime::engine {

namespace {

constexpr std::int64_t piece = 4096;  ///< elements that a thread takes at a time
constexpr std::int64_t worth_threads = 1 << 15;

// Signed bytes are computed as unsigned ones that are 128 larger: their bits with the first one turned.
std::uint8_t turn_of(DataType type) { return type == DataType::i8 ? 0x80 : 0; }
std::int32_t raised(DataType type, std::int32_t value) { return type == DataType::i8 ? value + 128 : value; }

/// Bounds of what is rounded, before the zero point.
struct Rounding {
  float least, most, zero;
  std::uint8_t turn;
};

Rounding rounding_of(DataType type, std::int32_t zero, const ByteBounds& bounds) {
  return {static_cast<float>(bounds.low - zero), static_cast<float>(bounds.high - zero), static_cast<float>(raised(type, zero)),
          turn_of(type)};
}

/// Half to even: the bounds are integers, so that bounding first changes nothing; adding and taking off 1.5 * 2^23 leaves no
/// fraction. NaN becomes the zero point.
inline std::uint8_t rounded(float value, const Rounding& r) {
  constexpr float whole = 12582912.0f;
  value = value == value ? value : 0.0f;
  value = value < r.least ? r.least : value;
  value = value > r.most ? r.most : value;
  return static_cast<std::uint8_t>(static_cast<std::int32_t>(((value + whole) - whole) + r.zero)) ^ r.turn;
}

inline float number(std::uint8_t byte, std::uint8_t turn, float zero) {
  return static_cast<float>(static_cast<std::int32_t>(byte ^ turn)) - zero;
}

MIEN_SIMD_CLONES void quantise_piece(const float* x, float scale, Rounding r, std::uint8_t* y, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = rounded(x[i] / scale, r);
}

MIEN_SIMD_CLONES void dequantise_piece(const std::uint8_t* x, std::uint8_t turn, float zero, float scale, float* y,
                                       std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = number(x[i], turn, zero) * scale;
}

struct Sides {
  float left_zero, right_zero, left, right;
};

MIEN_SIMD_CLONES void add_piece(const std::uint8_t* a, const std::uint8_t* b, Sides s, Rounding r, std::uint8_t* y,
                                std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i)
    y[i] = rounded(number(a[i], r.turn, s.left_zero) * s.left + number(b[i], r.turn, s.right_zero) * s.right, r);
}

MIEN_SIMD_CLONES void multiply_piece(const std::uint8_t* a, const std::uint8_t* b, Sides s, Rounding r, std::uint8_t* y,
                                     std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i)
    y[i] = rounded(number(a[i], r.turn, s.left_zero) * number(b[i], r.turn, s.right_zero) * s.left, r);
}

MIEN_SIMD_CLONES void round_row(const float* x, const float* factors, Rounding r, std::uint8_t* y, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = rounded(x[i] * factors[i], r);
}

MIEN_SIMD_CLONES void scale_row(const float* x, const float* factors, float* y, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = x[i] * factors[i];
}

MIEN_SIMD_CLONES void add_row(const std::uint8_t* x, std::uint8_t turn, std::int32_t* sums, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) sums[i] += x[i] ^ turn;
}

void look_up_each(const std::uint8_t* x, const ByteTable& table, std::uint8_t* y, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = table[x[i]];
}

#if defined(__x86_64__) && defined(__GNUC__)
/// 64 bytes at a time, from a table in four registers.
__attribute__((target("avx512f,avx512bw,avx512vbmi"))) void look_up_many(const std::uint8_t* x, const ByteTable& table,
                                                                         std::uint8_t* y, std::int64_t count) {
  __m512i quarter[4];
  for (int i = 0; i < 4; ++i) quarter[i] = _mm512_loadu_si512(table.data() + 64 * i);
  std::int64_t i = 0;
  for (; i + 64 <= count; i += 64) {
    const __m512i at = _mm512_loadu_si512(x + i);
    const __m512i lower = _mm512_permutex2var_epi8(quarter[0], at, quarter[1]),
                  upper = _mm512_permutex2var_epi8(quarter[2], at, quarter[3]);
    _mm512_storeu_si512(y + i, _mm512_mask_blend_epi8(_mm512_movepi8_mask(at), lower, upper));
  }
  look_up_each(x + i, table, y + i, count - i);
}

bool has_many() { return __builtin_cpu_supports("avx512vbmi") != 0; }
#else
constexpr auto look_up_many = look_up_each;
bool has_many() { return false; }
#endif

/// f(first, number) for every piece.
template <typename F>
void for_pieces(std::int64_t count, F f) {
#pragma omp parallel for if (count > worth_threads)
  for (std::int64_t first = 0; first < count; first += piece) f(first, std::min(piece, count - first));
}

const std::uint8_t* bytes(const std::byte* at) { return reinterpret_cast<const std::uint8_t*>(at); }
std::uint8_t* bytes(std::byte* at) { return reinterpret_cast<std::uint8_t*>(at); }

/// Up to `piece` numbers as f32: where they are, or in `room`.
const float* floats_at(const std::byte* source, Storage from, std::int64_t first, std::int64_t count, float* room) {
  if (from == Storage::f32) return reinterpret_cast<const float*>(source) + first;
  const auto* low = reinterpret_cast<const Bf16*>(source) + first;
  for (std::int64_t i = 0; i < count; ++i) room[i] = to_float(low[i]);
  return room;
}

}  // namespace

ByteBounds bounds_of(DataType type) { return type == DataType::i8 ? ByteBounds{-128, 127} : ByteBounds{0, 255}; }

void quantise(const std::byte* source, Storage from, const ByteCode& code, std::byte* result, std::int64_t count) {
  const auto r = rounding_of(code.type, code.zero, bounds_of(code.type));
  for_pieces(count, [&](std::int64_t first, std::int64_t number) {
    float room[piece];
    quantise_piece(floats_at(source, from, first, number, room), code.scale, r, bytes(result) + first, number);
  });
}

void quantise_to_pixels(const std::byte* source, Storage from, const ByteCode& code, std::byte* result, std::int64_t images,
                        std::int64_t channels, std::int64_t pixels) {
  const auto r = rounding_of(code.type, code.zero, bounds_of(code.type));
  const std::int64_t pieces = (pixels + piece - 1) / piece;
#pragma omp parallel for collapse(2) if (images * channels * pixels > worth_threads)
  for (std::int64_t n = 0; n < images; ++n)
    for (std::int64_t p = 0; p < pieces; ++p) {
      float room[piece];
      std::uint8_t plane[piece];
      const std::int64_t first = p * piece, count = std::min(piece, pixels - first);
      std::uint8_t* to = bytes(result) + (n * pixels + first) * channels;
      for (std::int64_t c = 0; c < channels; ++c) {
        quantise_piece(floats_at(source, from, (n * channels + c) * pixels + first, count, room), code.scale, r, plane, count);
        for (std::int64_t i = 0; i < count; ++i) to[i * channels + c] = plane[i];
      }
    }
}

void dequantise(const std::byte* source, const ByteCode& code, std::byte* result, Storage to, std::int64_t count) {
  const auto turn = turn_of(code.type);
  const auto zero = static_cast<float>(raised(code.type, code.zero));
  for_pieces(count, [&](std::int64_t first, std::int64_t number) {
    if (to == Storage::f32)
      return dequantise_piece(bytes(source) + first, turn, zero, code.scale, reinterpret_cast<float*>(result) + first, number);
    float room[piece];
    dequantise_piece(bytes(source) + first, turn, zero, code.scale, room, number);
    for (std::int64_t i = 0; i < number; ++i) store(room[i], reinterpret_cast<Bf16*>(result)[first + i]);
  });
}

void look_up(const std::byte* source, const ByteTable& table, std::byte* result, std::int64_t count) {
  static const auto look = has_many() ? look_up_many : look_up_each;
  for_pieces(count,
             [&](std::int64_t first, std::int64_t number) { look(bytes(source) + first, table, bytes(result) + first, number); });
}

void run(const ByteBinary& binary, const std::byte* left, const std::byte* right, std::byte* result, std::int64_t count) {
  const auto r = rounding_of(binary.type, binary.zero, binary.bounds);
  const Sides sides{static_cast<float>(raised(binary.type, binary.left_zero)),
                    static_cast<float>(raised(binary.type, binary.right_zero)), binary.left, binary.right};
  const auto compute = binary.multiply ? multiply_piece : add_piece;
  if (binary.period == 0)
    return for_pieces(count, [&](std::int64_t first, std::int64_t number) {
      compute(bytes(left) + first, bytes(right) + first, sides, r, bytes(result) + first, number);
    });
  const std::int64_t period = binary.period;
#pragma omp parallel for if (count > worth_threads)
  for (std::int64_t first = 0; first < count; first += period) {
    const auto* from = bytes(right) + (binary.block == 0 ? 0 : first / binary.block * period);
    compute(bytes(left) + first, from, sides, r, bytes(result) + first, period);
  }
}

void run(const ByteSums& s, const float* source, std::byte* result) {
  const auto r = rounding_of(s.type, s.zero, s.bounds);
#pragma omp parallel for if (s.pixels * s.channels > worth_threads)
  for (std::int64_t p = 0; p < s.pixels; ++p) {
    const std::int64_t at = p * s.channels;
    if (s.type == DataType::f32)
      scale_row(source + at, s.factors.data(), reinterpret_cast<float*>(result) + at, s.channels);
    else
      round_row(source + at, s.factors.data(), r, bytes(result) + at, s.channels);
  }
}

void run(const ByteMean& m, const std::byte* source, std::byte* result) {
  const auto r = rounding_of(m.type, m.zero, bounds_of(m.type));
  const auto turn = turn_of(m.from.type);
  const std::int64_t offset = m.pixels * raised(m.from.type, m.from.zero);
#pragma omp parallel for if (m.images * m.pixels * m.channels > worth_threads)
  for (std::int64_t n = 0; n < m.images; ++n) {
    std::vector<std::int32_t> sums(static_cast<std::size_t>(m.channels), 0);
    for (std::int64_t p = 0; p < m.pixels; ++p)
      add_row(bytes(source) + (n * m.pixels + p) * m.channels, turn, sums.data(), m.channels);
    for (std::int64_t c = 0; c < m.channels; ++c)
      bytes(result)[n * m.channels + c] =
          rounded(static_cast<float>(sums[static_cast<std::size_t>(c)] - static_cast<std::int32_t>(offset)) * m.factor, r);
  }
}

}  // namespace mien::runtime::engine
