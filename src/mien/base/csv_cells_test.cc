// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/csv_cells.h"

#include <gtest/gtest.h>

#include "mien/base/files.h"

namespace mien {
namespace {

TEST(CsvCells, FormulasGetAnApostrophe) {
  for (const std::string text :
       {"=1+2", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "--", "-5 %", "=HYPERLINK(\"x\")", "-a.png"})
    EXPECT_EQ(spreadsheet_cell(text), "'" + text);
  EXPECT_EQ(csv_line({"=1,2", "a"}), "\"'=1,2\",a\n");
}

TEST(CsvCells, NumbersAndOtherTextStay) {
  for (const std::string text :
       {"-1.5", "+3", "-1e-9", "-inf", "-nan", "12", "", "-", "+", "a=b", "happy", "don't", "'quoted'", " =1", "caf\xE9"})
    EXPECT_EQ(spreadsheet_cell(text), text);
  EXPECT_EQ(csv_line({"a", "-1.5", "x,y"}), "a,-1.5,\"x,y\"\n");
}

TEST(CsvCells, TextComesBack) {
  const std::string pieces[] = {"", "'", "=", "-", "+", "@", "\t", "\r", "5", "a", "\xE9"};
  for (const auto& a : pieces)
    for (const auto& b : pieces)
      for (const auto& c : pieces)
        for (const auto& d : pieces) {
          const std::string text = a + b + c + d;
          ASSERT_EQ(text_of_cell(spreadsheet_cell(text)), text);
        }
}

TEST(CsvCells, AFileOfOursReadsBack) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.csv";
  const std::vector<std::string> row = {"=a.png", "'=a", "-5", "-x,\"y\"", "'"};
  write_atomically(file, csv_line({"image", "+b", "c", "d", "e"}) + csv_line(row));
  const CsvTable table = read_own_csv(file, true);
  EXPECT_EQ(table.column("+b"), 1);
  EXPECT_EQ(table.rows, std::vector<std::vector<std::string>>{row});
}

}  // namespace
}  // namespace mien
