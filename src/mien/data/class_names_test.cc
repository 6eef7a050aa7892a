// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/class_names.h"

#include "mien/data/label_space.h"
#include "mien/data/readers/testing_tree.h"

namespace mien {
namespace {

TEST(ClassNames, PathsAreNone) {
  for (const std::string& name : {std::string(".."), std::string("."), std::string("/tmp/x"), std::string("../x"),
                                  std::string("a/b"), std::string("a\\b"), std::string("a\nb"), std::string("a\0b", 3),
                                  std::string("\x1b[31m"), std::string(201, 'a'), std::string(), std::string("  ")}) {
    EXPECT_NE(class_name_problem(name), "") << name;
    EXPECT_THROW(LabelSpace("x", {"happiness", name}), Error) << name;
    EXPECT_THROW(make_label_space({name}), Error) << name;
  }
  for (const std::string& name : {std::string("happy"), std::string("..."), std::string("a.b"), std::string("caf\xE9"),
                                  std::string("=1+2"), std::string("\"quoted\""), std::string(200, 'a')}) {
    EXPECT_EQ(class_name_problem(name), "") << name;
    EXPECT_NO_THROW(make_label_space({name})) << name;
  }
}

TEST(ClassNames, WhatTableProgramsWrite) {
  for (const char* word : {"nan", "NaN", "NULL", "None", "NA", "n/a", " na ", "<NA>", "#N/A"})
    EXPECT_TRUE(means_missing(word)) << word;
  for (const char* word : {"", "neutral", "nana", "no", "0", "n"}) EXPECT_FALSE(means_missing(word)) << word;
  EXPECT_EQ(class_number("0.0"), 0);
  EXPECT_EQ(class_number("7"), 7);
  EXPECT_EQ(class_number("12."), 12);
  EXPECT_EQ(class_number(" 3.00 "), 3);
  for (const char* word : {"0.5", "-1", "1e2", "nan", "inf", "", "3x", "123456"})
    EXPECT_EQ(class_number(word), std::nullopt) << word;
  for (const char* word : {"0.5", "-1", "1e2", "123456"}) EXPECT_TRUE(is_other_number(word)) << word;
  for (const char* word : {"0.0", "nan", "happy", ""}) EXPECT_FALSE(is_other_number(word)) << word;
}

}  // namespace
}  // namespace mien
