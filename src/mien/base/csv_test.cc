// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/csv.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"

namespace mien {

namespace {

class Csv : public ::testing::Test {
 protected:
  CsvTable read(const std::string& content, bool has_header = true) {
    write_atomically(file_, content);
    return read_csv(file_, has_header);
  }
  std::string error(const std::string& content) {
    try {
      read(content);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::bad_file);
      return e.what();
    }
    return "no error";
  }
  TemporaryFolder folder_;
  fs::path file_ = folder_.path() / "t.csv";
};

TEST_F(Csv, QuotesNewlinesAndMarks) {
  const auto table =
      read("\xEF\xBB\xBFname, Image name,note\r\na,\"x, y\",\"say \"\"hi\"\"\"\r\n\r\n\"two\nlines\", b ,\r\nlast,c,d");
  EXPECT_EQ(table.header, (std::vector<std::string>{"name", "Image name", "note"}));
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_EQ(table.rows[0], (std::vector<std::string>{"a", "x, y", "say \"hi\""}));
  EXPECT_EQ(table.rows[1], (std::vector<std::string>{"two\nlines", " b ", ""}));
  EXPECT_EQ(table.rows[2], (std::vector<std::string>{"last", "c", "d"}));
  EXPECT_EQ(table.lines, (std::vector<int>{2, 4, 6}));  // the blank line and the line inside quotes count
  EXPECT_EQ(table.where(1), file_.string() + ":4");
  EXPECT_EQ(table.column("Image name"), 1);
  EXPECT_EQ(table.column("missing", false), -1);
}

TEST_F(Csv, WithoutHeaderAndOldLineEnds) {
  const auto table = read("1,2\r3,4\r", false);
  EXPECT_TRUE(table.header.empty());
  EXPECT_EQ(table.rows, (std::vector<std::vector<std::string>>{{"1", "2"}, {"3", "4"}}));
  EXPECT_EQ(table.lines, (std::vector<int>{1, 2}));
}

TEST_F(Csv, ErrorsNameTheLine) {
  EXPECT_EQ(error("a,b\n1,2\n\n3\n"), file_.string() + ":4: expected 2 fields as in the header, found 1");
  EXPECT_NE(error("a,b\n1,2\n3,\"never closed\n4,5\n").find(":3: a quoted field"), std::string::npos);
  EXPECT_NE(error("").find("expected a header line"), std::string::npos);
  const auto table = read("a,b\n1,2\n");
  try {
    table.column("c");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(std::string(e.what()), file_.string() + ": no column 'c', found: a, b");
  }
  EXPECT_THROW(read_csv(folder_.path() / "none.csv", true), Error);
}

TEST_F(Csv, WrittenFieldsComeBack) {
  const std::vector<std::string> fields{"plain", "with, comma", "with \"quotes\"", "two\nlines", " outer ", ""};
  EXPECT_EQ(csv_fields(csv_line(fields), "test"), fields);
  EXPECT_EQ(csv_line({"a", "b c"}), "a,b c\n");
  EXPECT_TRUE(csv_fields("", "test").empty());
}

}  // namespace
}  // namespace mien
