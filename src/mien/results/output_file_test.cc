// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/output_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "mien/base/error.h"
#include "mien/base/files.h"

namespace mien {
namespace {

/// The error's code and text.
template <typename Action>
std::pair<ErrorCode, std::string> error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {ErrorCode::usage, "no error"};
}

TEST(OutputFile, WritesAndContinues) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.txt";
  {
    OutputFile file(path);
    file.write("one\n");
    EXPECT_EQ(file.bytes(), 4);
    EXPECT_EQ(read_text(path), "");
    file.flush();
    EXPECT_EQ(read_text(path), "one\n");
    file.write("two\n");
    file.close();
  }
  OutputFile file(path, 4);
  EXPECT_EQ(file.bytes(), 4);
  file.write("TWO\nthree\n");
  file.close();
  EXPECT_EQ(read_text(path), "one\nTWO\nthree\n");
  OutputFile anew(path, 0);
  anew.close();
  EXPECT_EQ(read_text(path), "");
}

TEST(OutputFile, LargeContent) {
  const TemporaryFolder folder;
  OutputFile file(folder.path() / "a.txt");
  std::string expected;
  for (int i = 0; i < 100'000; ++i) {
    file.write(std::to_string(i) + "\n");
    expected += std::to_string(i) + "\n";
  }
  EXPECT_EQ(file.bytes(), static_cast<std::int64_t>(expected.size()));
  file.close();
  EXPECT_EQ(read_text(folder.path() / "a.txt"), expected);
}

TEST(OutputFile, FullDisk) {
  OutputFile file("/dev/full");
  file.write("x");
  const auto [code, text] = error_of([&] { file.flush(); });
  EXPECT_EQ(code, ErrorCode::io);
  EXPECT_EQ(text, "/dev/full: cannot write: No space left on device");
}

TEST(OutputFile, DevicesNeedNoFlush) {
  OutputFile file("/dev/null");
  file.write("x");
  EXPECT_NO_THROW(file.close());
}

TEST(OutputFile, NamesWhatCannotBeOpened) {
  const TemporaryFolder folder;
  const auto missing = folder.path() / "none" / "a.txt";
  auto [code, text] = error_of([&] { OutputFile file(missing); });
  EXPECT_EQ(code, ErrorCode::io);
  EXPECT_NE(text.find(missing.string()), std::string::npos);
  std::tie(code, text) = error_of([&] { OutputFile file(folder.path()); });
  EXPECT_EQ(code, ErrorCode::io);
  std::tie(code, text) = error_of([&] { OutputFile file(folder.path() / "a.txt", 10); });
  EXPECT_EQ(code, ErrorCode::not_found);
  write_atomically(folder.path() / "a.txt", "short");
  std::tie(code, text) = error_of([&] { OutputFile file(folder.path() / "a.txt", 10); });
  EXPECT_EQ(code, ErrorCode::mismatch);
  EXPECT_NE(text.find("expected at least 10 bytes from the run to continue, found 5"), std::string::npos) << text;
  EXPECT_EQ(read_text(folder.path() / "a.txt"), "short");
}

TEST(OutputFile, ADescriptorGetsEverythingAtEachFlushAndStaysOpen) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto read_some = [&] {
    char text[64];
    const ssize_t count = ::read(ends[0], text, sizeof text);
    return std::string(text, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  };
  OutputFile file(ends[1], "standard output");
  file.write("head\n");
  file.flush();
  EXPECT_EQ(read_some(), "head\n");
  file.write("row\n");
  file.close();
  EXPECT_EQ(read_some(), "row\n");
  EXPECT_EQ(::write(ends[1], "more", 4), 4) << "the descriptor is somebody else's";
  EXPECT_EQ(read_some(), "more");
  for (const int end : ends) ::close(end);
}

}  // namespace
}  // namespace mien
