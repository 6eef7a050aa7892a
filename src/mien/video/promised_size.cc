// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/promised_size.h"

#include <bit>
#include <cstring>

namespace mien::libav {

namespace {

constexpr std::uint64_t kEbmlHeader = 0x1A45DFA3, kSegment = 0x18538067;

struct Number {
  std::uint64_t value;
  std::size_t bytes;
  bool unknown;  ///< all value bits set
};

/// A variable-length EBML number; with `keep_marker` it is an element's name.
std::optional<Number> ebml_number(const std::uint8_t* data, std::size_t size, std::size_t at, bool keep_marker) {
  if (at >= size || data[at] == 0) return std::nullopt;
  const auto bytes = static_cast<std::size_t>(std::countl_zero(data[at])) + 1;
  if (bytes > size - at) return std::nullopt;
  std::uint64_t value = keep_marker ? data[at] : data[at] & ((0x100u >> bytes) - 1);
  for (std::size_t i = 1; i < bytes; ++i) value = value << 8 | data[at + i];
  return Number{value, bytes, value == (std::uint64_t{1} << (7 * bytes)) - 1};
}

std::optional<std::uint64_t> matroska_size(const std::uint8_t* data, std::size_t size) {
  for (std::size_t at = 0; at < size;) {
    const auto name = ebml_number(data, size, at, true);
    if (!name) return std::nullopt;
    const auto length = ebml_number(data, size, at + name->bytes, false);
    if (!length || length->unknown || (name->value != kEbmlHeader && name->value != kSegment)) return std::nullopt;
    const std::size_t content = at + name->bytes + length->bytes;
    if (name->value == kSegment) return content + length->value;
    if (length->value > size - content) return std::nullopt;
    at = content + static_cast<std::size_t>(length->value);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> promised_size(const std::uint8_t* data, std::size_t size) {
  if (size >= 12 && std::memcmp(data, "RIFF", 4) == 0 && std::memcmp(data + 8, "AVI ", 4) == 0) {
    const std::uint32_t chunk = data[4] | data[5] << 8 | data[6] << 16 | static_cast<std::uint32_t>(data[7]) << 24;
    return chunk == 0 || chunk == UINT32_MAX ? std::nullopt : std::optional<std::uint64_t>(8ull + chunk);
  }
  return matroska_size(data, size);
}

}  // namespace mien::libav
