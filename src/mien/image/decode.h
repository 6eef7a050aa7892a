// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mien {

struct DecodeOptions {
  std::int64_t max_pixels = 100'000'000;  ///< larger images are refused before memory is taken (decompression bombs)
  std::int64_t max_bytes = 256'000'000;   ///< larger files are refused
  /// JPEG may be decoded at 1/2, 1/4, 1/8 as long as both sides stay at least this long; 0 = full size.
  int min_side_px = 0;
  bool keep_gray = false;  ///< gray files come back as CV_8UC1 instead of being replicated to RGB
};

/// Decodes JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC or AVIF into CV_8UC3 RGB (CV_8UC1 for gray files with keep_gray). The format is
/// told by content, not by name. EXIF orientation, TIFF's and the turns of HEIF are applied; alpha is composed over black; palettes,
/// CMYK/YCCK, 1/2/4-bit and 16-bit files are converted. Of animated files it is the first frame, of TIFF files with several pages the
/// first. `name` is used in messages. Throws Error{bad_file} with file and reason for empty, truncated, oversized and unrecognised
/// data: a partly decoded image is never returned. See picture.h for photographs above the limit.
cv::Mat decode_image(const std::uint8_t* data, std::size_t size, const std::string& name, const DecodeOptions& options = {});
/// Reads and decodes a file. Throws Error{not_found} or Error{bad_file}.
cv::Mat read_image(const std::filesystem::path& file, const DecodeOptions& options = {});

/// True for names that end in a known image extension (jpg, jpeg, jpe, jfif, png, webp, bmp, dib, tif, tiff, gif, heic, heif,
/// avif; any case).
bool has_image_extension(const std::filesystem::path& file);

}  // namespace mien
