// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/utf8.h"

#include <gtest/gtest.h>

namespace mien {
namespace {

using namespace std::string_literals;

TEST(Utf8, WellFormed) {  // first and last character of every length, and those around the surrogates
  for (const auto& text : {""s, "abc"s, "\x7F"s, "\xC2\x80"s, "\xDF\xBF"s, "\xE0\xA0\x80"s, "\xED\x9F\xBF"s, "\xEE\x80\x80"s,
                           "\xEF\xBF\xBF"s, "\xF0\x90\x80\x80"s, "\xF4\x8F\xBF\xBF"s}) {
    EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_EQ(to_utf8(text), text);
  }
}

TEST(Utf8, IllFormed) {  // lone continuation, overlong, surrogate, above U+10FFFF, cut off, Latin-1
  for (const auto& text : {"\x80"s, "\xC0\xAF"s, "\xC1\xBF"s, "\xE0\x9F\xBF"s, "\xED\xA0\x80"s, "\xF0\x8F\xBF\xBF"s,
                           "\xF4\x90\x80\x80"s, "\xF5\x80\x80\x80"s, "\xE2\x82"s, "\xFF"s, "caf\xE9"s})
    EXPECT_FALSE(is_utf8(text));
  EXPECT_EQ(to_utf8("caf\xE9.jpg"), "caf\xEF\xBF\xBD.jpg");
  EXPECT_EQ(to_utf8("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

// U+EF00 plus the byte: U+EFE9 is EE BF A9, U+EF80 is EE BE 80, U+EFFF is EE BF BF (computed by hand from RFC 3629).
TEST(Utf8, BytesThatAreNoTextBecomePrivateUseCharacters) {
  EXPECT_EQ(escape_bytes("caf\xE9.jpg"), "caf\xEE\xBF\xA9.jpg");
  EXPECT_EQ(escape_bytes("\x80\xFF"), "\xEE\xBE\x80\xEE\xBF\xBF");
  EXPECT_EQ(escape_bytes("caf\xC3\xA9 \xF0\x9F\x98\x80"), "caf\xC3\xA9 \xF0\x9F\x98\x80");
  EXPECT_EQ(unescape_bytes("caf\xEE\xBF\xA9.jpg"), "caf\xE9.jpg");
  // A name that holds such a character must not come back as another name.
  EXPECT_EQ(escape_bytes("\xEE\xBF\xA9"), "\xEE\xBF\xAE\xEE\xBE\xBF\xEE\xBE\xA9");
}

TEST(Utf8, EscapedBytesComeBack) {
  std::string pieces[] = {"a",    "\x80", "\xBF",     "\xC0",         "\xE9",         "\xEE",
                          "\xBE", "\xFF", "\xC3\xA9", "\xEE\xBE\x80", "\xEE\xBF\xBF", std::string(1, '\0')};
  for (const auto& a : pieces)
    for (const auto& b : pieces)
      for (const auto& c : pieces)
        for (const auto& d : pieces) {
          const std::string bytes = a + b + c + d, text = escape_bytes(bytes);
          ASSERT_TRUE(is_utf8(text)) << percent_encode(bytes);
          ASSERT_EQ(unescape_bytes(text), bytes) << percent_encode(bytes);
          ASSERT_EQ(holds_escaped_bytes(text), text != bytes || text != unescape_bytes(text)) << percent_encode(bytes);
        }
}

TEST(Utf8, ATerminalIsNotSteered) {
  EXPECT_EQ(shown_text("a\x1b[31mb\x7f\r"), "a\\x1B[31mb\\x7F\\x0D");
  EXPECT_EQ(shown_name("a\nb\tc\x1b"), "a\\x0Ab\\x09c\\x1B");
  EXPECT_EQ(shown_name("caf\xE9"), "caf\xE9");
  EXPECT_EQ(shown_text("caf\xC3\xA9\tx\n\xE9"), "caf\xC3\xA9\tx\n\xEF\xBF\xBD");
}

TEST(Utf8, PercentEncoding) {
  EXPECT_EQ(percent_encode("a/b c\xE9%.jpg"), "a/b%20c%E9%25.jpg");
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_decode("100%"), "100%");
  EXPECT_EQ(percent_decode("%zz%4"), "%zz%4");
}

}  // namespace
}  // namespace mien
