// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace mien {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

/// The byte for which the character at `i` stands; none when it is no escape.
std::optional<char> escaped_byte(std::string_view text, std::size_t i) {
  if (i + 2 >= text.size() || byte_at(text, i) != 0xEE) return std::nullopt;
  const unsigned second = byte_at(text, i + 1), third = byte_at(text, i + 2);
  if ((second != 0xBE && second != 0xBF) || (third & 0xC0) != 0x80) return std::nullopt;
  return static_cast<char>(second == 0xBE ? third : third + 0x40);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~/").find(c) != std::string_view::npos;
}

}  // namespace

std::size_t utf8_character(std::string_view text, std::size_t i) {
  const unsigned first = byte_at(text, i);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                           : first >= 0xE0 && first <= 0xEF ? 3
                           : first >= 0xF0 && first <= 0xF4 ? 4
                                                            : 0;
  if (size == 0 || i + size > text.size()) return 0;
  const unsigned low = first == 0xE0   ? 0xA0
                       : first == 0xF0 ? 0x90
                                       : 0x80,
                 high = first == 0xED   ? 0x9F
                        : first == 0xF4 ? 0x8F
                                        : 0xBF;
  if (byte_at(text, i + 1) < low || byte_at(text, i + 1) > high) return 0;
  for (std::size_t k = 2; k < size; ++k)
    if ((byte_at(text, i + k) & 0xC0) != 0x80) return 0;
  return size;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = utf8_character(text, i);
    if (size == 0) return false;
    i += size;
  }
  return true;
}

std::string to_utf8(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = utf8_character(text, i);
    result += size == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(i, size);
    i += std::max<std::size_t>(size, 1);
  }
  return result;
}

namespace {

/// Control characters other than `kept` as "\x1B".
std::string without_control(std::string_view text, std::string_view kept) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && kept.find(c) == std::string_view::npos) || byte == 0x7F)
      result += fmt::format("\\x{:02X}", byte);
    else
      result += c;
  }
  return result;
}

}  // namespace

std::string shown_text(std::string_view text) { return without_control(to_utf8(text), "\n\t"); }
std::string shown_name(std::string_view name) { return without_control(name, ""); }

std::string escape_bytes(std::string_view bytes) {
  std::string result;
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t size = escaped_byte(bytes, i) ? 0 : utf8_character(bytes, i);
    if (size > 0) {
      result += bytes.substr(i, size);
      i += size;
      continue;
    }
    const unsigned byte = byte_at(bytes, i++);
    result += '\xEE';
    result += byte < 0xC0 ? '\xBE' : '\xBF';
    result += static_cast<char>(byte < 0xC0 ? byte : byte - 0x40);
  }
  return result;
}

std::string unescape_bytes(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = escaped_byte(text, i);
    result += byte.value_or(text[i]);
    i += byte ? 3 : 1;
  }
  return result;
}

bool holds_escaped_bytes(std::string_view text) {
  for (auto i = text.find('\xEE'); i != std::string_view::npos; i = text.find('\xEE', i + 1))
    if (escaped_byte(text, i)) return true;
  return false;
}

std::string percent_encode(std::string_view bytes) {
  std::string result;
  for (const char c : bytes) {
    if (is_plain(c))
      result += c;
    else
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

std::string percent_decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool coded = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    result += coded ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
    if (coded) i += 2;
  }
  return result;
}

}  // namespace mien
