// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "mien/base/error.h"

namespace mien {

namespace {

ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::usage;
}

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator{}));
}

TEST(Files, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.bin";
  std::string content(300'000, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7 % 251);
  write_atomically(file, content);
  EXPECT_EQ(read_text(file), content);
  write_atomically(file, [](std::ostream& out) {
    out << "new " << 42;
    EXPECT_EQ(out.tellp(), 6);
  });
  EXPECT_EQ(read_text(file), "new 42");
  EXPECT_EQ(entries(folder.path()), 1u);  // no temporary file stays
}

TEST(Files, ReadingErrors) {
  const TemporaryFolder folder;
  EXPECT_EQ(code_of([&] { read_bytes(folder.path() / "none"); }), ErrorCode::not_found);
  EXPECT_EQ(code_of([&] { read_bytes(folder.path()); }), ErrorCode::not_found);
  write_atomically(folder.path() / "a", "12345");
  EXPECT_EQ(code_of([&] { read_bytes(folder.path() / "a", 4); }), ErrorCode::bad_file);
  EXPECT_EQ(read_bytes(folder.path() / "a", 5).size(), 5u);
  EXPECT_EQ(code_of([&] { write_atomically(folder.path() / "no" / "such", "x"); }), ErrorCode::io);
  EXPECT_EQ(code_of([&] { write_atomically(folder.path(), "x"); }), ErrorCode::io);
}

TEST(Files, FullDeviceIsAnError) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "needs /dev/full";
  try {
    write_atomically("/dev/full", "x");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_NE(std::string(error.what()).find("No space left on device"), std::string::npos);
    EXPECT_NE(error.hint().find("space"), std::string::npos);
  }
}

/// A limit on file sizes makes write() fail in the middle, as a full disk does.
TEST(Files, FailedWriteKeepsTheOldFile) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "weights";
  write_atomically(file, "old");
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100'000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const ErrorCode code = code_of([&] { write_atomically(file, std::string(300'000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(code, ErrorCode::io);
  EXPECT_EQ(read_text(file), "old");
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(Files, FailingWriterLeavesNothing) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a";
  EXPECT_THROW(write_atomically(file, [](std::ostream&) { throw std::runtime_error("no"); }), std::runtime_error);
  EXPECT_EQ(code_of([&] { write_atomically(file, [](std::ostream& out) { out.setstate(std::ios::failbit); }); }), ErrorCode::io);
  EXPECT_EQ(entries(folder.path()), 0u);
}

TEST(Files, LinksAreFollowed) {
  const TemporaryFolder folder;
  write_atomically(folder.path() / "real", "old");
  fs::create_symlink("real", folder.path() / "link");
  write_atomically(folder.path() / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link"));
  EXPECT_EQ(read_text(folder.path() / "real"), "new");
}

TEST(Files, HintsNameWhatIsInTheWay) {
  const TemporaryFolder folder;
  write_atomically(folder.path() / "a", "12345");
  const auto hint_of = [&](const fs::path& file) {
    try {
      write_atomically(file, "x");
    } catch (const Error& error) {
      return error.hint();
    }
    return std::string();
  };
  EXPECT_NE(hint_of(folder.path() / "a" / "b").find("/a' is a file"), std::string::npos) << hint_of(folder.path() / "a" / "b");
  EXPECT_NE(hint_of(folder.path() / "no" / "b").find("/no' first"), std::string::npos) << hint_of(folder.path() / "no" / "b");
}

TEST(Files, NumberedFolders) {
  const TemporaryFolder folder;
  const fs::path base = folder.path() / "runs" / "train" / "demo";
  EXPECT_EQ(create_numbered_folder(base), base);
  EXPECT_EQ(create_numbered_folder(base).filename(), "demo-2");
  EXPECT_EQ(create_numbered_folder(base).filename(), "demo-3");
  EXPECT_TRUE(fs::is_directory(folder.path() / "runs/train/demo-3"));
}

TEST(Files, TemporaryFolderGoesWithItsContent) {
  fs::path path;
  {
    const TemporaryFolder folder("x");
    path = folder.path();
    fs::create_directories(path / "deep" / "er");
    std::ofstream(path / "deep" / "file") << "1";
    EXPECT_TRUE(fs::is_directory(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

/// A TMPDIR that does not exist is a slip of the environment.
TEST(Files, TemporaryFolderWithoutTmpdir) {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before ? before : "";
  ::setenv("TMPDIR", "/no/such/folder", 1);
  {
    const TemporaryFolder folder("x");
    EXPECT_TRUE(fs::is_directory(folder.path()));
  }
  if (before)
    ::setenv("TMPDIR", kept.c_str(), 1);
  else
    ::unsetenv("TMPDIR");
}

TEST(Files, ContentHashIsXxh3) {
  EXPECT_EQ(content_hash("", 0), "99aa06d3014798d86001c324468d497f");  // published value of XXH3_128bits of nothing
  EXPECT_EQ(content_hash("abc", 3), "06b05ab6733a618578af5f94892f3950");
}

}  // namespace
}  // namespace mien
