// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "mien/base/files.h"

namespace mien {
namespace {

/// A file that is open for one purpose.
class OpenFile {
 public:
  OpenFile(const fs::path& file, int how) : fd_(::open(file.c_str(), how | O_CLOEXEC, 0600)) {}
  ~OpenFile() { ::close(fd_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  operator int() const { return fd_; }

 private:
  int fd_;
};

int run(const std::vector<std::string>& command, const StandardStreams& streams = {}, bool in_background = false) {
  return wait_for_program(start_program(command, streams, in_background));
}

TEST(Program, ReportsHowItEnded) {
  EXPECT_EQ(run({"true"}), 0);
  EXPECT_EQ(run({"sh", "-c", "exit 3"}), 3);
  EXPECT_EQ(run({"/no/such/program"}), 127);
  EXPECT_EQ(run({"sh", "-c", "kill -TERM $$"}), 128 + SIGTERM);
}

TEST(Program, ReadsAndWritesTheGivenFiles) {
  const TemporaryFolder folder;
  const fs::path in = folder.path() / "in", out = folder.path() / "out", err = folder.path() / "err";
  write_atomically(in, "some words\n");
  {
    const OpenFile from(in, O_RDONLY), to(out, O_WRONLY | O_CREAT), errors(err, O_WRONLY | O_CREAT);
    EXPECT_EQ(run({"sh", "-c", "cat; echo \"$1\" >&2", "sh", "a 'quoted' $word"}, {from, to, errors}), 0);
  }
  EXPECT_EQ(read_text(out), "some words\n");
  EXPECT_EQ(read_text(err), "a 'quoted' $word\n");
}

TEST(Program, HasEmptyStreamsOtherwise) {
  const TemporaryFolder folder;
  const fs::path out = folder.path() / "out";
  {
    const OpenFile to(out, O_WRONLY | O_CREAT);
    EXPECT_EQ(run({"sh", "-c", "wc -c; ls -l /proc/self/fd | grep -c null; exec echo lost >&2"}, {.out = to}), 0);
  }
  EXPECT_EQ(read_text(out).rfind("0\n", 0), 0u) << read_text(out);
}

TEST(Program, InTheBackgroundItHasAGroupOfItsOwn) {
  const std::string ours = std::to_string(::getpgrp());
  const std::vector<std::string> same_group{"sh", "-c", "test \"$(ps -o pgid= -p $$ | tr -d ' ')\" = " + ours};
  if (run({"sh", "-c", "command -v ps"}) != 0) GTEST_SKIP() << "there is no ps";
  EXPECT_EQ(run(same_group), 0);
  EXPECT_EQ(run(same_group, {}, true), 1);
}

}  // namespace
}  // namespace mien
