// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/image_format.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "mien/image/decode.h"

namespace mien {

namespace {

std::string_view text_of(const std::uint8_t* data, std::size_t size) { return {reinterpret_cast<const char*>(data), size}; }

/// Four letters of a kind of still picture (ISO 23008-12, AVIF, MIAF). "hevc" and "msf1" are sequences with a first picture.
bool is_picture_brand(std::string_view brand) {
  constexpr std::array<std::string_view, 13> brands = {"heic", "heix", "heim", "heis", "hevc", "hevx", "hevm",
                                                       "hevs", "mif1", "mif2", "msf1", "avif", "avis"};
  return std::find(brands.begin(), brands.end(), brand) != brands.end();
}

/// An "ftyp" box whose first brand, or one of those that it is compatible with, is a picture's.
bool is_heif(std::string_view head) {
  if (head.size() < 12 || head.substr(4, 4) != "ftyp") return false;
  if (is_picture_brand(head.substr(8, 4))) return true;
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(head[at]); };
  const std::size_t box = static_cast<std::size_t>(byte(0)) << 24 | static_cast<std::size_t>(byte(1)) << 16 |
                          static_cast<std::size_t>(byte(2)) << 8 | byte(3);
  const std::size_t end = std::min(box, head.size());
  for (std::size_t at = 16; at + 4 <= end; at += 4)
    if (is_picture_brand(head.substr(at, 4))) return true;
  return false;
}

/// "BM" begins many a text: the size of the second header must be one that exists, too.
bool is_bmp(std::string_view head) {
  if (!head.starts_with("BM") || head.size() < 18) return false;
  constexpr std::array<int, 8> sizes = {12, 16, 40, 52, 56, 64, 108, 124};
  const int size = static_cast<std::uint8_t>(head[14]);
  return head.substr(15, 3) == std::string_view("\0\0\0", 3) && std::find(sizes.begin(), sizes.end(), size) != sizes.end();
}

bool is_tiff(std::string_view head) {
  // 42; BigTIFF: 43.
  return head.starts_with(std::string_view("II*\0", 4)) || head.starts_with(std::string_view("MM\0*", 4)) ||
         head.starts_with(std::string_view("II+\0", 4)) || head.starts_with(std::string_view("MM\0+", 4));
}

}  // namespace

ImageFormat image_format(const std::uint8_t* data, std::size_t size) {
  const std::string_view head = text_of(data, std::min(size, image_format_bytes));
  if (head.starts_with("\xff\xd8\xff")) return ImageFormat::jpeg;
  if (head.starts_with("\x89PNG\r\n\x1a\n")) return ImageFormat::png;
  if (head.starts_with("RIFF") && head.size() >= 12 && head.substr(8, 4) == "WEBP") return ImageFormat::webp;
  if (is_bmp(head)) return ImageFormat::bmp;
  if (is_tiff(head)) return ImageFormat::tiff;
  if (head.starts_with("GIF87a") || head.starts_with("GIF89a")) return ImageFormat::gif;
  if (is_heif(head)) return ImageFormat::heif;
  return ImageFormat::none;
}

const char* usual_extension(ImageFormat format) {
  switch (format) {
    case ImageFormat::jpeg: return "jpg";
    case ImageFormat::png: return "png";
    case ImageFormat::webp: return "webp";
    case ImageFormat::bmp: return "bmp";
    case ImageFormat::tiff: return "tif";
    case ImageFormat::gif: return "gif";
    case ImageFormat::heif: return "heif";
    case ImageFormat::none: break;
  }
  return "";
}

namespace {

struct Beginning {
  std::array<std::uint8_t, image_format_bytes> bytes{};
  std::size_t size = 0;
  int error = 0;  ///< errno of opening or reading
};

Beginning beginning_of(const std::filesystem::path& file) {
  Beginning head;
  std::FILE* in = std::fopen(file.c_str(), "rbe");
  if (!in) {
    head.error = errno;
    return head;
  }
  std::setvbuf(in, nullptr, _IONBF, 0);
  head.size = std::fread(head.bytes.data(), 1, head.bytes.size(), in);
  if (std::ferror(in)) head.error = errno;
  std::fclose(in);
  return head;
}

}  // namespace

ImageFormat image_format_of(const std::filesystem::path& file) {
  const Beginning head = beginning_of(file);
  return image_format(head.bytes.data(), head.size);
}

std::string why_no_picture(const std::filesystem::path& file) {
  if (has_image_extension(file)) return "";
  const Beginning head = beginning_of(file);
  if (head.error != 0) return std::string("cannot be opened: ") + std::strerror(head.error);
  if (head.size == 0) return "empty";
  return image_format(head.bytes.data(), head.size) == ImageFormat::none ? "no picture" : "";
}

WalkedFiles find_pictures(const std::filesystem::path& folder) {
  WalkedFiles found = walk_files(folder);
  leave_out(found, [](const std::string& file) { return why_no_picture(file); });
  return found;
}

}  // namespace mien
