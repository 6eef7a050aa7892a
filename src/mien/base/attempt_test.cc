// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/attempt.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

namespace mien {
namespace {

TEST(Attempt, NothingComesOfWorkThatSucceeds) {
  bool done = false;
  EXPECT_FALSE(attempt("a.png", [&] { done = true; }));
  EXPECT_TRUE(done);
}

TEST(Attempt, WhateverIsThrownIsTheSourcesFailureAndNamesItOnce) {
  const auto own = attempt("a.png", [] { throw Error(ErrorCode::not_found, "a.png: no such file", "Look elsewhere."); });
  ASSERT_TRUE(own);
  EXPECT_EQ(own->code(), ErrorCode::not_found);
  EXPECT_STREQ(own->what(), "a.png: no such file");
  EXPECT_EQ(own->hint(), "Look elsewhere.");
  const auto library = attempt("a.png", [] { throw std::length_error("too long\nsecond line"); });
  ASSERT_TRUE(library);
  EXPECT_EQ(library->code(), ErrorCode::bad_file);
  EXPECT_STREQ(library->what(), "a.png: too long");
  const auto memory = attempt("a.png", [] { throw std::bad_alloc(); });
  ASSERT_TRUE(memory);
  EXPECT_STREQ(memory->what(), "a.png: out of memory");
  EXPECT_TRUE(attempt("a.png", [] { throw 7; }));
}

TEST(Attempt, AnInterruptionPasses) {
  EXPECT_THROW((void)attempt("a.png", [] { throw Error(ErrorCode::interrupted, "stopped"); }), Error);
}

TEST(Attempt, WhatEveryPictureOfARunWouldMeetIsTheRunsFailure) {
  EXPECT_THROW((void)attempt_one_of_run("a.png", [] { throw Error(ErrorCode::usage, "no such option"); }), Error);
  EXPECT_THROW((void)attempt_one_of_run("a.png", [] { throw Error(ErrorCode::mismatch, "three classes, not eight"); }), Error);
  const auto own = attempt_one_of_run("a.png", [] { throw Error(ErrorCode::bad_data, "cut off"); });
  ASSERT_TRUE(own);
  EXPECT_STREQ(own->what(), "a.png: cut off");
}

}  // namespace
}  // namespace mien
