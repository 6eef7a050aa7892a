// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/text.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"

namespace mien {

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), std::vector<std::string>{""});
  EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
}

TEST(Text, NearestNameForgivesTypingMistakes) {
  const std::vector<std::string> names{"epochs", "batch_size", "learning_rate"};
  EXPECT_EQ(nearest_name("epoch", names), "epochs");
  EXPECT_EQ(nearest_name("bacth_size", names), "batch_size");  // swapped neighbours are one mistake
  EXPECT_EQ(nearest_name("Learning_Rate", names), "learning_rate");
  EXPECT_EQ(nearest_name("colour", names), "");
  EXPECT_EQ(suggestion("epoch", names), "Did you mean 'epochs'?");
  EXPECT_EQ(suggestion("xyz", names), "Known: epochs, batch_size, learning_rate.");
}

TEST(Text, NumbersMustBeWhole) {
  EXPECT_EQ(parse_integer(" -42 ", "f:1"), -42);
  EXPECT_EQ(parse_integer("+7", "f:1"), 7);
  EXPECT_DOUBLE_EQ(parse_real("-1.5e-3", "f:1"), -0.0015);
  for (const char* bad : {"", " ", "4.5", "12x", "0x10", "--3", "+-3", "99999999999999999999"})
    EXPECT_THROW(parse_integer(bad, "f:1"), Error) << bad;
  for (const char* bad : {"", "1,5", "1.5.", "abc", "1e999"}) EXPECT_THROW(parse_real(bad, "f:1"), Error) << bad;
  try {
    parse_integer("happy", "labels.csv:12");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_data);
    EXPECT_STREQ(error.what(), "labels.csv:12: expected a whole number, found 'happy'");
  }
}

TEST(Text, NumbersForPeople) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1275293), "1,275,293");
  EXPECT_EQ(with_commas(-100000), "-100,000");
  EXPECT_EQ(human_duration(42), "42 s");
  EXPECT_EQ(human_duration(59.7), "1 min 0 s");
  EXPECT_EQ(human_duration(200), "3 min 20 s");
  EXPECT_EQ(human_duration(7510), "2 h 05 min");
  EXPECT_EQ(human_bytes(8.2e6), "8.2 MB");
  EXPECT_EQ(human_bytes(999), "999 bytes");
  EXPECT_EQ(human_bytes(999'960), "1.0 MB");
}

}  // namespace mien
