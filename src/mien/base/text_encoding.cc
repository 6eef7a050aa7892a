// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/text_encoding.h"

#include <fmt/format.h>

#include <cstdint>

#include "mien/base/error.h"

namespace mien {

namespace {

void append_utf8(std::string& text, std::uint32_t code) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xc0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xe0 | code >> 12);
    tail(6), tail(0);
  } else {
    text += static_cast<char>(0xf0 | code >> 18);
    tail(12), tail(6), tail(0);
  }
}

/// What follows the mark.
std::string from_utf16(const std::string& bytes, bool big_endian, const std::string& name) {
  const auto refuse = [&](std::size_t at) {
    throw Error(ErrorCode::bad_file, fmt::format("{}: not UTF-16 text at byte {}", name, at), "Save it as UTF-8.");
  };
  if (bytes.size() % 2 != 0) refuse(bytes.size() - 1);
  const auto unit = [&](std::size_t at) {
    const auto first = static_cast<std::uint8_t>(bytes[at]), second = static_cast<std::uint8_t>(bytes[at + 1]);
    return static_cast<std::uint32_t>(big_endian ? first << 8 | second : second << 8 | first);
  };
  std::string text;
  for (std::size_t at = 2; at < bytes.size(); at += 2) {
    std::uint32_t code = unit(at);
    if (code >= 0xdc00 && code < 0xe000) refuse(at);
    if (code >= 0xd800 && code < 0xdc00) {
      const std::uint32_t low = at + 2 < bytes.size() ? unit(at + 2) : 0;
      if (low < 0xdc00 || low >= 0xe000) refuse(at);
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      at += 2;
    }
    append_utf8(text, code);
  }
  return text;
}

}  // namespace

std::string plain_text(std::string bytes, const std::string& name) {
  if (bytes.starts_with("\xef\xbb\xbf")) return bytes.substr(3);
  if (bytes.starts_with("\xff\xfe")) return from_utf16(bytes, false, name);
  if (bytes.starts_with("\xfe\xff")) return from_utf16(bytes, true, name);
  return bytes;
}

}  // namespace mien
