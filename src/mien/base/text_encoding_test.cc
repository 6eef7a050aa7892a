// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/text_encoding.h"

#include <gtest/gtest.h>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"

namespace mien {
namespace {

using std::string_literals::operator""s;

/// "a, e acute, euro sign, grinning face" in the encodings of the Unicode standard.
const std::string kText = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";

TEST(TextEncoding, MarksGoAndUtf16BecomesUtf8) {
  EXPECT_EQ(plain_text(kText, "x"), kText);
  EXPECT_EQ(plain_text("\xef\xbb\xbf" + kText, "x"), kText);
  EXPECT_EQ(plain_text("\xff\xfe""a\0\xe9\0\xac\x20\x3d\xd8\x00\xde"s, "x"), kText);
  EXPECT_EQ(plain_text("\xfe\xff\0a\0\xe9\x20\xac\xd8\x3d\xde\x00"s, "x"), kText);
  EXPECT_EQ(plain_text("\xff\xfe"s, "x"), "");
  EXPECT_EQ(plain_text("", "x"), "");
}

TEST(TextEncoding, OtherBytesStay) {
  const std::string latin1 = "caf\xe9\n", zeros = "a\0b"s, mark_inside = "a\xef\xbb\xbf";
  for (const auto& bytes : {latin1, zeros, mark_inside, "\xff"s, "\xfe"s, "\xef\xbb"s}) EXPECT_EQ(plain_text(bytes, "x"), bytes);
}

TEST(TextEncoding, HalfPairsAreRefusedByName) {
  for (const auto& bytes : {"\xff\xfe""a"s, "\xff\xfe\x3d\xd8"s, "\xff\xfe\x3d\xd8""a\0"s, "\xff\xfe\x00\xde"s}) {
    try {
      plain_text(bytes, "list.txt");
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_file);
      EXPECT_EQ(std::string(error.what()).find("list.txt: not UTF-16"), 0u) << error.what();
    }
  }
}

TEST(TextEncoding, TablesMayBeUtf16) {
  const TemporaryFolder folder;
  std::string bytes = "\xff\xfe";
  for (const char c : "image,label\r\na.png,happy\r\n"s) bytes += c, bytes += '\0';
  write_atomically(folder.path() / "labels.csv", bytes);
  const CsvTable table = read_csv(folder.path() / "labels.csv", true);
  EXPECT_EQ(table.header, (std::vector<std::string>{"image", "label"}));
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0], (std::vector<std::string>{"a.png", "happy"}));
}

}  // namespace
}  // namespace mien
