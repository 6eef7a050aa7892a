// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "mien/image/decoders.h"

namespace mien::decoders {

namespace {

using Color = std::array<std::uint8_t, 3>;  // RGB

constexpr std::uint32_t kUncompressed = 0, kBitFields = 3;
constexpr std::size_t kFileHeader = 14, kCoreHeader = 12, kInfoHeader = 40;

/// What the two headers say.
struct Header {
  std::size_t pixel_offset = 0, header_size = 0;
  std::int64_t width = 0, height = 0;
  bool top_down = false;
  unsigned bits = 0;
  std::uint32_t compression = kUncompressed, colors_used = 0;
  std::size_t palette_offset = 0;
  std::array<int, 4> byte_of = {2, 1, 0, -1};  ///< where red, green, blue, alpha lie in a pixel; -1 = no alpha
  std::size_t stride() const { return static_cast<std::size_t>((width * bits + 31) / 32 * 4); }
  bool core() const { return header_size == kCoreHeader; }
};

std::uint32_t u16(const Input& input, std::size_t at) {
  if (at + 2 > input.size) refuse(input, "truncated BMP");
  return input.data[at] | static_cast<std::uint32_t>(input.data[at + 1]) << 8;
}
std::uint32_t u32(const Input& input, std::size_t at) { return u16(input, at) | u16(input, at + 2) << 16; }

/// The masks of a BITFIELDS file, as long as each is one whole byte.
void read_masks(const Input& input, Header& header) {
  const bool has_alpha = header.header_size >= 56;
  for (std::size_t i = 0; i < (has_alpha ? 4u : 3u); ++i) {
    const std::uint32_t mask = u32(input, kFileHeader + kInfoHeader + 4 * i);
    const int shift = std::countr_zero(mask);
    if (i == 3 && mask == 0) return;
    if (shift % 8 != 0 || shift > 24 || mask >> shift != 0xff)
      refuse(input, fmt::format("BMP with colour mask {:08x}, which is not supported", mask));
    header.byte_of[i] = shift / 8;
  }
}

void read_size(const Input& input, Header& header) {
  if (header.core()) {
    header.width = u16(input, 18), header.height = u16(input, 20);
    header.bits = u16(input, 24);
    return;
  }
  header.width = static_cast<std::int32_t>(u32(input, 18));
  header.height = static_cast<std::int32_t>(u32(input, 22));
  header.top_down = header.height < 0;
  header.height = std::abs(header.height);
  header.bits = u16(input, 28);
  header.compression = u32(input, 30);
  header.colors_used = u32(input, 46);
}

Header read_header(const Input& input) {
  Header header;
  header.pixel_offset = u32(input, 10);
  header.header_size = u32(input, 14);
  if (!header.core() && (header.header_size < kInfoHeader || header.header_size > 1024))
    refuse(input, fmt::format("not a BMP: its header is said to have {} bytes", header.header_size));
  read_size(input, header);
  check_size(input, header.width, header.height);
  const unsigned bits = header.bits;
  if (bits != 1 && bits != 4 && bits != 8 && bits != 24 && bits != 32)
    refuse(input, fmt::format("BMP with {} bits a pixel, which is not supported", bits));
  if (header.compression == kBitFields && bits == 32)
    read_masks(input, header);
  else if (header.compression != kUncompressed)
    refuse(input, fmt::format("BMP with compression {}, which is not supported", header.compression));
  header.palette_offset = kFileHeader + header.header_size;
  return header;
}

std::array<Color, 256> read_palette(const Input& input, const Header& header) {
  std::array<Color, 256> palette = {};
  const std::size_t entry = header.core() ? 3 : 4, most = std::size_t{1} << header.bits;
  const std::size_t count = header.colors_used ? std::min<std::size_t>(header.colors_used, most) : most;
  if (header.palette_offset + count * entry > input.size) refuse(input, "truncated BMP");
  const std::uint8_t* at = input.data + header.palette_offset;
  for (std::size_t i = 0; i < count; ++i, at += entry) palette[i] = {at[2], at[1], at[0]};
  return palette;
}

/// True when the palette maps every index to the same gray level.
bool is_gray(const std::array<Color, 256>& palette, unsigned bits) {
  if (bits != 8) return false;
  for (unsigned i = 0; i < 256; ++i)
    if (palette[i] != Color{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i)})
      return false;
  return true;
}

void indexed_row(const std::uint8_t* in, unsigned bits, const std::array<Color, 256>& palette, std::uint8_t* out, int width) {
  const unsigned per_byte = 8 / bits, mask = (1u << bits) - 1;
  for (unsigned x = 0; x < static_cast<unsigned>(width); ++x) {
    const unsigned index = in[x / per_byte] >> (8 - bits * (x % per_byte + 1)) & mask;
    std::copy(palette[index].begin(), palette[index].end(), out + 3 * x);
  }
}

void direct_row(const std::uint8_t* in, const Header& header, std::uint8_t* out, int width) {
  const int channels = header.byte_of[3] < 0 ? 3 : 4;
  for (int x = 0; x < width; ++x, in += header.bits / 8, out += channels)
    for (int c = 0; c < channels; ++c) out[c] = in[header.byte_of[static_cast<std::size_t>(c)]];
}

}  // namespace

Decoded decode_bmp(const Input& input) {
  const Header header = read_header(input);
  const std::size_t stride = header.stride(), bytes = stride * static_cast<std::size_t>(header.height);
  if (header.pixel_offset > input.size || bytes > input.size - header.pixel_offset) refuse(input, "truncated BMP");
  const bool indexed = header.bits <= 8;
  const auto palette = indexed ? read_palette(input, header) : std::array<Color, 256>{};
  const bool gray = indexed && is_gray(palette, header.bits), alpha = !indexed && header.byte_of[3] >= 0;
  cv::Mat pixels(static_cast<int>(header.height), static_cast<int>(header.width), CV_8UC(gray ? 1 : alpha ? 4 : 3));
  for (int y = 0; y < pixels.rows; ++y) {
    const auto stored = static_cast<std::size_t>(header.top_down ? y : pixels.rows - 1 - y);
    const std::uint8_t* in = input.data + header.pixel_offset + stride * stored;
    std::uint8_t* out = pixels.ptr<std::uint8_t>(y);
    if (gray)
      std::copy(in, in + pixels.cols, out);
    else if (indexed)
      indexed_row(in, header.bits, palette, out, pixels.cols);
    else
      direct_row(in, header, out, pixels.cols);
  }
  return {alpha ? over_black(pixels) : pixels};
}

}  // namespace mien::decoders
