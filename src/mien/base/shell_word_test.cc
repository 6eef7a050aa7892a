// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/shell_word.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "mien/base/files.h"

namespace mien {
namespace {

TEST(ShellWord, PlainWordsStay) {
  for (const std::string word : {"runs/a-1_b.onnx", "--data", "csv:/data/x,y", "--p=0.5", "caf\xC3\xA9", "50%", "a@b"})
    EXPECT_EQ(shell_word(word), word);
  EXPECT_EQ(shell_command({"mien", "eval", "--weights", "my run"}), "mien eval --weights 'my run'");
}

TEST(ShellWord, WhatMeansSomethingIsQuoted) {
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("$(rm x)"), "'$(rm x)'");
  EXPECT_EQ(shell_word("a\nb\x1b'"), "$'a\\012b\\033\\''");
  EXPECT_EQ(shell_word("caf\xE9"
                       "1"),
            "$'caf\\3511'");
}

TEST(ShellWord, AShellGivesTheSameBytes) {
  if (std::system("bash -c true 2>/dev/null") != 0) GTEST_SKIP() << "needs bash";
  const TemporaryFolder folder;
  std::string all;
  for (int c = 1; c < 256; ++c) all += static_cast<char>(c);
  const std::vector<std::string> words = {all,   "a b", "it's", "`id`",  "$HOME",  "\\n",
                                          "!x",  "*",   "~",    "#",     "-n",     "\xE9\xC3\xA9\xE9",
                                          "a\n", "'",   "\"",   "{a,b}", "a;b&c|d"};
  std::string script = "printf '%s\\0'";
  for (const auto& word : words) script += " " + shell_word(word);
  const fs::path file = folder.path() / "script", out = folder.path() / "out";
  write_atomically(file, script + "\n");
  ASSERT_EQ(std::system(("bash " + file.string() + " > " + out.string()).c_str()), 0);
  std::string expected;
  for (const auto& word : words) expected += word + std::string(1, '\0');
  EXPECT_EQ(read_text(out), expected);
}

}  // namespace
}  // namespace mien
