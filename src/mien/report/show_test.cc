// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/show.h"

#include <gtest/gtest.h>

#include <new>
#include <opencv2/core.hpp>
#include <stdexcept>

#include "mien/base/error.h"
#include "mien/base/files.h"

namespace mien {
namespace {

TEST(Show, WhateverGoesWrongIsASentence) {
  EXPECT_EQ(show_or_say("a.png", [] {}), "");
  EXPECT_EQ(show_or_say("a.png", [] { throw Error(ErrorCode::io, "no space"); }), "a.png was left out: no space");
  EXPECT_EQ(show_or_say("a.png", [] { throw std::runtime_error("broken"); }), "a.png was left out: broken");
  EXPECT_EQ(show_or_say("a.png", [] { throw std::bad_alloc(); }), "a.png was left out: out of memory");
  EXPECT_EQ(show_or_say("a.png", [] { throw 7; }).rfind("a.png was left out: ", 0), 0u);
  EXPECT_NE(show_or_say("a.png", [] { CV_Error(cv::Error::StsNoMem, "too large"); }), "");
}

TEST(Show, InterruptionsGoOn) {
  EXPECT_THROW(show_or_say("a.png", [] { throw Error(ErrorCode::interrupted, "stop"); }), Error);
}

/// A picture of earlier results beside newer numbers would mislead.
TEST(Show, AnOlderFileOfThatNameGoes) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "curves.png";
  write_atomically(file, "old");
  EXPECT_EQ(write_or_say(file, [] { throw Error(ErrorCode::io, "no fonts"); }), "curves.png was left out: no fonts");
  EXPECT_FALSE(fs::exists(file));
  EXPECT_EQ(write_or_say(file, [&] { write_atomically(file, "new"); }), "");
  EXPECT_EQ(read_text(file), "new");
}

TEST(Show, NotesAreSaidOnce) {
  EXPECT_EQ(joined_notes({}), "");
  EXPECT_EQ(joined_notes({"", "a", "", "b", "a"}), "a; b");
  EXPECT_EQ(joined_notes({"1", "2", "3", "4", "5", "6", "7"}), "1; 2; 3; 4; 5; and 2 more");
}

}  // namespace
}  // namespace mien
