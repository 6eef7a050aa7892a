// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/exif.h"

#include <cstring>

namespace mien {

namespace {

/// Bounds-checked integers of a TIFF block in its own byte order; what lies outside reads as 0.
struct TiffReader {
  const std::uint8_t* data;
  std::size_t size;
  bool big_endian;

  bool holds(std::size_t at, std::size_t count) const { return at <= size && count <= size - at; }
  std::uint32_t u16(std::size_t at) const {
    if (!holds(at, 2)) return 0;
    return big_endian ? data[at] << 8 | data[at + 1] : data[at + 1] << 8 | data[at];
  }
  std::uint32_t u32(std::size_t at) const {
    if (!holds(at, 4)) return 0;
    return big_endian ? u16(at) << 16 | u16(at + 2) : u16(at + 2) << 16 | u16(at);
  }
};

constexpr std::uint32_t kOrientationTag = 0x0112, kTypeShort = 3;

}  // namespace

int exif_orientation(const std::uint8_t* data, std::size_t size) {
  if (size >= 6 && std::memcmp(data, "Exif\0\0", 6) == 0) data += 6, size -= 6;
  if (size < 8) return 1;
  const bool big = data[0] == 'M' && data[1] == 'M', little = data[0] == 'I' && data[1] == 'I';
  if (!big && !little) return 1;
  const TiffReader tiff{data, size, big};
  if (tiff.u16(2) != 42) return 1;
  const std::size_t directory = tiff.u32(4), entries = tiff.u16(directory);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (!tiff.holds(entry, 12)) return 1;
    if (tiff.u16(entry) != kOrientationTag) continue;
    const std::uint32_t value = tiff.u16(entry + 8);
    return tiff.u16(entry + 2) == kTypeShort && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

cv::Mat apply_orientation(const cv::Mat& image, int orientation) {
  constexpr int kBoth = -1, kVertical = 0, kHorizontal = 1;
  if (orientation <= 1 || orientation > 8) return image;
  cv::Mat turned = image, out;
  if (orientation >= 5) cv::transpose(image, turned);
  switch (orientation) {
    case 2:
    case 6: cv::flip(turned, out, kHorizontal); return out;
    case 3:
    case 7: cv::flip(turned, out, kBoth); return out;
    case 4:
    case 8: cv::flip(turned, out, kVertical); return out;
    default: return turned;
  }
}

}  // namespace mien
