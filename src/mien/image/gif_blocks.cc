// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/gif_blocks.h"

namespace mien {

namespace {

constexpr std::uint8_t kImage = 0x2c, kExtension = 0x21, kTrailer = 0x3b;

/// Reads only inside [data, data + size); what lies outside ends the scan.
struct Reader {
  const std::uint8_t* data;
  std::size_t size;
  std::size_t at = 0;

  bool skip(std::size_t count) {
    if (count > size - at) return false;
    at += count;
    return true;
  }
  bool next(std::uint8_t& byte) {
    if (at == size) return false;
    byte = data[at++];
    return true;
  }
  /// A colour table, when the flags of its owner say that there is one.
  bool skip_colors(std::uint8_t flags) { return (flags & 0x80) == 0 || skip(std::size_t{3} << ((flags & 7) + 1)); }
  /// Length-prefixed parts up to the empty one.
  bool skip_parts() {
    for (std::uint8_t length = 0;;) {
      if (!next(length)) return false;
      if (length == 0) return true;
      if (!skip(length)) return false;
    }
  }
};

}  // namespace

GifBlocks scan_gif(const std::uint8_t* data, std::size_t size) {
  GifBlocks blocks;
  Reader reader{data, size};
  std::uint8_t flags = 0, kind = 0;
  if (!reader.skip(10) || !reader.next(flags) || !reader.skip(2) || !reader.skip_colors(flags)) return blocks;
  while (reader.next(kind) && kind != kTrailer) {
    if (kind == kExtension) {
      if (!reader.skip(1) || !reader.skip_parts()) return blocks;
    } else if (kind == kImage) {
      if (!reader.skip(8) || !reader.next(flags) || !reader.skip_colors(flags) || !reader.skip(1) || !reader.skip_parts()) return blocks;
      ++blocks.frames;
    } else {
      return blocks;
    }
  }
  blocks.complete = kind == kTrailer;
  return blocks;
}

}  // namespace mien
