// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/quantized_values.h"

#include "mien/operators/checks.h"

namespace mien::operators {

namespace {

void expect_one_or(const ShapeContext& ctx, std::size_t i, std::int64_t count, const std::string& role) {
  const Dims& dims = ctx.input(i).dims;
  if (dims.empty() || dims == Dims{1} || (count != 0 && dims == Dims{count})) return;
  ctx.fail(role + " (input " + std::to_string(i) + ") is " + graph::text_of(dims) + ", expected one value" +
           (count == 0 ? "" : " or " + std::to_string(count)));
}

template <typename T>
void requantize_as(std::span<const std::uint32_t> sums, std::span<const float> multipliers, std::int64_t inner, std::int32_t zero,
                   Tensor& y) {
  const auto out = y.values<T>();
  const auto step = static_cast<std::size_t>(inner);
  for (std::size_t i = 0; i < sums.size(); ++i)
    out[i] =
        quantized<T>(static_cast<float>(static_cast<std::int32_t>(sums[i])) * multipliers[i / step % multipliers.size()], zero);
}

}  // namespace

void expect_scale(const ShapeContext& ctx, std::size_t i, std::int64_t count) {
  expect_type(ctx, i, {DataType::f32});
  expect_one_or(ctx, i, count, "the scale");
}

void expect_zero_point(const ShapeContext& ctx, std::size_t i, DataType type, std::int64_t count) {
  if (!ctx.has(i)) return;
  expect_type(ctx, i, {type});
  expect_one_or(ctx, i, count, "the zero point");
}

void expect_quantized(const ShapeContext& ctx, std::size_t i) { expect_type(ctx, i, {DataType::u8, DataType::i8}); }

std::vector<std::int32_t> zero_points(const EvaluateContext& ctx, std::size_t i) {
  if (!ctx.has(i)) return {0};
  std::vector<std::int32_t> result;
  for (const auto value : ctx.inputs[i]->integers()) result.push_back(static_cast<std::int32_t>(value));
  return result;
}

float single_scale(const EvaluateContext& ctx, std::size_t i) { return ctx.inputs[i]->values<float>()[0]; }

std::vector<std::uint32_t> centred(const Tensor& values, const std::vector<std::int32_t>& zeros, std::int64_t inner) {
  std::vector<std::uint32_t> result(static_cast<std::size_t>(values.size()));
  const auto step = static_cast<std::size_t>(inner);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int32_t value = values.type() == DataType::u8 ? values.values<std::uint8_t>()[i] : values.values<std::int8_t>()[i];
    result[i] = static_cast<std::uint32_t>(value - zeros[i / step % zeros.size()]);
  }
  return result;
}

void requantize(std::span<const std::uint32_t> sums, std::span<const float> multipliers, std::int64_t inner, std::int32_t zero,
                Tensor& y) {
  if (y.type() == DataType::u8)
    requantize_as<std::uint8_t>(sums, multipliers, inner, zero, y);
  else
    requantize_as<std::int8_t>(sums, multipliers, inner, zero, y);
}

}  // namespace mien::operators
