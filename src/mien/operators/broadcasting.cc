// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/broadcasting.h"

#include <algorithm>
#include <cstring>

namespace mien::operators {

namespace {

template <typename T>
void copy_rows(const StridedLoop<2>& loop, const std::byte* from, std::byte* to) {
  const auto count = loop.dims.back();
  const auto read = loop.strides[0].back();
  const auto write = loop.strides[1].back();
  for_each_row(loop, [&](const std::array<std::int64_t, 2>& at) {
    const T* source = reinterpret_cast<const T*>(from) + at[0];
    T* target = reinterpret_cast<T*>(to) + at[1];
    if (read == 1 && write == 1) std::memcpy(target, source, static_cast<std::size_t>(count) * sizeof(T));
    else
      for (std::int64_t i = 0; i < count; ++i) target[i * write] = source[i * read];
  });
}

}  // namespace

Dims strides_of(const Dims& dims) {
  Dims strides(dims.size());
  std::uint64_t stride = 1;  // unsigned: [huge, huge, 0] is a legal shape
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    strides[axis] = static_cast<std::int64_t>(stride);
    stride *= static_cast<std::uint64_t>(dims[axis]);
  }
  return strides;
}

std::optional<Dims> broadcast_dims(const Dims& a, const Dims& b) {
  const Dims& longer = a.size() >= b.size() ? a : b;
  const Dims& shorter = a.size() >= b.size() ? b : a;
  Dims result = longer;
  const std::size_t offset = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    auto& dim = result[offset + i];
    if (dim == shorter[i] || shorter[i] == 1) continue;
    if (dim != 1) return std::nullopt;
    dim = shorter[i];
  }
  return result;
}

Dims broadcast_strides(const Dims& dims, const Dims& to) {
  const Dims own = strides_of(dims);
  Dims result(to.size(), 0);
  const std::size_t offset = to.size() - dims.size();
  for (std::size_t i = 0; i < dims.size(); ++i) result[offset + i] = dims[i] == 1 ? 0 : own[i];
  return result;
}

void strided_copy(const std::byte* from, const Dims& from_strides, std::byte* to, const Dims& to_strides, const Dims& dims,
                  std::size_t element_size) {
  if (std::ranges::find(dims, 0) != dims.end()) return;
  const auto loop = merged<2>(dims, {from_strides, to_strides});
  switch (element_size) {
    case 1: return copy_rows<std::uint8_t>(loop, from, to);
    case 2: return copy_rows<std::uint16_t>(loop, from, to);
    case 4: return copy_rows<std::uint32_t>(loop, from, to);
    default: return copy_rows<std::uint64_t>(loop, from, to);
  }
}

}  // namespace mien::operators
