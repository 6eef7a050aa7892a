// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/text_table.h"

#include <gtest/gtest.h>

namespace mien::cli {

TEST(TextTable, NumbersStandRight) {
  EXPECT_EQ(text_table({"class", "train", "note"}, {{"happiness", "1,203", "a"}, {"fear", "7", "longer"}}),
            "class      train  note\n"
            "happiness  1,203  a\n"
            "fear           7  longer\n");
  EXPECT_EQ(text_table({"a", "b"}, {}), "a  b\n");
}

}  // namespace mien::cli
