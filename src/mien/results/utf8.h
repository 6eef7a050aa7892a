// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mien {

/// Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF).
bool is_utf8(std::string_view text);
/// The text with U+FFFD for each byte that belongs to no well-formed character. File names are bytes and need not be text.
std::string to_utf8(std::string_view text);

/// Percent encoding of everything but letters, digits and -._~/ (RFC 3986), and back; the latter takes a stray '%' as it is.
std::string percent_encode(std::string_view bytes);
std::string percent_decode(std::string_view text);

}  // namespace mien
