// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/file_list.h"

#include <gtest/gtest.h>

#include <sstream>

#include "mien/base/error.h"
#include "mien/base/files.h"

namespace mien {
namespace {

using std::string_literals::operator""s;
using Names = std::vector<std::string>;

Names names_in(const std::string& bytes) {
  std::istringstream list(bytes);
  return read_file_list(list, "standard input");
}

TEST(FileList, LinesOfEveryKind) {
  EXPECT_EQ(names_in("a.png\nb c.png\n"), (Names{"a.png", "b c.png"}));
  EXPECT_EQ(names_in("a.png\r\n\r\n  b.png \r\nc.png"), (Names{"a.png", "b.png", "c.png"}));
  EXPECT_EQ(names_in("\xef\xbb\xbf""a.png\n"), (Names{"a.png"}));
  EXPECT_EQ(names_in("\xff\xfe""a\0\r\0\n\0\xe9\0\n\0"s), (Names{"a", "\xc3\xa9"}));
  EXPECT_EQ(names_in("\xfe\xff\0a\0\n\0b"s), (Names{"a", "b"}));
  EXPECT_EQ(names_in("caf\xe9.png\n"), (Names{"caf\xe9.png"})) << "names are bytes";
  EXPECT_EQ(names_in(""), Names{});
  EXPECT_EQ(names_in(" \n\n"), Names{});
}

TEST(FileList, NulsSeparateNamesThatHoldAnything) {
  EXPECT_EQ(names_in("./a.png\0./b\nc.png\0./ d \0"s), (Names{"./a.png", "./b\nc.png", "./ d "}));
  EXPECT_EQ(names_in("a.png\0"s), (Names{"a.png"}));
  EXPECT_EQ(names_in("\0\0a\0"s), (Names{"a"}));
}

TEST(FileList, BlanksBelongToNamesThatExist) {
  const TemporaryFolder folder;
  const std::string odd = (folder.path() / " odd ").string(), plain = (folder.path() / "plain").string();
  write_atomically(odd, "x");
  write_atomically(plain, "x");
  write_atomically(plain + "\r", "x");
  EXPECT_EQ(names_in(odd + "\n" + plain + "  \n"), (Names{odd, plain}));
  EXPECT_EQ(names_in(plain + "\r\n"), (Names{plain + "\r"}));
}

TEST(FileList, DamagedUtf16IsRefused) { EXPECT_THROW(names_in("\xff\xfe""a"), Error); }

}  // namespace
}  // namespace mien
