// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mien {

/// Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF).
bool is_utf8(std::string_view text);
/// The text with U+FFFD for each byte that belongs to no well-formed character. File names are bytes and need not be text.
std::string to_utf8(std::string_view text);

/// The text as a terminal may show it: `to_utf8`, and control characters but for line breaks and tabs as "\x1B".
std::string shown_text(std::string_view text);

/// A name in a line of text: control characters, line breaks and tabs too, as "\x0A"; other bytes as they are, for names are bytes.
std::string shown_name(std::string_view name);

/// Bytes of the well-formed character at `i`; 0 when there is none (table 3-7 of the Unicode standard).
std::size_t utf8_character(std::string_view text, std::size_t i);

/// Any bytes as well-formed UTF-8 that `unescape_bytes` turns back into the same bytes: a byte 0x80 to 0xFF that belongs to no
/// well-formed character becomes the private-use character U+EF80 to U+EFFF (U+EF00 plus the byte). So do the bytes of these
/// characters themselves, and nothing else changes. What JSON and TOML files of mien hold; docs/outputs.md tells other programs.
std::string escape_bytes(std::string_view bytes);
/// The bytes that `escape_bytes` was given.
std::string unescape_bytes(std::string_view text);
/// Whether `unescape_bytes` would change the text.
bool holds_escaped_bytes(std::string_view text);

/// Percent encoding of everything but letters, digits and -._~/ (RFC 3986), and back; the latter takes a stray '%' as it is.
std::string percent_encode(std::string_view bytes);
std::string percent_decode(std::string_view text);

}  // namespace mien
