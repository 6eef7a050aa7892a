// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace mien::testing {

/// A tiny image file and the pixels that another decoder finds in it, both in base64.
struct EncodedFixture {
  const char* name;
  int width, height, channels;
  int tolerance;  ///< largest allowed difference in gray levels
  const char* file;
  const char* pixels;  ///< row, column, channel
};
/// JPEG, PNG, WebP, BMP.
const std::vector<EncodedFixture>& encoded_fixtures();
/// TIFF, GIF, animated WebP, HEIC, AVIF.
const std::vector<EncodedFixture>& format_fixtures();

inline std::vector<EncodedFixture> all_fixtures() {
  std::vector<EncodedFixture> all = encoded_fixtures();
  all.insert(all.end(), format_fixtures().begin(), format_fixtures().end());
  return all;
}

inline std::vector<std::uint8_t> from_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::uint8_t> bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<std::uint32_t>(digits.find(c));
    if ((count += 6) >= 8) bytes.push_back(static_cast<std::uint8_t>(bits >> (count -= 8)));
  }
  return bytes;
}

}  // namespace mien::testing
