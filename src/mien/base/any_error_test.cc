// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/any_error.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

namespace mien {
namespace {

template <class Thrown>
Error error_of(const Thrown& thrown) {
  return to_error(std::make_exception_ptr(thrown), ErrorCode::bad_data);
}

TEST(AnyError, AnErrorStaysWhatItIs) {
  const Error error = error_of(Error(ErrorCode::interrupted, "stopped", "Go on with --resume."));
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
  EXPECT_STREQ(error.what(), "stopped");
  EXPECT_EQ(error.hint(), "Go on with --resume.");
}

TEST(AnyError, ALibrarysExceptionIsItsFirstLine) {
  const Error error = error_of(std::runtime_error("bad shape\nframe #0: somewhere"));
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_STREQ(error.what(), "bad shape");
}

TEST(AnyError, OutOfMemorySaysWhatToDo) {
  EXPECT_EQ(error_of(std::bad_alloc()).code(), ErrorCode::io);
  EXPECT_FALSE(error_of(std::bad_alloc()).hint().empty());
}

TEST(AnyError, WhatIsNoExceptionIsAnErrorToo) { EXPECT_EQ(error_of(7).code(), ErrorCode::bad_data); }

}  // namespace
}  // namespace mien
